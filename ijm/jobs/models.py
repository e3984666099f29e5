"""The table that is the truth about long work; a message on the queue carries only a job's id."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from ijm.accounts.models import User
from ijm.guard.declare import Private
from ijm.ids import new_code
from ijm.jobs import words
from ijm.jobs.states import ENDED_BADLY, MOVES, OPEN, JobState
from ijm.trail.events import TrailRef
from ijm.vault.parcels import Parcel

KEPT = timedelta(days=7)
LONG = timedelta(minutes=2)


def job_code() -> str:
    """A new code for a job."""
    return new_code("JB")


def expiry() -> Any:
    """When a result that is made now is thrown away."""
    return timezone.now() + KEPT


class Job(models.Model):
    """One piece of long work: what kind, on whose behalf, about which row, how far it is. Ids only, no content."""

    guard = Private(verbs="SIU")
    transitions = {"state": MOVES}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=16, unique=True, default=job_code)
    kind = models.CharField(max_length=32)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs")
    roles = models.CharField(max_length=250, blank=True)  # held when she asked: without one of them nothing is done
    about = models.UUIDField()
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    percent = models.PositiveSmallIntegerField(default=0)
    message_code = models.CharField(max_length=32, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)
    cancel_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    told_at = 0.0  # when this worker last wrote how far it is

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "about", "owner"), name="job_once_a_subject_and_owner"),)
        indexes = (models.Index(fields=("state", "beat_at"), name="job_state_beat"),)

    def trail_ref(self) -> TrailRef:
        """How the trail names it."""
        return TrailRef(model=self._meta.label_lower, pk=str(self.pk), code=self.code)

    @property
    def label(self) -> str:
        """What is being done, in words."""
        return words.kind(self.kind)

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    @property
    def ended_badly(self) -> bool:
        """Whether it stopped without having done anything, so that it may be asked for again."""
        return self.state in ENDED_BADLY

    @property
    def says(self) -> str:
        """Where it stands, in words that tell what to do."""
        if self.state == JobState.FAILED:
            return words.failure(self.message_code)
        if self.state == JobState.RUNNING and self.cancel_asked_at:
            return words.stopping()
        if self.state == JobState.QUEUED and timezone.now() - self.made_at > LONG and not self.message_code:
            return words.waits_long()
        return words.step(self.state, self.message_code)

    @property
    def download(self) -> JobResult | None:
        """What can be fetched here, while it is kept."""
        return None if self.kind in words.APART else self.kept

    @property
    def kept(self) -> JobResult | None:
        """What it made, as long as that is kept."""
        result: JobResult | None = getattr(self, "result", None)
        return result if result is not None and result.expires_at > timezone.now() else None


class JobResult(Parcel):
    """A file that a job made: sealed, for its owner alone, thrown away after seven days."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="result")
    size = models.PositiveIntegerField()
    expires_at = models.DateTimeField(default=expiry, db_index=True)

    @property
    def code(self) -> str:
        """The code of the work that made it."""
        return self.job.code
