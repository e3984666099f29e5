"""Rescue operations and the persons they brought to safety."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q

from ijm.approvals.models import Asked
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.people.models import AgeBand, Alias, Sex
from ijm.trail.history import Recorded
from ijm.vault.sealed import Compartment, SealedModel
from investigations.codes import Outcome, Risk
from investigations.models.investigations import Investigation
from investigations.states import TRANSITIONS, RescueState


class RescueOperation(Asked, SealedModel):
    """One operation: planned by one person, approved by another; place, time and plan are sealed."""

    guard = ByFile()
    transitions = {"state": TRANSITIONS["rescue"]}
    agreed = {"state": (RescueState.APPROVED,)}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="rescues")
    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="rescues")
    state = models.CharField(max_length=16, choices=RescueState, default=RescueState.PLANNED)
    risk = models.CharField(max_length=8, choices=Risk)
    expected_persons = models.PositiveSmallIntegerField()
    expected_children = models.PositiveSmallIntegerField(default=0)
    languages = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    concluded_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    intelligence = Compartment("place", "time", "plan", label="investigations.rescue.v1", scope="file_id", kind="file")

    class Meta(Asked.Meta):
        constraints = (
            models.CheckConstraint(condition=Q(concluded_at__isnull=True, outcome="")
                                   | (Q(concluded_at__isnull=False) & ~Q(outcome="")), name="rescue_concluded_pair"),
            models.CheckConstraint(condition=Q(expected_children__lte=F("expected_persons")),
                                   name="rescue_children_among_persons"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def thing(self) -> dict[str, Any]:
        """What exactly is planned: the sealed part by the number of its version."""
        return {"code": self.code, "risk": self.risk, "persons": self.expected_persons, "children": self.expected_children,
                "languages": list(self.languages), "checks": list(self.checks), "plan": self.intelligence_rev}  # type: ignore[attr-defined]


class RescuedPerson(Recorded):
    """Somebody brought to safety, as this wing may know her after the hand-over: a code, no name."""

    guard = ByFile()

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="rescued_persons")
    operation = models.ForeignKey(RescueOperation, on_delete=models.PROTECT, related_name="rescued_persons")
    alias = models.OneToOneField(Alias, on_delete=models.PROTECT, related_name="rescued_person")
    sex = models.CharField(max_length=8, choices=Sex)
    age_band = models.CharField(max_length=8, choices=AgeBand)
    languages = models.JSONField(default=list)
    handed_over_at = models.DateTimeField()

    class Meta:
        ordering = ("handed_over_at", "alias")

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The code of this wing for the person."""
        return self.alias.code

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person brought to safety."""
        return (self.alias.person_id,)
