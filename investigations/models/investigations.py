"""Investigation files and who leads them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.trail.history import Recorded
from investigations.states import TRANSITIONS, Stage


class Investigation(Recorded):
    """One enquiry into trafficking: what kind, where, who leads it, how far it has come."""

    guard = ByFile()
    transitions = {"stage": TRANSITIONS["investigation"]}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="investigations")
    form_of_exploitation = models.CharField(max_length=40)
    province = models.CharField(max_length=2, blank=True)
    stage = models.CharField(max_length=16, choices=Stage, default=Stage.ENQUIRY)
    stage_since = models.DateTimeField(default=timezone.now)
    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-opened_at",)

    def __str__(self) -> str:
        return self.code
