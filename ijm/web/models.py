"""What somebody has not finished: the words of a form, and the mark of one that was sent."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from ijm.guard.declare import Private
from ijm.vault.parcels import Parcel
from ijm.web import drafted

LONGEST_PATH = 200


class Draft(Parcel):
    """What one person typed into one form of one page and has not sent; her words are sealed, the addresses are codes."""

    path = models.CharField(max_length=LONGEST_PATH)
    form = models.CharField(max_length=LONGEST_PATH)
    begun_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-saved_at",)
        constraints = (models.UniqueConstraint(fields=("owner_id", "path", "form"), name="draft_once_a_form"),)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def label(self) -> str:
        """What the page is for."""
        return drafted.named(self.path)[0]

    @property
    def about_code(self) -> str:
        """The code of the record that the page is about, or nothing."""
        return drafted.named(self.path)[1]

    def parcel_scope(self) -> uuid.UUID:
        """One key for all drafts of one person."""
        return self.owner_id


class Sending(models.Model):
    """One form that was sent, by its mark, so that sending the very same again saves nothing twice."""

    guard = Private()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_id = models.UUIDField(db_index=True, editable=False)
    key = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    location = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return str(self.pk)
