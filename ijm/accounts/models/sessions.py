"""Who signed in, when, with what: kept for herself, so that she can end a session and notices a stranger's."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from ijm.accounts.models.people import User
from ijm.guard.declare import Private


class SignIn(models.Model):
    """One sign-in of somebody: the digest of its session, the kind of browser, the factor; no address, no place."""

    guard = Private(verbs="SIU")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    session = models.CharField(max_length=40)
    browser = models.CharField(max_length=40)
    family = models.CharField(max_length=32)
    factor = models.CharField(max_length=16, blank=True)
    begun_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("owner", "begun_at"), name="signin_owner_begun"),
                   models.Index(fields=("session",), name="signin_session"))
