"""States of this wing's records, the moves between them, and what the wing records in the trail."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition


class Event:
    """What this wing writes into the trail."""

    REFERRAL_RECEIVED = "referral.received"
    REFERRAL_TAKEN_IN = "referral.taken_in"
    REFERRAL_DECLINED = "referral.declined"
    SURVIVOR_BEGUN = "survivor.begun"
    SURVIVOR_FOLLOWED = "survivor.followed_up"
    SURVIVOR_CLOSED = "survivor.closed"
    RESIDENCE_CHANGED = "residence.changed"
    CONSENT_RECORDED = "consent.recorded"
    SURVIVOR_ENTRUSTED = "survivor.entrusted"
    COLLEAGUE_ADDED = "colleague.added"
    SUPPORT_NEEDED = "court_support.needed"
    SUPPORT_ARRANGED = "court_support.arranged"
    VERDICT_TOLD = "verdict.told"
    PEOPLE_IMPORTED = "people.imported"


class ReferralState(TextChoices):
    """A referral waits until aftercare answers it."""

    WAITING = "waiting", _("Waiting")
    TAKEN_IN = "taken_in", _("Taken in")
    DECLINED = "declined", _("Not taken in")


class SurvivorState(TextChoices):
    """Where she is on her way with us."""

    IN_CARE = "in_care", _("In care")
    FOLLOWED_UP = "followed_up", _("Followed up")
    CLOSED = "closed", _("Closed")


class SupportState(TextChoices):
    """Court support is needed until somebody has arranged it."""

    NEEDED = "needed", _("To arrange")
    ARRANGED = "arranged", _("Arranged")


REFERRAL_MOVES = (
    Transition("", ReferralState.WAITING, Event.REFERRAL_RECEIVED),
    Transition(ReferralState.WAITING, ReferralState.TAKEN_IN, Event.REFERRAL_TAKEN_IN),
    Transition(ReferralState.WAITING, ReferralState.DECLINED, Event.REFERRAL_DECLINED),
)
SURVIVOR_MOVES = (
    Transition("", SurvivorState.IN_CARE, Event.SURVIVOR_BEGUN),
    Transition(SurvivorState.IN_CARE, SurvivorState.FOLLOWED_UP, Event.SURVIVOR_FOLLOWED),
    Transition(SurvivorState.FOLLOWED_UP, SurvivorState.IN_CARE, Event.SURVIVOR_BEGUN),
    Transition(SurvivorState.FOLLOWED_UP, SurvivorState.CLOSED, Event.SURVIVOR_CLOSED),
)
SUPPORT_MOVES = (
    Transition("", SupportState.NEEDED, Event.SUPPORT_NEEDED),
    Transition(SupportState.NEEDED, SupportState.ARRANGED, Event.SUPPORT_ARRANGED),
)
TRANSITIONS = {
    "aftercare.referral.state": REFERRAL_MOVES,
    "aftercare.survivor.state": SURVIVOR_MOVES,
    "aftercare.courtsupport.state": SUPPORT_MOVES,
}
