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
    DECLINE_TAKEN_BACK = "referral.decline_taken_back"
    SURVIVOR_BEGUN = "survivor.begun"
    SURVIVOR_CORRECTED = "survivor.corrected"
    SURVIVOR_FOLLOWED = "survivor.followed_up"
    SURVIVOR_CLOSED = "survivor.closed"
    STEP_TAKEN_BACK = "survivor.step_taken_back"
    RESIDENCE_CHANGED = "residence.changed"
    RESIDENCE_TAKEN_BACK = "residence.taken_back"
    CONSENT_RECORDED = "consent.recorded"
    SURVIVOR_ENTRUSTED = "survivor.entrusted"
    ENTRUST_TAKEN_BACK = "survivor.entrust_taken_back"
    COLLEAGUE_ADDED = "colleague.added"
    SUPPORT_NEEDED = "court_support.needed"
    SUPPORT_ARRANGED = "court_support.arranged"
    SUPPORT_CALLED_OFF = "court_support.called_off"
    SAFE_CONTACT_RECORDED = "safe_contact.recorded"
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
    """Court support is needed until somebody has arranged it, or until the hearing is off."""

    NEEDED = "needed", _("To arrange")
    ARRANGED = "arranged", _("Arranged")
    CALLED_OFF = "called_off", _("Called off")


REFERRAL_MOVES = (
    Transition("", ReferralState.WAITING, Event.REFERRAL_RECEIVED),
    Transition(ReferralState.WAITING, ReferralState.TAKEN_IN, Event.REFERRAL_TAKEN_IN),
    Transition(ReferralState.WAITING, ReferralState.DECLINED, Event.REFERRAL_DECLINED),
    Transition(ReferralState.DECLINED, ReferralState.WAITING, Event.DECLINE_TAKEN_BACK),
)
SURVIVOR_STEPS = (
    Transition("", SurvivorState.IN_CARE, Event.SURVIVOR_BEGUN),
    Transition(SurvivorState.IN_CARE, SurvivorState.FOLLOWED_UP, Event.SURVIVOR_FOLLOWED),
    Transition(SurvivorState.FOLLOWED_UP, SurvivorState.IN_CARE, Event.SURVIVOR_BEGUN),
    Transition(SurvivorState.FOLLOWED_UP, SurvivorState.CLOSED, Event.SURVIVOR_CLOSED),
)
# A closed file is opened again only by whoever closed it, within the minutes in which a step can be taken back.
SURVIVOR_MOVES = (
    *SURVIVOR_STEPS, Transition(SurvivorState.CLOSED, SurvivorState.FOLLOWED_UP, Event.STEP_TAKEN_BACK))
SUPPORT_MOVES = (
    Transition("", SupportState.NEEDED, Event.SUPPORT_NEEDED),
    Transition(SupportState.NEEDED, SupportState.ARRANGED, Event.SUPPORT_ARRANGED),
    Transition(SupportState.NEEDED, SupportState.CALLED_OFF, Event.SUPPORT_CALLED_OFF),
    Transition(SupportState.ARRANGED, SupportState.CALLED_OFF, Event.SUPPORT_CALLED_OFF),
)
TRANSITIONS = {
    "aftercare.referral.state": REFERRAL_MOVES,
    "aftercare.survivor.state": SURVIVOR_MOVES,
    "aftercare.courtsupport.state": SUPPORT_MOVES,
}
