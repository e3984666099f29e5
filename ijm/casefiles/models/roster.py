"""The roster of an office: which files there are, how they stand and with whom, in codes and days."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from ijm.accounts.models import Office
from ijm.casefiles.models.files import CaseFile, Status
from ijm.guard.declare import Derived
from ijm.roles.table import Kind
from ijm.trail.events import TrailRef


class RosterLine(models.Model):
    """What a supervisor of an office may know of a file on which she does not stand: no name, no word of its text.

    Triggers keep it beside the file and its places (`guard.enroll`). A sealed file has no shelf, so it stands on no roster.
    """

    guard = Derived(select="shelf = ANY (ARRAY(SELECT guard.my_shelves()))")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.OneToOneField(CaseFile, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=16)
    kind = models.CharField(max_length=16, choices=Kind)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    shelf = models.CharField(max_length=64)  # office and kind in one word, so that one index and one condition serve
    status = models.CharField(max_length=16, choices=Status)
    opened_at = models.DateTimeField()
    sort_key = models.DateTimeField()
    owner_code = models.CharField(max_length=16)
    owned_until = models.DateTimeField(null=True)
    places = models.PositiveIntegerField()
    stood_until = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("shelf", "status", "-sort_key"), name="roster_shelf"),)

    def __str__(self) -> str:
        return self.code

    @property
    def is_owned(self) -> bool:
        """Whether somebody to whom it was assigned still stands on it."""
        return self.owned_until is not None and self.owned_until > timezone.now()

    @property
    def is_stood_on(self) -> bool:
        """Whether anybody stands on it."""
        return self.stood_until is not None and self.stood_until > timezone.now()

    def trail_ref(self) -> TrailRef:
        """How the trail names it: as the file itself."""
        return TrailRef(model=self._meta.label_lower, pk=str(self.pk), file=str(self.file_id), code=self.code)
