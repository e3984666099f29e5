"""A survivor, as aftercare knows her."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models

from aftercare.models.describing import described
from aftercare.models.referrals import Referral
from aftercare.states import SURVIVOR_MOVES, SurvivorState
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.people.models import CHILD_BANDS, AgeBand, Alias, Sex
from ijm.vault.sealed import Compartment, SealedModel


class Survivor(SealedModel):
    """A person whom aftercare walks with; her name is in the register, her story is sealed here."""

    guard = ByFile()
    transitions = {"state": SURVIVOR_MOVES}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    alias = models.ForeignKey(Alias, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="+")
    sex = models.CharField(max_length=8, choices=Sex, default=Sex.UNKNOWN)
    age_band = models.CharField(max_length=8, choices=AgeBand, default=AgeBand.UNKNOWN)
    languages = models.CharField(max_length=120, blank=True)
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=SurvivorState, default=SurvivorState.IN_CARE)
    began_on = models.DateField()
    account: Any
    narrative = Compartment("account", label="aftercare.survivor.v1", scope="alias.person_id")

    class Meta:
        ordering = ("-began_on", "code")
        constraints = (
            models.UniqueConstraint(fields=("file",), name="survivor_once_a_file"),
            models.UniqueConstraint(fields=("alias",), name="survivor_once_an_alias"),
        )
        indexes = (models.Index(fields=("worker", "state"), name="survivor_worker_state"),)

    def __str__(self) -> str:
        return self.code

    @property
    def is_child(self) -> bool:
        """Whether she is under eighteen as far as is known."""
        return self.age_band in CHILD_BANDS

    @property
    def described(self) -> str:
        """Her sex and age in words."""
        return described(self.sex, self.age_band)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """Herself."""
        return (self.alias.person_id,)
