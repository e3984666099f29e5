"""Taking records out: asking and making; deciding has its own pages."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.approvals.states import TONES, RequestState
from ijm.approvals.views import asked
from ijm.jobs.models import Job
from ijm.reports import policy
from ijm.reports.actions import exports
from ijm.reports.forms.exports import AskForm
from ijm.reports.four_eyes import LEAVES, STAYS
from ijm.reports.views import listings
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

CARE = (Role.CARE_WORKER, Role.CARE_SUPERVISOR)
EITHER = (*CARE, Role.DATA_PROTECTION)


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
    return page(request, "reports/exports/show.html", export=export, job=job, trail=_trail(), may_make=may_make,
                tone=TONES[RequestState(export.state)], **asked(user, export.request))


@writes(*CARE, sample="export", reauth=300)
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Have the approved workbook made."""
    user, export = _user(request), policy.get_export(_user(request), code)
    if request.method == "POST":
        exports.begin(export, by=user)
    return redirect("reports:export-show", export.code)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.EXPORTS.title, reverse("reports:export-list"))]


