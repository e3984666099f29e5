"""Whose work it is, and what she may do with it."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.jobs.models import Job, JobResult
from ijm.jobs.states import OPEN, JobState
from ijm.jobs.words import APART, QUIET
from ijm.roles.decisions import Decision
from ijm.web.codes import get_by_code

REFUSED = "job.refused"


def visible_jobs(by: User) -> QuerySet[Job]:
    """Her own long work, the newest first."""
    return Job.objects.filter(owner=by).select_related("result").defer("result__parcel").order_by("-made_at", "pk")


def listed_jobs(by: User) -> QuerySet[Job]:
    """The same, what goes on first, without the small things that nobody asked for, unless they failed."""
    loud = visible_jobs(by).exclude(~Q(state=JobState.FAILED), kind__in=QUIET)
    return loud.annotate(goes_on=Q(state__in=OPEN)).order_by("-goes_on", "-made_at", "pk")


def get_job(by: User, code: str) -> Job:
    """Her job of this code; everything else is not there."""
    return get_by_code(visible_jobs(by), code)


def get_result(by: User, code: str) -> JobResult:
    """What her job of this code made, while it is kept."""
    return get_by_code(_kept(by).exclude(job__kind__in=APART), code, column="job__code")


def get_apart(by: User, job: Job) -> JobResult:
    """What her job made that is fetched on a page of its own, while it is kept."""
    return get_by_code(_kept(by), job.code, column="job__code")


def _kept(by: User) -> QuerySet[JobResult]:
    return JobResult.objects.select_related("job").filter(job__owner=by, expires_at__gt=timezone.now())


def may_cancel(by: User, job: Job) -> Decision:
    """Who asked for it may stop it until it has ended."""
    return _hers(by, job).and_(job.is_open, _("This work has ended already."), "ended")


def may_try_again(by: User, job: Job) -> Decision:
    """Who asked for it may ask again for what failed or was cancelled."""
    return _hers(by, job).and_(job.ended_badly, _("This work does not need to be tried again."), "ended")


def may_have_done(owner: User, job: Job) -> Decision:
    """Work is done for who works here still and holds every role with which she asked for it."""
    return (_hers(owner, job)
            .and_(owner.is_active, _("This account is closed."), "inactive")
            .and_(set(filter(None, job.roles.split(","))) <= owner.role_codes, _("One of these roles has ended."), "role"))


def _hers(by: User, job: Job) -> Decision:
    return Decision(job.owner_id == by.pk, by, job, REFUSED, reason="not-hers")
