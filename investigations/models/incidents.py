"""Incidents: the legal test of trafficking, as a person assessed it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.vault.sealed import Compartment, SealedModel
from investigations.models.investigations import Investigation


class Incident(SealedModel):
    """One event with its act, means and purpose; for a child, act and purpose suffice."""

    guard = ByFile()

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="incidents")
    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="incidents")
    acts = models.JSONField(default=list)
    means = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    is_child = models.BooleanField(default=False)
    occurred = models.CharField(max_length=16)
    province = models.CharField(max_length=2, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    intelligence = Compartment("account", label="investigations.incident.v1", scope="file_id", kind="file")

    class Meta:
        ordering = ("recorded_at",)
        constraints = (
            models.CheckConstraint(condition=~Q(acts=[]) & ~Q(purposes=[]), name="incident_act_and_purpose"),
            models.CheckConstraint(condition=Q(is_child=True) | ~Q(means=[]), name="incident_means_unless_child"),
        )

    def __str__(self) -> str:
        return self.code
