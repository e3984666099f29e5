"""States of a request, the moves between them, and what this room records."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition

LIFE = timedelta(hours=72)  # to be decided, and once more to be used


class Event:
    """What this room writes into the trail."""

    ASKED = "approval.asked"
    APPROVED = "approval.given"
    REFUSED = "approval.declined"
    WITHDRAWN = "approval.withdrawn"
    EXPIRED = "approval.expired"
    USED = "approval.used"


class RequestState(TextChoices):
    """A request waits for a second person, is decided, and what was approved is done once; all within its time."""

    ASKED = "asked", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")
    EXPIRED = "expired", _("Ran out of time")
    DONE = "done", _("Approved and done")


TONES: dict[str, str] = {
    RequestState.ASKED: "warn", RequestState.APPROVED: "info", RequestState.DONE: "good", RequestState.REFUSED: "bad",
    RequestState.EXPIRED: "line", RequestState.WITHDRAWN: ""}
OPEN = (RequestState.ASKED, RequestState.APPROVED)
MOVES = (
    Transition("", RequestState.ASKED, Event.ASKED),
    Transition(RequestState.ASKED, RequestState.APPROVED, Event.APPROVED),
    Transition(RequestState.ASKED, RequestState.REFUSED, Event.REFUSED),
    Transition(RequestState.ASKED, RequestState.WITHDRAWN, Event.WITHDRAWN),
    Transition(RequestState.ASKED, RequestState.EXPIRED, Event.EXPIRED),
    Transition(RequestState.APPROVED, RequestState.DONE, Event.USED),
    Transition(RequestState.APPROVED, RequestState.WITHDRAWN, Event.WITHDRAWN),
    Transition(RequestState.APPROVED, RequestState.EXPIRED, Event.EXPIRED),
)
