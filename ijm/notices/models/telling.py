"""How somebody wants to be told by mail, and the letters that went out."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.guard.declare import Machinery, Own
from ijm.trail.history import Recorded

OWN = "(SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid())"


class Mode(models.TextChoices):
    """When a letter may go out; without a choice none does."""

    NEVER = "never", _("Never")
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")


class HowTold(Recorded):
    """One person's choice about mail; the post reads it for everybody, only she changes it."""

    guard = Own(insert=OWN, update=OWN)

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="how_told")
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.NEVER)
    hour = models.PositiveSmallIntegerField(default=8)
    quiet_from = models.PositiveSmallIntegerField(default=20)
    quiet_until = models.PositiveSmallIntegerField(default=7)
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(hour__lt=24, quiet_from__lt=24, quiet_until__lt=24), name="how_told_hours"),
        )


class LetterState(models.TextChoices):
    """A letter waits, is handed over, and was sent or not. What may have been sent is never sent again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EMPTY = "empty"


class Letter(models.Model):
    """One mail to one person: whose, how often tried, what became of it. Its words are made when it goes and kept nowhere."""

    guard = Machinery("SIU")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=LetterState, default=LetterState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=40, blank=True)  # the kind of error, never its text: that may hold an address

    class Meta:
        indexes = (models.Index(fields=("state", "next_at"), name="letter_state_next"),
                   models.Index(fields=("user", "made_at"), name="letter_user_made"))
