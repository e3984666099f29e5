"""What the court decided."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.vault.sealed import Compartment, SealedModel
from prosecutions.models.charges import Charge
from prosecutions.models.prosecutions import Accused


class Outcome(models.TextChoices):
    """How the court decided on one charge."""

    CONVICTED = "convicted", _("Convicted")
    ACQUITTED = "acquitted", _("Acquitted")
    OTHER = "other", _("Ended in another way")


class Verdict(SealedModel):
    """The court's decision on one charge of one accused, with sentence and compensation."""

    guard = ByFile()

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    accused = models.ForeignKey(Accused, on_delete=models.PROTECT, related_name="verdicts")
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="verdict")
    outcome = models.CharField(max_length=16, choices=Outcome)
    returned_on = models.DateField()
    sentence_months = models.PositiveSmallIntegerField(null=True)
    is_suspended = models.BooleanField(default=False)
    compensation_khr = models.PositiveBigIntegerField(null=True)
    compensation_usd = models.PositiveBigIntegerField(null=True)
    legal = Compartment("grounds", label="prosecutions.verdict.v1", scope="file_id", kind="file")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(outcome="convicted") | Q(sentence_months__isnull=True),
                                   name="verdict_sentence_needs_conviction"),
            models.CheckConstraint(condition=Q(is_suspended=False) | Q(sentence_months__gt=0),
                                   name="verdict_suspends_a_sentence"),
        )

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The accused."""
        return self.accused.trail_subjects()
