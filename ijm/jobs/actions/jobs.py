"""Stopping long work, and asking for it again."""

from __future__ import annotations

from django.db.models.functions import Now

from ijm.accounts.models import User
from ijm.jobs import policy
from ijm.jobs.models import Job
from ijm.jobs.states import JobState
from ijm.jobs.work import start_anew
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.errors import Stale


def cancel(job: Job, *, by: User) -> None:
    """What waits is cancelled at once, what runs stops at its next step; raises Stale when it ended meanwhile."""
    require(policy.may_cancel(by, job))
    with entry(Event.JOB_CANCELLED, by=by, about=job):
        mine = Job.objects.filter(pk=job.pk)
        if mine.filter(state=JobState.QUEUED).update(state=JobState.CANCELLED, cancel_asked_at=Now(), ended_at=Now()):
            return
        if not mine.filter(state=JobState.RUNNING).update(cancel_asked_at=Now()):
            raise Stale(job.code)


def again(job: Job, *, by: User) -> None:
    """Queue anew what failed or was cancelled; raises Stale when somebody was faster."""
    require(policy.may_try_again(by, job))
    with entry(Event.JOB_ASKED_AGAIN, by=by, about=job):
        if not start_anew(job, by):
            raise Stale(job.code)
