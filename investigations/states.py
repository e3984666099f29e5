"""What the wing records, the states of its records, and the permitted moves between them."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition


class Event:
    """Everything that can happen in this wing, as the trail names it."""

    TIP_TAKEN = "tip.taken"
    TIP_CORRECTED = "tip.corrected"
    TIP_ASSESSED = "tip.assessed"
    TIP_DECLINED = "tip.declined"
    TIP_DECLINE_TAKEN_BACK = "tip.decline_taken_back"
    TIP_PROMOTED = "tip.promoted"
    INVESTIGATION_OPENED = "investigation.opened"
    INVESTIGATION_GIVEN = "investigation.given"
    INVESTIGATION_CORRECTED = "investigation.corrected"
    INVESTIGATION_OPERATED = "investigation.operated"
    INVESTIGATION_REFERRED = "investigation.referred"
    INVESTIGATION_CLOSED = "investigation.closed"
    CLOSING_TAKEN_BACK = "investigation.closing_taken_back"
    INCIDENT_RECORDED = "incident.recorded"
    INCIDENT_CORRECTED = "incident.corrected"
    SUSPECT_RECORDED = "suspect.recorded"
    SUSPECT_CORRECTED = "suspect.corrected"
    SUSPECT_MOVED = "suspect.moved"
    RESCUE_PLANNED = "rescue.planned"
    RESCUE_APPROVED = "rescue.approved"
    RESCUE_CANCELLED = "rescue.cancelled"
    RESCUE_CONCLUDED = "rescue.concluded"
    PERSON_HANDED_OVER = "rescued_person.handed_over"


class TipState(TextChoices):
    """How far a tip has come."""

    RECEIVED = "received", _("Waiting for assessment")
    ASSESSED = "assessed", _("Assessed")
    PROMOTED = "promoted", _("Became an investigation")
    DECLINED = "declined", _("Not followed up")


class Stage(TextChoices):
    """How far an investigation has come."""

    ENQUIRY = "enquiry", _("Enquiry")
    OPERATION = "operation", _("Operation")
    REFERRED = "referred", _("With the prosecutor")
    CLOSED = "closed", _("Closed")


class SuspectState(TextChoices):
    """How a suspect stands to the investigation."""

    SUSPECTED = "suspected", _("Suspected")
    ARRESTED = "arrested", _("Arrested")
    RELEASED = "released", _("Released")
    CLEARED = "cleared", _("No longer suspected")


class RescueState(TextChoices):
    """How far a rescue operation has come."""

    PLANNED = "planned", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    CONCLUDED = "concluded", _("Concluded")
    CANCELLED = "cancelled", _("Cancelled")


TRANSITIONS = {
    "tip": (
        Transition("", TipState.RECEIVED, Event.TIP_TAKEN),
        Transition(TipState.RECEIVED, TipState.ASSESSED, Event.TIP_ASSESSED),
        Transition(TipState.ASSESSED, TipState.PROMOTED, Event.TIP_PROMOTED),
        Transition(TipState.ASSESSED, TipState.DECLINED, Event.TIP_DECLINED),
        Transition(TipState.DECLINED, TipState.ASSESSED, Event.TIP_DECLINE_TAKEN_BACK),
    ),
    "investigation": (
        Transition("", Stage.ENQUIRY, Event.INVESTIGATION_OPENED),
        Transition(Stage.ENQUIRY, Stage.OPERATION, Event.INVESTIGATION_OPERATED),
        Transition(Stage.ENQUIRY, Stage.REFERRED, Event.INVESTIGATION_REFERRED),
        Transition(Stage.OPERATION, Stage.REFERRED, Event.INVESTIGATION_REFERRED),
        Transition(Stage.ENQUIRY, Stage.CLOSED, Event.INVESTIGATION_CLOSED),
        Transition(Stage.OPERATION, Stage.CLOSED, Event.INVESTIGATION_CLOSED),
        Transition(Stage.REFERRED, Stage.CLOSED, Event.INVESTIGATION_CLOSED),
        Transition(Stage.CLOSED, Stage.ENQUIRY, Event.CLOSING_TAKEN_BACK),
        Transition(Stage.CLOSED, Stage.OPERATION, Event.CLOSING_TAKEN_BACK),
        Transition(Stage.CLOSED, Stage.REFERRED, Event.CLOSING_TAKEN_BACK),
    ),
    "suspect": (
        Transition("", SuspectState.SUSPECTED, Event.SUSPECT_RECORDED),
        Transition(SuspectState.SUSPECTED, SuspectState.ARRESTED, Event.SUSPECT_MOVED),
        Transition(SuspectState.ARRESTED, SuspectState.RELEASED, Event.SUSPECT_MOVED),
        Transition(SuspectState.RELEASED, SuspectState.ARRESTED, Event.SUSPECT_MOVED),
        Transition(SuspectState.SUSPECTED, SuspectState.CLEARED, Event.SUSPECT_MOVED),
        Transition(SuspectState.RELEASED, SuspectState.CLEARED, Event.SUSPECT_MOVED),
    ),
    "rescue": (
        Transition("", RescueState.PLANNED, Event.RESCUE_PLANNED),
        Transition(RescueState.PLANNED, RescueState.APPROVED, Event.RESCUE_APPROVED),
        Transition(RescueState.PLANNED, RescueState.CANCELLED, Event.RESCUE_CANCELLED),
        Transition(RescueState.APPROVED, RescueState.CONCLUDED, Event.RESCUE_CONCLUDED),
        Transition(RescueState.APPROVED, RescueState.CANCELLED, Event.RESCUE_CANCELLED),
    ),
}
