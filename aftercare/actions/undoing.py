"""Taking back what was just done here, as a change of its own: nothing is deleted, the history keeps both."""

from __future__ import annotations

from aftercare import policy, policy_undo
from aftercare.models import Referral, Residence, Survivor
from aftercare.states import Event, ReferralState
from ijm.accounts.models import User
from ijm.casefiles.models import Status
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def take_step_back(survivor: Survivor, *, by: User, to: str) -> None:
    """Put a survivor back to the step before the one just recorded."""
    require(policy_undo.may_take_step_back(by, survivor, to))
    with entry(Event.STEP_TAKEN_BACK, by=by, about=survivor):
        survivor.state = to
        survivor.save(update_fields=["state"])
        survivor.file.move_to(Status.OPEN)


def take_entrust_back(survivor: Survivor, *, by: User, worker: User) -> None:
    """The worker of before walks with her again."""
    require(policy.may_entrust(by, survivor, worker))
    with entry(Event.ENTRUST_TAKEN_BACK, by=by, about=survivor, why=Purpose.SUPERVISION):
        survivor.worker = worker
        survivor.save(update_fields=["worker"])


def take_decline_back(referral: Referral, *, by: User) -> None:
    """A referral that was just declined waits again; the answer that was written stays sealed in its history."""
    require(policy_undo.may_take_decline_back(by, referral))
    with entry(Event.DECLINE_TAKEN_BACK, by=by, about=referral, why=Purpose.REFERRAL):
        referral.state, referral.answered_by, referral.answered_at, referral.answer = ReferralState.WAITING, None, None, None
        referral.save(update_fields=["state", "answered_by", "answered_at"])
        referral.file.move_to(Status.OPEN)


def take_move_back(residence: Residence, *, by: User, before: Residence | None) -> None:
    """A residence just recorded was a mistake: it ends on the day it began, and the one before goes on."""
    require(policy_undo.may_take_move_back(by, residence))
    with entry(Event.RESIDENCE_TAKEN_BACK, by=by, about=residence):
        residence.until_on, residence.is_mistaken = residence.since_on, True
        residence.save(update_fields=["until_on", "is_mistaken"])
        if before is not None:
            before.until_on = None
            before.save(update_fields=["until_on"])
