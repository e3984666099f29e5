"""Who may take back what was just done in this wing. Whether it was just done, and by whom, `ijm.trail.undoing` asks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aftercare.models import Referral, Residence, Survivor
from aftercare.policy import may_move
from aftercare.states import ReferralState
from ijm.accounts.models import User
from ijm.guard.states import may_move as may_go
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can


def may_take_step_back(by: User, survivor: Survivor, to: str) -> Decision:
    """Whoever recorded a step may put her back to the one before, also out of a closed file."""
    return role_decision(by, Can.SURVIVOR_CARE, survivor).and_(
        may_go(Survivor.transitions["state"], survivor.state, to), _("That was not the step before."), "step")


def may_take_decline_back(by: User, referral: Referral) -> Decision:
    """Whoever declined a referral may let it wait again."""
    return role_decision(by, Can.REFERRAL_TAKE_IN, referral).and_(
        referral.state == ReferralState.DECLINED, _("This referral is not declined."), "answered")


def may_take_move_back(by: User, residence: Residence) -> Decision:
    """Whoever may record where she lives may say that the last entry was a mistake."""
    return may_move(by, residence.survivor).and_(
        residence.until_on is None, _("This residence has ended already."), "ended")
