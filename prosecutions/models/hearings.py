"""Days in court."""

from __future__ import annotations

from django.db import models

from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.reference.models import Court
from ijm.vault.sealed import Compartment, SealedModel
from prosecutions.models.prosecutions import Prosecution
from prosecutions.states import HEARING, HearingKind, HearingState


class Hearing(SealedModel):
    """A day in court: where, when and for what."""

    guard = ByFile()
    transitions = {"state": HEARING}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    prosecution = models.ForeignKey(Prosecution, on_delete=models.PROTECT, related_name="hearings")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=HearingKind)
    at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=HearingState, default=HearingState.SCHEDULED)
    legal = Compartment("room_note", label="prosecutions.hearing.v1", scope="file_id", kind="file")
    # a bundle of its own, so that the page knows whether an outcome was written without opening the room's
    outcome = Compartment("outcome_note", label="prosecutions.hearing.outcome.v1", scope="file_id", kind="file",
                          compartment="legal")

    class Meta:
        indexes = (models.Index(fields=("state", "at"), name="hearing_state_at"),)
