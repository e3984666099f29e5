"""What a flag can rest on, what may be judged of it, and what this wing records."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition


class Event:
    """What this wing writes into the trail, beside the questions themselves."""

    FLAG_RAISED = "flag.raised"
    FLAG_CLEARED = "flag.cleared"
    FLAG_ASKED = "flag.asked"
    FLAG_PASSED = "flag.passed_on"
    QUESTION_KEPT = "question.kept"
    QUESTION_DROPPED = "question.dropped"
    VERIFIED = "audit.verified"
    FINDING_MADE = "finding.made"
    FINDING_SETTLED = "finding.settled"


class Ground(TextChoices):
    """Why something somebody did deserves a second look; it accuses nobody."""

    VOLUME = "volume", _("Much more than usual")
    HOURS = "hours", _("Outside office hours")
    NEVER = "never", _("A file she never stood on")
    CLOSED = "closed", _("A closed file")
    ONESELF = "self", _("Somebody of her own name")
    SURNAME = "surname", _("Somebody of the same surname")
    GUESSING = "guessing", _("Many tries that found nothing")
    TAKING = "taking", _("Much taken along in an hour")
    GRANTED = "granted", _("Refused first, opened later")
    ABOUT_HERSELF = "about_self", _("Asked the log about herself")
    SAMPLE = "sample", _("The monthly sample")


class FlagState(TextChoices):
    """A flag waits until somebody who is not its subject has judged it."""

    WAITING = "waiting", _("To look at")
    ASKED = "asked", _("She was asked")
    PASSED = "passed", _("Passed on")
    CLEARED = "cleared", _("All is well")


class Verdict(TextChoices):
    """What a reviewer decides about a flag."""

    FINE = "fine", _("All is well")
    ASK = "ask", _("Ask her")
    SUPERVISOR = "supervisor", _("Pass it on to her supervisor")
    PROTECTION = "protection", _("Pass it on to data protection")


class Problem(TextChoices):
    """What is not as it was written."""

    GONE = "gone", _("A row is gone, though nobody deleted it")
    DIFFERS = "differs", _("A row is not as its history and the log say")
    NO_HISTORY = "no-history", _("A row has no history")
    UNTOLD = "untold", _("A history that no event told")
    HISTORY_CHANGED = "history-changed", _("A history that is not as the log says")
    WENT_BACK = "went-back", _("A row went back to an earlier revision")
    HISTORY_GONE = "history-gone", _("History that the log tells of is missing")
    OUT_OF_BAND = "out-of-band", _("A change past the application")
    KEY_BACK = "key-back", _("A destroyed key is there again")
    LOG = "log", _("The log is not what was signed")
    WITNESS = "witness", _("The log is not what the witness saw")
    TIME = "time", _("An event whose time cannot be true")
    MISSING = "missing", _("Something is missing, so nobody can tell")


class FindingState(TextChoices):
    """A finding waits until somebody has said what was done."""

    WAITING = "waiting", _("To look into")
    MENDED = "mended", _("Put right")
    AGREED = "agreed", _("Explained by a restore or maintenance that was agreed")
    KEPT = "kept", _("Left as it is, as evidence")


FINDING_MOVES = (
    Transition("", FindingState.WAITING, Event.FINDING_MADE),
    Transition(FindingState.WAITING, FindingState.MENDED, Event.FINDING_SETTLED),
    Transition(FindingState.WAITING, FindingState.AGREED, Event.FINDING_SETTLED),
    Transition(FindingState.WAITING, FindingState.KEPT, Event.FINDING_SETTLED),
)
OPEN = (FlagState.WAITING, FlagState.ASKED)
# What follows from a decision: the state of the flag, and what is recorded.
FOLLOWS: dict[str, tuple[FlagState, str]] = {
    Verdict.FINE: (FlagState.CLEARED, Event.FLAG_CLEARED),
    Verdict.ASK: (FlagState.ASKED, Event.FLAG_ASKED),
    Verdict.SUPERVISOR: (FlagState.PASSED, Event.FLAG_PASSED),
    Verdict.PROTECTION: (FlagState.PASSED, Event.FLAG_PASSED),
}
MOVES = (
    Transition("", FlagState.WAITING, Event.FLAG_RAISED),
    Transition(FlagState.WAITING, FlagState.CLEARED, Event.FLAG_CLEARED),
    Transition(FlagState.WAITING, FlagState.ASKED, Event.FLAG_ASKED),
    Transition(FlagState.WAITING, FlagState.PASSED, Event.FLAG_PASSED),
    Transition(FlagState.ASKED, FlagState.CLEARED, Event.FLAG_CLEARED),
    Transition(FlagState.ASKED, FlagState.PASSED, Event.FLAG_PASSED),
    Transition(FlagState.PASSED, FlagState.CLEARED, Event.FLAG_CLEARED),
)
