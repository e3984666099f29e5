"""States of a prosecution and of its hearings, the moves between them, and what the trail calls each act."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition, may_move


class Event:
    """What this wing records."""

    PROSECUTION_RECEIVED = "prosecution.received"
    PROSECUTION_CLOSED = "prosecution.closed"
    WITNESS_PROTECTED = "witness.protected"
    CHARGE_FILED = "charge.filed"
    HEARING_SCHEDULED = "hearing.scheduled"
    HEARING_HELD = "hearing.held"
    HEARING_ADJOURNED = "hearing.adjourned"
    VERDICT_RECORDED = "verdict.recorded"


class Stage(models.TextChoices):
    """How far a prosecution has come."""

    REFERRED = "referred", _("Referred")
    CHARGED = "charged", _("Charged")
    TRIAL = "trial", _("In trial")
    JUDGED = "judged", _("Judged")
    CLOSED = "closed", _("Closed")


class HearingState(models.TextChoices):
    """A hearing is scheduled, then held or adjourned."""

    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held")
    ADJOURNED = "adjourned", _("Adjourned")


PROSECUTION = (
    Transition("", Stage.REFERRED, Event.PROSECUTION_RECEIVED),
    Transition(Stage.REFERRED, Stage.CHARGED, Event.CHARGE_FILED),
    Transition(Stage.CHARGED, Stage.TRIAL, Event.HEARING_HELD),
    Transition(Stage.CHARGED, Stage.JUDGED, Event.VERDICT_RECORDED),
    Transition(Stage.TRIAL, Stage.JUDGED, Event.VERDICT_RECORDED),
    Transition(Stage.JUDGED, Stage.CHARGED, Event.CHARGE_FILED),
    Transition(Stage.JUDGED, Stage.CLOSED, Event.PROSECUTION_CLOSED),
)
HEARING = (
    Transition("", HearingState.SCHEDULED, Event.HEARING_SCHEDULED),
    Transition(HearingState.SCHEDULED, HearingState.HELD, Event.HEARING_HELD),
    Transition(HearingState.SCHEDULED, HearingState.ADJOURNED, Event.HEARING_ADJOURNED),
)


def may_become(before: str, after: str) -> bool:
    """Whether a prosecution may go from one stage to the other."""
    return may_move(PROSECUTION, before, after)
