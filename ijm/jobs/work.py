"""What the house asks of long work: enqueue it, tell how far it is, stop it."""

from __future__ import annotations

import logging
import time
import uuid

from celery import current_app
from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from ijm.accounts.models import User
from ijm.bridges import JOBS
from ijm.jobs.beside import beside
from ijm.jobs.models import Job
from ijm.jobs.states import ENDED_BADLY, JobState
from ijm.trail import context
from ijm.trail.errors import NoDoor

TASK = "ijm.jobs.run"
LIFE = 30 * 60  # seconds: a job's context is good for its longest step
PAUSE = 0.25  # seconds between two words about progress
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The owner asked to stop: everything is rolled back."""


class GivenUp(Exception):
    """The work cannot be done, and trying again would not help; `code` finds the words for the owner."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def enqueue(kind: str, *, owner: User, about: uuid.UUID) -> Job:
    """Ask the worker to do this once the change is committed; asking twice is harmless.

    What failed or was cancelled begins anew. Raises NoDoor when somebody else than `owner` stands in the door,
    KeyError for a kind of work that is not on the bridges.
    """
    if context.standing("w").who.user != str(owner.pk):
        raise NoDoor("long work is asked for by the person who stands in the door")
    if kind not in JOBS:
        raise KeyError(kind)
    job, _made = Job.objects.get_or_create(kind=kind, about=about, owner=owner, defaults={"roles": roles_of(owner)})
    if job.ended_badly:
        start_anew(job, owner)
    elif job.state == JobState.QUEUED:
        send_later(job)
    return job


def roles_of(owner: User) -> str:
    """The roles with which she asks, to be compared when the work is done."""
    return ",".join(sorted(owner.role_codes))


def start_anew(job: Job, owner: User) -> bool:
    """Queue what had failed or was cancelled; false when it did not stand so."""
    changed = Job.objects.filter(pk=job.pk, state__in=ENDED_BADLY).update(
        state=JobState.QUEUED, roles=roles_of(owner), percent=0, message_code="", tries=0, cancel_asked_at=None,
        ended_at=None, made_at=Now(), beat_at=Now())
    job.refresh_from_db()
    send_later(job)
    return bool(changed)


def send_later(job: Job) -> None:
    """Send the message when the change is committed."""
    transaction.on_commit(lambda: send(job.pk), robust=True)


def send(job: uuid.UUID) -> None:
    """Put the job's id on the queue; when the queue is away the sweeper will send it later."""
    try:
        current_app.send_task(TASK, (str(job),), ignore_result=True)
    except (OSError, OperationalError):
        log.warning("queue away, job waits for the sweeper", extra={"job": str(job)})


def progress(job: Job, percent: int, message_code: str = "") -> None:
    """Tell how far the work is, so that it shows before the work is committed; cheap enough for every row.

    `percent` is 0 to 100. Raises Cancelled when the owner asked to stop: let it pass, and nothing of the work is kept.
    """
    if (percent, message_code) == (job.percent, job.message_code) and time.monotonic() - job.told_at < PAUSE:
        return
    context.renew(LIFE)
    job.told_at, job.percent, job.message_code = time.monotonic(), percent, message_code
    with beside(context.standing().who) as jobs:
        mine = jobs.filter(pk=job.pk, tries=job.tries)
        mine.update(percent=percent, message_code=message_code, beat_at=Now())
        stop = mine.filter(cancel_asked_at__isnull=False).exists()
    if stop:
        raise Cancelled(job.code)
