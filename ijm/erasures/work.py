"""What the worker does for erasures."""

from __future__ import annotations

from ijm.erasures.actions import erasures
from ijm.erasures.models import Erasure
from ijm.erasures.states import ErasureState
from ijm.jobs.models import Job
from ijm.jobs.work import progress
from ijm.people import index


def destroy(job: Job) -> None:
    """Destroy the keys of an approved erasure, as who approved it; what is done already is left alone."""
    erasure = Erasure.objects.select_related("request", "office").get(pk=job.about)
    if erasure.step == ErasureState.APPROVED:
        erasures.complete(erasure, by=job.owner)


def renew_search(job: Job) -> None:
    """Make the search anew under new keys, so that no old copy of its lists, put back by somebody, opens again."""
    index.renew_epoch(lambda done, total: progress(job, 100 * done // max(total, 1)))
