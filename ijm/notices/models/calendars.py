"""The secret address by which somebody's own calendar program may fetch her days."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ijm.accounts.models import User
from ijm.guard.declare import Machinery, Own
from ijm.trail.history import Recorded

OWN = "(SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid())"


class CalendarAddress(Recorded):
    """A secret address of one person's calendar: a digest of it only, so that nobody can read the address here."""

    guard = Own(insert=OWN, update=OWN, columns=("rev", "revoked_at"))

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(fields=("user",), condition=Q(revoked_at__isnull=True), name="calendar_address_one"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="calendar_address_ends_after_made"),
        )


class CalendarUse(models.Model):
    """When an address was last asked, and how often: machinery, since a fetch is a look and a look changes nothing."""

    guard = Machinery("SIU")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    used_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=0)
