"""What the slow worker does."""

from __future__ import annotations

import time

from ijm.jobs.models import Job
from ijm.jobs.work import progress
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
        progress(job, 1 + step // 6)
        time.sleep(0.1)
