"""What a person keeps at her desk: pins and filters. Codes and closed words only."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from ijm.accounts.models import Office, User
from ijm.casefiles.models import CaseFile
from ijm.desk.key_changes import KeyChange
from ijm.guard.declare import Own, Private
from ijm.trail.history import Recorded

HERS = "(SELECT guard.mode()) = 'w' AND owner_id = (SELECT guard.uid())"
HER_OFFICE = "office_id = (SELECT u.office_id FROM accounts_user u WHERE u.id = (SELECT guard.uid()))"


class Pin(models.Model):
    """A record that somebody keeps at hand; it shows only while she stands on its file."""

    guard = Private()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=16)
    path = models.CharField(max_length=120)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-made_at",)
        constraints = (models.UniqueConstraint(fields=("owner", "code"), name="pin_once"),)

    def __str__(self) -> str:
        return self.code


class SavedFilter(Recorded):
    """A list as somebody narrowed it, kept for herself or shown to her office: the question only, never its answer.

    It has no name of its own: it is called by its filters, in the language of whoever looks, so that nobody can
    write a person's name into what others read.
    """

    guard = Own(select=f"owner_id = (SELECT guard.uid()) OR (is_shared AND removed_at IS NULL AND {HER_OFFICE})",
                insert=f"{HERS} AND {HER_OFFICE}", update=HERS, columns=("rev", "is_shared", "removed_at"))

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    listing = models.CharField(max_length=60)
    query = models.CharField(max_length=300)
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("made_at",)
        constraints = (models.UniqueConstraint(fields=("owner", "listing", "query"), condition=models.Q(removed_at__isnull=True),
                                               name="saved_filter_once"),)


__all__ = ("KeyChange", "Pin", "SavedFilter")
