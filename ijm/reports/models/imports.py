"""A list of people on its way in: what is openly known of it, and its rows, sealed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.reports.states import IMPORT_MOVES, ImportState
from ijm.trail.history import Recorded
from ijm.vault.parcels import Parcel

MINE = "owner_id = (SELECT guard.uid())"
WRITING = "(SELECT guard.mode()) = 'w'"


class SourceKind(models.TextChoices):
    """Which kind of file the people stood in; the content tells."""

    WORKBOOK = "workbook", _("HTCDS workbook")
    SURVEY = "survey", _("Answers of the survey form")
    CSV = "csv", _("CSV of the workbook's columns")


KEPT = timedelta(days=14)


def import_code() -> str:
    """A new code for an import."""
    return new_code("IM")


class Import(Recorded):
    """One file of existing records that one person brings in: how far it is and what was counted, no content."""

    guard = Own(select=MINE, insert=f"{WRITING} AND {MINE}", update=f"{WRITING} AND {MINE}")
    transitions = {"state": IMPORT_MOVES}

    code = models.CharField(max_length=16, unique=True, default=import_code, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=ImportState, default=ImportState.READING)
    source = models.CharField(max_length=16, choices=SourceKind, blank=True)
    rows = models.PositiveIntegerField(default=0)
    to_mend = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    alike = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    brought = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-begun_at",)
        constraints = (
            models.CheckConstraint(condition=Q(state=ImportState.DONE, done_at__isnull=False)
                                   | (~Q(state=ImportState.DONE) & Q(done_at__isnull=True)), name="import_done_at"),
        )
        indexes = (models.Index(fields=("owner", "-begun_at"), name="import_owner_begun"),)

    def __str__(self) -> str:
        return self.code

    @property
    def lapses_at(self) -> datetime:
        """When it ends by itself, if nobody finishes it."""
        return self.begun_at + KEPT

    @property
    def to_bring_in(self) -> int:
        """How many rows would be brought in."""
        return self.rows - self.left_out

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way of bringing it in."""
        return self.state == ImportState.READY and not self.to_mend and self.to_bring_in > 0


class ImportPart(Parcel):
    """Some rows of an import between upload and the end, sealed under the import's own key; number 0 is the file itself.

    `index` holds row numbers only: which rows need mending, were brought in before, look alike, are left out.
    """

    record = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    index = models.JSONField(default=dict)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("record", "number"), name="import_part_once"),)

    def parcel_scope(self) -> uuid.UUID:
        """One key for the whole import: when it ends, all its rows are gone at once."""
        return self.record_id
