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
    ERASURE_REFUSED = "erasure.declined"
    ERASURE_WITHDRAWN = "erasure.withdrawn"
    ERASURE_DONE = "erasure.done"
    ERASURE_HALTED = "erasure.halted"
    CERTIFICATE_ISSUED = "erasure.certified"
    HOLD_PLACED = "hold.placed"
    HOLD_LIFTED = "hold.lifted"


class ErasureState(TextChoices):
    """Asked by one person, approved by another, then done; a hold that comes late stops it."""

    ASKED = "asked", _("Waits for approval")
    APPROVED = "approved", _("Approved, keys are being destroyed")
    DONE = "done", _("Erased")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    HALTED = "halted", _("Stopped by a legal hold")


OPEN = (ErasureState.ASKED, ErasureState.APPROVED)
MOVES = (
    Transition("", ErasureState.ASKED, Event.ERASURE_ASKED),
    Transition(ErasureState.ASKED, ErasureState.APPROVED, Event.ERASURE_APPROVED),
    Transition(ErasureState.ASKED, ErasureState.REFUSED, Event.ERASURE_REFUSED),
    Transition(ErasureState.ASKED, ErasureState.WITHDRAWN, Event.ERASURE_WITHDRAWN),
    Transition(ErasureState.APPROVED, ErasureState.DONE, Event.ERASURE_DONE),
    Transition(ErasureState.APPROVED, ErasureState.HALTED, Event.ERASURE_HALTED),
)
