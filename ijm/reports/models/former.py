"""What an office's former records said."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone

from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.people.models import Alias
from ijm.reports.models.imports import Import
from ijm.vault.marks import LENGTH
from ijm.vault.sealed import Compartment, SealedModel


class Former(SealedModel):
    """The row of the former records from which a care file was made, kept as it was, sealed on that file.

    `mark` is the keyed digest of the whole row, `likeness` that of the name and year of birth: the same row is known
    again, and a second row about the same person is noticed, without anybody opening either.
    """

    guard = ByFile()

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    alias = models.ForeignKey(Alias, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="+")
    import_code = models.CharField(max_length=16, blank=True)
    brought_at = models.DateTimeField(default=timezone.now)
    mark = models.CharField(max_length=LENGTH, db_index=True)
    likeness = models.CharField(max_length=LENGTH, blank=True, db_index=True)
    who: Any
    identity = Compartment("who", label="reports.former.identity.v1", scope="alias.person_id")
    where: Any
    whereabouts = Compartment("where", label="reports.former.whereabouts.v1", scope="alias.person_id")
    what: Any
    narrative = Compartment("what", label="reports.former.narrative.v1", scope="alias.person_id")

    class Meta:
        ordering = ("-brought_at",)
        constraints = (models.UniqueConstraint(fields=("file",), name="former_once_a_file"),)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person whom the row was about."""
        return (self.alias.person_id,)
