"""What the slow worker does."""

from __future__ import annotations

import time

from ijm.jobs import results
from ijm.jobs.models import Job
from ijm.jobs.work import GivenUp, progress
from ijm.messages import Event
from ijm.notices.models import Notice, NoticeKind
from ijm.trail.entries import entry


def hangs_once(job: Job) -> None:
    """Write something, tell how far it is; the first try never comes further."""
    with entry(Event.NOTICE_MADE, by=job.owner, about=None):
        Notice(user=job.owner, kind=NoticeKind.VERDICT, about_code=job.code, path="/").save()
    progress(job, 30)
    if job.tries == 1:
        time.sleep(120)


def goes_on(job: Job) -> None:
    """Work of many steps, until somebody stops it."""
    for step in range(600):
        progress(job, min(1 + step, 99))
        time.sleep(0.1)


def makes_a_file(job: Job) -> None:
    """Something to fetch, after three seconds in which somebody watches."""
    for step in range(30):
        progress(job, step * 3)
        time.sleep(0.1)
    results.keep(job, f"{job.code}.csv", "text/csv", b"code,state\n")


def gives_up(job: Job) -> None:
    """A rule that ended her place meanwhile."""
    raise GivenUp("refused")
