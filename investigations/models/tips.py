"""Tips: what somebody told us, how it was graded, what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ijm.accounts.models import User, paired
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.vault.sealed import Compartment, SealedModel
from investigations.codes import Channel, InformationGrade, SourceGrade, Urgency
from investigations.states import TRANSITIONS, TipState


class Tip(SealedModel):
    """One report of possible trafficking, on an intake file of its own; who told us is sealed apart from the words."""

    guard = ByFile()
    transitions = {"state": TRANSITIONS["tip"]}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="tips")
    state = models.CharField(max_length=16, choices=TipState, default=TipState.RECEIVED)
    received_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16, choices=Channel)
    urgency = models.CharField(max_length=16, choices=Urgency)
    province = models.CharField(max_length=2, blank=True)
    people_affected = models.PositiveSmallIntegerField(null=True, blank=True)
    is_child_involved = models.BooleanField(null=True)
    source_grade = models.CharField(max_length=1, choices=SourceGrade, blank=True)
    information_grade = models.CharField(max_length=1, choices=InformationGrade, blank=True)
    assessed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    assessed_at = models.DateTimeField(null=True)

    narrative = Compartment("what_was_said", "landmark", "reason", label="investigations.tip.narrative.v1",
                            scope="file_id", kind="file")
    source = Compartment("caller_name", "caller_phone", "safe_contact", label="investigations.tip.source.v1",
                         scope="file_id", kind="file")

    class Meta:
        ordering = ("-received_at",)
        constraints = (
            models.CheckConstraint(condition=paired("assessed_by", "assessed_at"), name="tip_assessed_pair"),
            models.CheckConstraint(
                condition=Q(state=TipState.RECEIVED)
                | (Q(assessed_by__isnull=False) & ~Q(source_grade="") & ~Q(information_grade="")),
                name="tip_graded_when_assessed"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def grade(self) -> str:
        """Source and information in two characters, such as B2; empty before assessment."""
        return f"{self.source_grade}{self.information_grade}"
