"""My long work: the list, one job, how far it is, and what can be done with it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import retarget

from ijm.accounts.models import User
from ijm.jobs import policy, results
from ijm.jobs.actions import jobs as actions
from ijm.web.downloads import attachment
from ijm.web.filehost import apart
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

ROWS = 25


@reads()
def listing(request: HttpRequest) -> HttpResponse:
    """Her long work: what goes on, then what has ended, the newest first."""
    shown = Paginator(policy.listed_jobs(cast(User, request.user)), ROWS).get_page(request.GET.get("page"))
    running = [job for job in shown if job.is_open]
    return page(request, "jobs/list.html", shown=shown, running=running, ended=[job for job in shown if not job.is_open])


@reads(sample="job")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One piece of her long work."""
    job = policy.get_job(cast(User, request.user), code)
    trail = [(_("My long work"), reverse("jobs:list"))]
    return page(request, "jobs/show.html", job=job, trail=trail)


@reads(sample="job")
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far it is, for a page that asks every second; asking is no sign of life and does not prolong the session."""
    request.is_poll = True  # type: ignore[attr-defined]
    job = policy.get_job(cast(User, request.user), code)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("jobs:show", job.code)
    if job.is_open:
        return render(request, "jobs/now.html", {"job": job})
    return retarget(render(request, "jobs/progress.html", {"job": job, "said": True}), f"#job-{job.code}")


@writes(sample="job")
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Stop it: at once while it waits, at its next step while it runs."""
    user = cast(User, request.user)
    job = policy.get_job(user, code)
    if request.method == "POST":
        actions.cancel(job, by=user)
        messages.success(request, _("The work is being stopped. Nothing of it is kept."))
    return redirect("jobs:show", job.code)


@writes(sample="job")
def again(request: HttpRequest, code: str) -> HttpResponse:
    """Ask anew for what failed or was cancelled."""
    user = cast(User, request.user)
    job = policy.get_job(user, code)
    if request.method == "POST":
        actions.again(job, by=user)
        messages.success(request, _("The work waits for its turn again."))
    return redirect("jobs:show", job.code)


@apart
@reads(sample="job")
def result(request: HttpRequest, code: str) -> HttpResponse:
    """Fetch what it made; each time is recorded."""
    user = cast(User, request.user)
    kept = policy.get_result(user, code)
    seen(request, kept.job)
    file = results.fetch(kept, by=user)
    return cast(HttpResponse, attachment(request, file.content, name=file.name, item=str(kept.pk), size=len(file.content),
                                         media=file.content_type))
