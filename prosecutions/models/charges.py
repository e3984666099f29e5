"""What an accused is charged with."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.reference.models import Offence
from ijm.vault.sealed import Compartment, SealedModel
from prosecutions.models.prosecutions import Accused

if TYPE_CHECKING:
    from prosecutions.models.verdicts import Verdict


class Charge(SealedModel):
    """One article of the law that an accused is charged under."""

    guard = ByFile()

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    accused = models.ForeignKey(Accused, on_delete=models.PROTECT, related_name="charges")
    offence = models.ForeignKey(Offence, on_delete=models.PROTECT, related_name="+")
    is_aggravated = models.BooleanField(default=False)
    filed_on = models.DateField()
    legal = Compartment("note", label="prosecutions.charge.v1", scope="file_id", kind="file")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("accused", "offence"), name="charge_once_an_offence"),)

    @property
    def penalty(self) -> str:
        """The range that the law threatens, in its own words."""
        return (self.offence.aggravated_penalty if self.is_aggravated else "") or self.offence.penalty

    @property
    def decision(self) -> Verdict | None:
        """The verdict on this charge, once there is one."""
        return getattr(self, "verdict", None)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The accused."""
        return self.accused.trail_subjects()
