"""Taking records out: asking and making; deciding has its own pages."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.approvals.states import TONES, RequestState
from ijm.approvals.views import asked
from ijm.jobs.models import Job
from ijm.jobs.policy import get_apart
from ijm.reports import policy, serials
from ijm.reports.actions import exports
from ijm.reports.forms.exports import AskForm, SerialForm
from ijm.reports.four_eyes import LEAVES, STAYS
from ijm.reports.states import Event
from ijm.reports.views import listings
from ijm.roles.table import Role
from ijm.trail.looks import disclosed
from ijm.web import lists
from ijm.web.downloads import attachment
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

CARE = (Role.CARE_WORKER, Role.CARE_SUPERVISOR)
EITHER = (*CARE, Role.DATA_PROTECTION)
WATCHING = (Role.AUDITOR, Role.ADMINISTRATOR)


@reads(*EITHER)
@lists.shows(listings.EXPORTS)
def list_(request: HttpRequest) -> HttpResponse:
    """What she asked for, and what waits for her decision."""
    decision = policy.may_ask(_user(request))
    return lists.page(request, listings.EXPORTS, policy.visible_exports(_user(request)), template="reports/exports/list.html",
                      decision=decision)


@writes(*CARE)
def new(request: HttpRequest) -> HttpResponse:
    """Ask for the records of her own files."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        export = exports.ask(by=_user(request), **form.cleaned_data)
        messages.success(request, _("Asked. Another person decides about it."))
        return redirect("reports:export-show", export.code)
    return page(request, "reports/exports/new.html", form=form, trail=_trail(), leaves=LEAVES, stays=STAYS)


@reads(*EITHER, sample="export")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """What was asked, what was decided, and the workbook once it is made."""
    user, export = _user(request), policy.get_export(_user(request), code)
    seen(request, export)
    job = Job.objects.filter(kind="export.make", about=export.pk, owner=user).select_related("result").defer(
        "result__parcel").first()
    may_make = bool(policy.may_make(user, export)) and (job is None or job.ended_badly)
    waits = bool(job and job.kept and policy.may_fetch(user, export))
    return page(request, "reports/exports/show.html", export=export, job=job, trail=_trail(), may_make=may_make, may_fetch=waits,
                tone=TONES[RequestState(export.state)], **asked(user, export.request))


@writes(*CARE, sample="export", reauth=300)
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Have the approved workbook made."""
    user, export = _user(request), policy.get_export(_user(request), code)
    if request.method == "POST":
        exports.begin(export, by=user)
    return redirect("reports:export-show", export.code)


@writes(*CARE, sample="export")
def fetch(request: HttpRequest, code: str) -> HttpResponse:
    """Download the workbook, once."""
    user, export = _user(request), policy.get_export(_user(request), code)
    if request.method != "POST":
        return redirect("reports:export-show", export.code)
    job = Job.objects.filter(kind="export.make", about=export.pk, owner=user).first()
    if job is None:
        raise Http404
    file = exports.fetch(export, by=user, result=get_apart(user, job))
    return cast(HttpResponse, attachment(request, file.content, name=file.name, item=str(export.pk), size=len(file.content),
                                         media=file.content_type))


@reads(*EITHER, *WATCHING)
def check(request: HttpRequest) -> HttpResponse:
    """Whether a printed page is of an export of ours, and for whom that was made."""
    form = SerialForm(request.POST or None)
    found = serials.read(form.cleaned_data["line"]) if form.is_valid() else None
    if form.is_valid():
        told = {"code": found.export if found else "", "found": bool(found and found.is_ours)}
        disclosed((), (), to=_user(request), event=Event.SERIAL_CHECKED, query=told)
    return page(request, "reports/exports/check.html", form=form, found=found, asked=form.is_valid(), trail=_trail())


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.EXPORTS.title, reverse("reports:export-list"))]


