"""States of a prosecution and of its hearings, the moves between them, and what the trail calls each act."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition

EXPLOITATION = "vic_TypeOfExploitation"  # the standard's list of forms of exploitation


class Event:
    """What this wing records."""

    PROSECUTION_RECEIVED = "prosecution.received"
    PROSECUTION_CLOSED = "prosecution.closed"
    WITNESS_PROTECTED = "witness.protected"
    CHARGE_FILED = "charge.filed"
    HEARING_SCHEDULED = "hearing.scheduled"
    HEARING_HELD = "hearing.held"
    HEARING_ADJOURNED = "hearing.adjourned"
    HEARING_CANCELLED = "hearing.cancelled"
    VERDICT_RECORDED = "verdict.recorded"


class Stage(models.TextChoices):
    """How far a prosecution has come."""

    REFERRED = "referred", _("Referred")
    CHARGED = "charged", _("Charged")
    TRIAL = "trial", _("In trial")
    JUDGED = "judged", _("Judged")
    CLOSED = "closed", _("Closed")


class HearingState(models.TextChoices):
    """A hearing is scheduled, then held, adjourned or cancelled."""

    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held")
    ADJOURNED = "adjourned", _("Adjourned")
    CANCELLED = "cancelled", _("Cancelled")


class HearingKind(models.TextChoices):
    """What a day in court is for."""

    INVESTIGATION = "investigation", _("Before the investigating judge")
    DETENTION = "detention", _("Detention")
    TRIAL = "trial", _("Trial")
    JUDGMENT = "judgment", _("Reading of the judgment")
    APPEAL = "appeal", _("Appeal")


class Outcome(models.TextChoices):
    """How the court decided on one charge."""

    CONVICTED = "convicted", _("Convicted")
    ACQUITTED = "acquitted", _("Acquitted")
    OTHER = "other", _("Ended in another way")


class Measure(models.TextChoices):
    """How a court can protect somebody who is heard."""

    SCREEN = "screen", _("Screen in the room")
    VIDEO = "video", _("Video link")
    RECORDED = "recorded", _("Recorded interview is played")
    SUPPORT_PERSON = "support_person", _("Support person beside her")
    CLOSED = "closed", _("Closed hearing")
    WAITING_ROOM = "waiting_room", _("Separate waiting room")
    TRANSPORT = "transport", _("Separate transport")
    BREAKS = "breaks", _("Breaks")
    PSEUDONYM = "pseudonym", _("Name not read out")


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
    Transition(HearingState.SCHEDULED, HearingState.CANCELLED, Event.HEARING_CANCELLED),
)
