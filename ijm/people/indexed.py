"""The tables of the search: derived from the register, so they are in no back-up, and made anew after a restore."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import Derived, Own
from ijm.roles.table import Role
from ijm.trail.history import Recorded

# Whoever erases a person takes her out of the index, and stands on none of her files.
WRITES = ("(SELECT guard.mode()) = 'w' AND ((SELECT guard.searches())"
          f" OR (SELECT guard.has_role(ARRAY['{Role.DATA_PROTECTION}'])))")


class EpochState(models.TextChoices):
    """An index is searched while active; while filling, it is written beside the active one."""

    ACTIVE = "active"
    FILLING = "filling"


class Epoch(models.Model):
    """Which index is in use: each has keys of its own, and goes with them."""

    guard = Derived(select="true")

    number = models.PositiveIntegerField(primary_key=True)
    state = models.CharField(max_length=8, choices=EpochState)


class Segment(models.Model):
    """A sealed list of the names of up to 256 persons; the first of an epoch says that the index is there at all."""

    guard = Derived(select=f"(SELECT guard.searches()) OR ({WRITES})", insert=WRITES, update=WRITES,
                    columns=("rev", "stamp", "persons", "body", "body_key"))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    epoch = models.PositiveIntegerField(db_index=True)
    rev = models.PositiveIntegerField(default=0)
    stamp = models.UUIDField(default=uuid.uuid4)  # another with every writing: who has read this one need not read again
    persons = ArrayField(models.UUIDField(), default=list)
    body = models.BinaryField(null=True)
    body_key = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = (GinIndex(fields=("persons",), name="segment_persons"),)


class Mark(models.Model):
    """By what a number of a person is known again: compared inside the database, readable by nobody who serves."""

    guard = Derived(select="", insert=WRITES)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    epoch = models.PositiveIntegerField()
    person_id = models.UUIDField(db_index=True)
    row_id = models.UUIDField(db_index=True)
    mark = models.BinaryField(max_length=16, db_index=True)


class How(models.TextChoices):
    """What somebody searched by."""

    NAME = "name", _("By a name")
    NUMBER = "number", _("By a number")


class Asked(Recorded):
    """A colleague who does not stand on this file searched for somebody on it: those who do may speak with her."""

    guard = Own(select="file_id = ANY (ARRAY(SELECT guard.my_files()))")

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=8, choices=How)
    asked_at = models.DateTimeField(default=timezone.now)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """Nobody: it says who asked, not about whom."""
        return ()


__all__ = ("Asked", "Epoch", "EpochState", "How", "Mark", "Segment")
