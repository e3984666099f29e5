"""A person handed to aftercare, before anybody has answered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from aftercare.models.describing import described
from aftercare.states import REFERRAL_MOVES, ReferralState
from ijm.accounts.models import User, paired
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.people.models import CHILD_BANDS, AgeBand, Alias, Sex
from ijm.vault.sealed import Compartment, SealedModel


class Referral(SealedModel):
    """Somebody is handed to aftercare: what is openly known of her, and what she needs first, sealed."""

    guard = ByFile()
    transitions = {"state": REFERRAL_MOVES}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    alias = models.ForeignKey(Alias, on_delete=models.PROTECT, related_name="+")
    sex = models.CharField(max_length=8, choices=Sex, default=Sex.UNKNOWN)
    age_band = models.CharField(max_length=8, choices=AgeBand, default=AgeBand.UNKNOWN)
    languages = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=16, choices=ReferralState, default=ReferralState.WAITING)
    received_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    needs: Any
    answer: Any
    narrative = Compartment("needs", "answer", label="aftercare.referral.v1", scope="alias.person_id")

    class Meta:
        ordering = ("-received_at",)
        constraints = (
            models.CheckConstraint(condition=paired("answered_at", "answered_by"), name="referral_answered_pair"),
            models.CheckConstraint(
                condition=Q(state=ReferralState.WAITING, answered_at__isnull=True)
                | (~Q(state=ReferralState.WAITING) & Q(answered_at__isnull=False)),
                name="referral_answered_state",
            ),
        )
        indexes = (models.Index(fields=("state", "-received_at"), name="referral_state_received"),)

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
        """The person who was referred."""
        return (self.alias.person_id,)
