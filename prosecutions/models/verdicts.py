"""What the court decided."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.vault.sealed import Compartment, SealedModel
from ijm.web.words import number
from prosecutions.models.charges import Charge
from prosecutions.models.prosecutions import Accused
from prosecutions.states import Outcome


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

    @property
    def sentence(self) -> str:
        """The sentence in years and months; empty where there is none."""
        if self.sentence_months is None:
            return ""
        years, months = divmod(self.sentence_months, 12)
        parts = [ngettext("%(number)s year", "%(number)s years", years) % {"number": number(years)}] if years else []
        if months or not years:
            parts.append(ngettext("%(number)s month", "%(number)s months", months) % {"number": number(months)})
        return " ".join([*parts, _("(suspended)")] if self.is_suspended else parts)

    @property
    def compensation(self) -> str:
        """What the court awarded, in riel and in dollars; empty where it awarded nothing."""
        sums = ((self.compensation_khr, "KHR"), (self.compensation_usd, "USD"))
        return " · ".join(f"{number(f'{amount:,}')} {currency}" for amount, currency in sums if amount)

    @property
    def tone(self) -> str:
        """How a page colours it: a decision is a fact, neither good nor bad."""
        return "info" if self.outcome == Outcome.CONVICTED else "line"

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The accused."""
        return self.accused.trail_subjects()
