"""The table that is the truth about long work; a message on the queue carries only a job's id."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from ijm.accounts.models import User
from ijm.guard.declare import Machinery
from ijm.ids import new_code


class JobState(models.TextChoices):
    """A job waits, runs, and ends done, failed or cancelled."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def job_code() -> str:
    """A new code for a job."""
    return new_code("JB")


class Job(models.Model):
    """One piece of long work: what kind, on whose behalf, about which row, how far it is. Ids only, no content."""

    guard = Machinery("SIU")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=16, unique=True, default=job_code)
    kind = models.CharField(max_length=32)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs")
    about = models.UUIDField()
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    percent = models.PositiveSmallIntegerField(default=0)
    message_code = models.CharField(max_length=32, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "about"), name="job_once_a_subject"),)
        indexes = (models.Index(fields=("state", "beat_at"), name="job_state_beat"),)
