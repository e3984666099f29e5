"""States of an erasure, the moves between them, and what this room records."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition


class Event:
    """What this room writes into the trail."""

    ERASURE_ASKED = "erasure.asked"
    ERASURE_APPROVED = "erasure.approved"
    ERASURE_BEGUN = "erasure.begun"
    ERASURE_DONE = "erasure.done"
    ERASURE_HALTED = "erasure.halted"
    CERTIFICATE_ISSUED = "erasure.certified"
    HOLD_PLACED = "hold.placed"
    HOLD_LIFTED = "hold.lifted"


class ErasureState(TextChoices):
    """Once another person has approved it, her keys are destroyed; a hold that comes late stops it."""

    WAITING = "waiting", _("Waits for approval")
    APPROVED = "approved", _("Approved, keys are being destroyed")
    DONE = "done", _("Erased")
    HALTED = "halted", _("Stopped by a legal hold")


MOVES = (
    Transition("", ErasureState.WAITING, Event.ERASURE_ASKED),
    Transition(ErasureState.WAITING, ErasureState.APPROVED, Event.ERASURE_APPROVED),
    Transition(ErasureState.APPROVED, ErasureState.DONE, Event.ERASURE_DONE),
    Transition(ErasureState.APPROVED, ErasureState.HALTED, Event.ERASURE_HALTED),
)
