"""Words about a job that show before its work is committed: on a connection of their own, as its owner."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from ijm.jobs.models import Job
from ijm.jobs.states import JobState
from ijm.trail.context import Who, put, sign
from ijm.trail.events import TRAIL
from ijm.trail.purposes import Purpose

BEAT = 10.0  # seconds between two signs of life
LIFE = 10  # seconds for which such a short context is good
log = logging.getLogger(__name__)


@contextmanager
def beside(who: Who) -> Iterator[QuerySet[Job]]:
    """The jobs of this person, in a short transaction that commits whatever becomes of the work."""
    connection = connections[TRAIL]
    with transaction.atomic(using=TRAIL):
        former = put(connection, "ijm.ctx", sign(who, "w", Purpose.SYSTEM, life=LIFE))
        yield Job.objects.using(TRAIL)
        put(connection, "ijm.ctx", former)


@contextmanager
def beating(job: Job, who: Who) -> Iterator[None]:
    """Give signs of life from a thread, also while one step of the work takes minutes."""
    ended = threading.Event()
    heart = threading.Thread(target=_beat, args=(job, who, ended), name=f"heart-{job.code}", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()


def _beat(job: Job, who: Who, ended: threading.Event) -> None:
    try:
        while not ended.wait(BEAT):
            _sign_of_life(job, who)
    finally:
        connections[TRAIL].close()


def _sign_of_life(job: Job, who: Who) -> None:
    """One sign; a database that is away for a moment stops no heart."""
    try:
        with beside(who) as jobs:
            jobs.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries).update(beat_at=Now())
    except Exception as error:  # the work itself will notice, and says more
        log.warning("no sign of life: %s", type(error).__name__, extra={"job": str(job.pk)})
