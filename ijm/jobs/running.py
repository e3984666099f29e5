"""The worker's side: claim a job, do it as its owner, write its end; and sweep up what a dead worker left."""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from ijm import bridges
from ijm.accounts.models import User
from ijm.bridges import JOBS
from ijm.jobs import policy, results
from ijm.jobs.beside import beating, beside
from ijm.jobs.models import Job
from ijm.jobs.states import OPEN, JobState
from ijm.jobs.words import QUIET
from ijm.jobs.work import LIFE, TASK, Cancelled, GivenUp, send
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.context import acting_as, renew
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.trail.purposes import Purpose

TRIES = 3
STALE = timedelta(minutes=1)
WATCHED = timedelta(seconds=30)  # so long somebody may still be looking at the page
# A page waits seconds, a job may wait minutes: for its own transaction only.
PATIENCE = "SET LOCAL statement_timeout = '5min'; SET LOCAL idle_in_transaction_session_timeout = '30min'"
log = logging.getLogger(__name__)


@shared_task(name=TASK, ignore_result=True)
def run(job_id: str) -> None:
    """Do one job as its owner; a job that has ended, or never was, is left alone."""
    owner = owner_of(job_id)
    if owner is not None:
        Attempt(uuid.UUID(job_id), owner).go()


def owner_of(job_id: str) -> User | None:
    """Whose work it is: the one thing that is known before somebody stands in the door."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT guard.owner_of_job(%s)", [job_id])
        (owner,) = cursor.fetchone()
    return User.objects.select_related("office").filter(pk=owner).first()


def claim(job_id: uuid.UUID) -> bool:
    """Take the job for this transaction; the lock is free the moment the worker dies."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_of(job_id)])
        return bool(cursor.fetchone()[0])


def lock_of(job_id: uuid.UUID) -> int:
    """The 63-bit number of a job's lock."""
    return job_id.int >> 65


class Attempt:
    """One try at one job, from the claim to its end."""

    def __init__(self, job_id: uuid.UUID, owner: User) -> None:
        self.job_id, self.owner = job_id, owner
        self.who = owner.trail_who()
        self.job: Job | None = None

    def go(self) -> None:
        """Everything in one transaction; what ends badly is said after it was rolled back."""
        try:
            with acting_as(self.owner, "w", Purpose.SYSTEM):
                if claim(self.job_id) and (job := self._begin()):
                    self._work(job)
        except Cancelled:
            self._end(JobState.CANCELLED)
        except GivenUp as stopped:
            self._end(JobState.FAILED, stopped.code)
        except Refused:
            self._end(JobState.FAILED, "refused")
        except Exception as error:
            self._broken(error)

    def _begin(self) -> Job | None:
        """Count this try where it survives a rollback; nothing when the job has ended meanwhile."""
        job = Job.objects.select_related("owner__office").get(pk=self.job_id)
        with beside(self.who) as jobs:
            mine = jobs.filter(pk=job.pk, state__in=OPEN)
            if not mine.update(state=JobState.RUNNING, tries=F("tries") + 1, percent=0, message_code="", beat_at=Now()):
                return None
            job.tries, job.cancel_asked_at = mine.values_list("tries", "cancel_asked_at").get()
        job.state, job.percent, job.message_code = JobState.RUNNING, 0, ""
        self.job = job
        return job

    def _work(self, job: Job) -> None:
        """The work itself; its end is written in the working transaction, so both happen or neither."""
        if job.cancel_asked_at:
            raise Cancelled(job.code)
        self._still_may(job)
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(PATIENCE)
        renew(LIFE)
        work: Callable[[Job], None] = import_string(JOBS[job.kind])
        with beating(job, self.who):
            work(job)
        tell(job, "job.done")
        done = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries, cancel_asked_at=None).update(
            state=JobState.DONE, percent=100, message_code="", beat_at=Now(), ended_at=Now())
        if not done:
            raise Cancelled(job.code)

    def _still_may(self, job: Job) -> None:
        """Her rights of this moment, not of the moment when she asked."""
        decision = policy.may_have_done(self.owner, job)
        try:
            require(decision)
        except Refused:
            raise GivenUp(decision.reason) from None

    def _broken(self, error: Exception) -> None:
        """An unforeseen error: the place is logged and never its text, which may hold what somebody wrote."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        log.error("job failed: %s at %s:%s", type(error).__name__, frame.name, frame.lineno, extra={"job": str(self.job_id)})
        if self.job is not None and self.job.tries >= TRIES:
            self._end(JobState.FAILED, "tries")
        else:
            self._end(JobState.QUEUED, "again")

    def _end(self, state: JobState, code: str = "") -> None:
        """Write how it ended, unless another worker has begun it anew."""
        if self.job is None:
            return
        with beside(self.who) as jobs:
            changed = jobs.filter(pk=self.job.pk, state=JobState.RUNNING, tries=self.job.tries).update(
                state=state, message_code=code, beat_at=Now(), ended_at=None if state == JobState.QUEUED else Now())
        if changed and state == JobState.FAILED:
            with acting_as(self.owner, "w", Purpose.SYSTEM):
                tell(self.job, "job.failed")


def tell(job: Job, kind: str) -> None:
    """A notice for who has gone to other work meanwhile: none for what took seconds or what nobody asked for."""
    if job.kind in QUIET or timezone.now() - job.made_at < WATCHED:
        return
    with entry(Event.NOTICE_MADE, by=job.owner, about=None):
        bridges.tell([job.owner_id], kind, about=job.code, path=f"/desk/jobs/{job.code}/")


@shared_task(name="ijm.jobs.sweep", ignore_result=True)
def sweep() -> int:
    """Send again what waits too long or was running when its worker died, and throw old results away; how many were sent."""
    left = _rows("SELECT id, owner_id FROM guard.jobs_left(%s)", STALE)
    owners = User.objects.select_related("office").in_bulk({owner for _job, owner in left})
    again = [job for job, owner in left if _look_after(job, owners[owner])]
    for job in again:
        send(job)
    for result, owner in _rows("SELECT id, owner_id FROM guard.results_over()"):
        results.throw_away(result, User.objects.get(pk=owner))
    return len(again)


def _rows(sql: str, *params: Any) -> list[tuple[uuid.UUID, uuid.UUID]]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _look_after(job_id: uuid.UUID, owner: User) -> bool:
    """Whether to send it again; what nobody may try again, or was to be cancelled, ends here."""
    with acting_as(owner, "w", Purpose.SYSTEM):
        if not claim(job_id):
            return False  # a worker is at it
        lost = Job.objects.filter(pk=job_id, state=JobState.RUNNING)
        if lost.filter(cancel_asked_at__isnull=False).update(state=JobState.CANCELLED, ended_at=Now()):
            return False
        if lost.filter(tries__gte=TRIES).update(state=JobState.FAILED, message_code="worker_lost", ended_at=Now()):
            tell(Job.objects.select_related("owner").get(pk=job_id), "job.failed")
            return False
        return bool(Job.objects.filter(pk=job_id, state__in=OPEN).update(beat_at=Now()))
