"""Enqueue, claim, do, finish; and sweep up what a dead worker left."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

from celery import shared_task
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from ijm.accounts.models import User
from ijm.bridges import JOBS
from ijm.jobs.models import Job, JobState
from ijm.trail.context import acting_as
from ijm.trail.events import TRAIL
from ijm.trail.purposes import Purpose

TRIES = 3
STALE = timedelta(minutes=1)
log = logging.getLogger(__name__)
Work = Callable[[Job], None]


def enqueue(kind: str, *, owner: User, about: uuid.UUID) -> None:
    """Ask the worker to do this once the change is committed; asking twice is harmless."""
    job, _made = Job.objects.get_or_create(kind=kind, about=about, defaults={"owner": owner})
    transaction.on_commit(lambda: send(job.id))


def send(job: uuid.UUID) -> None:
    """Put the job's id on the queue; when the queue is away the sweeper will send it later."""
    try:
        run.delay(str(job))
    except (OSError, ConnectionError, run.OperationalError):
        log.warning("queue away, job waits for the sweeper", extra={"job": str(job)})


def claim(job: Job) -> bool:
    """Take the job for this transaction; the lock is free the moment the worker dies."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_of(job)])
        return bool(cursor.fetchone()[0])


def lock_of(job: Job) -> int:
    """The 63-bit number of a job's lock."""
    return job.id.int >> 65


def progress(job: Job, percent: int) -> None:
    """Tell how far the work is, on a connection of its own, so that it shows before the work is committed."""
    Job.objects.using(TRAIL).filter(pk=job.pk).update(percent=percent, beat_at=timezone.now())


@shared_task(name="ijm.jobs.run", ignore_result=True)
def run(job_id: str) -> None:
    """Do one job as its owner, with her rights checked again; its end is written in the working transaction."""
    job = Job.objects.select_related("owner", "owner__office").get(pk=job_id)
    work: Work = import_string(JOBS[job.kind])
    try:
        with acting_as(job.owner, "w", Purpose.SYSTEM):
            if not claim(job) or not _begin(job):
                return
            work(job)
            Job.objects.filter(pk=job.pk).update(state=JobState.DONE, percent=100, beat_at=timezone.now())
    except Exception:
        _failed(job)
        log.exception("job failed", extra={"job": str(job.pk), "kind": job.kind})


def _begin(job: Job) -> bool:
    """Count this try, where it survives a rollback; false when the job has already ended."""
    return bool(Job.objects.using(TRAIL).filter(pk=job.pk, state__in=(JobState.QUEUED, JobState.RUNNING)).update(
        state=JobState.RUNNING, tries=F("tries") + 1, beat_at=timezone.now()))


def _failed(job: Job) -> None:
    Job.objects.using(TRAIL).filter(pk=job.pk, tries__gte=TRIES).update(state=JobState.FAILED, message_code="tries")


@shared_task(name="ijm.jobs.sweep", ignore_result=True)
def sweep() -> int:
    """Send again what waits too long or was running when its worker died; after three tries it has failed."""
    stale = Job.objects.filter(state__in=(JobState.QUEUED, JobState.RUNNING), beat_at__lt=timezone.now() - STALE)
    stale.filter(tries__gte=TRIES).update(state=JobState.FAILED, message_code="tries")
    again = [job for job in stale.filter(tries__lt=TRIES) if _is_free(job)]
    for job in again:
        send(job.id)
    return len(again)


def _is_free(job: Job) -> bool:
    """Nobody holds the job's lock."""
    with transaction.atomic():
        return claim(job)
