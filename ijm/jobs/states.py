"""The states of a job, and the moves between them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition


class JobState(models.TextChoices):
    """A job waits, runs, and ends done, failed or cancelled."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped")
    CANCELLED = "cancelled", _("Cancelled")


OPEN = (JobState.QUEUED, JobState.RUNNING)
ENDED_BADLY = (JobState.FAILED, JobState.CANCELLED)
MOVES = (
    Transition("", JobState.QUEUED, "job.asked"),
    Transition(JobState.QUEUED, JobState.RUNNING, "job.begun"),
    Transition(JobState.QUEUED, JobState.CANCELLED, "job.cancelled"),
    Transition(JobState.RUNNING, JobState.DONE, "job.done"),
    Transition(JobState.RUNNING, JobState.QUEUED, "job.put_back"),
    Transition(JobState.RUNNING, JobState.FAILED, "job.failed"),
    Transition(JobState.RUNNING, JobState.CANCELLED, "job.cancelled"),
    Transition(JobState.FAILED, JobState.QUEUED, "job.asked_again"),
    Transition(JobState.CANCELLED, JobState.QUEUED, "job.asked_again"),
)
