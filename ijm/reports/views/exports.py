"""Taking records out: asking, deciding, making."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ijm.accounts.models import User
from ijm.jobs.models import Job
from ijm.reports import policy
from ijm.reports.actions import exports
from ijm.reports.forms.exports import AskForm
from ijm.reports.states import ExportState
from ijm.reports.views import listings
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.forms import Form
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

CARE = (Role.CARE_WORKER, Role.CARE_SUPERVISOR)
DECIDE = (Role.CARE_SUPERVISOR, Role.DATA_PROTECTION)
EITHER = (*CARE, Role.DATA_PROTECTION)
LEAVES = (gettext_lazy("Names, birth, phones, e-mail"), gettext_lazy("The address where each lives now"),
          gettext_lazy("What was recorded about the case"))
STAYS = (gettext_lazy("Clinical notes, journals, letters, and everything of other wings"),
         gettext_lazy("Everybody on whose file the asker does not stand"))


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
    mine = export.asked_by_id == user.pk
    job = Job.objects.filter(kind="export.make", about=export.pk, owner=user).select_related("result").defer(
        "result__parcel").first() if mine else None
    decision, may_make = policy.may_decide(user, export), bool(policy.may_make(user, export)) and (job is None or job.ended_badly)
    return page(request, "reports/exports/show.html", export=export, job=job, trail=_trail(), decision=decision,
                form=Form() if decision else None, may_make=may_make,
                may_withdraw=bool(policy.may_withdraw(user, export)), leaves=LEAVES, stays=STAYS,
                tone=listings.EXPORT_TONES[ExportState(export.state)])


@writes(*DECIDE, sample="export")
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Let it leave, or not."""
    user, export = _user(request), policy.get_export(_user(request), code)
    if request.method == "POST":
        if request.POST.get("answer") == "approve":
            exports.approve(export, by=user)
            messages.success(request, _("Approved. The asker makes the workbook."))
        else:
            exports.refuse(export, by=user)
            messages.success(request, _("Refused. Nothing leaves."))
    return redirect("reports:export-show", export.code)


@writes(*CARE, sample="export")
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Have the approved workbook made."""
    return _done(request, code, exports.begin)


@writes(*CARE, sample="export")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the question back."""
    return _done(request, code, exports.withdraw)


def _done(request: HttpRequest, code: str, act: Any) -> HttpResponse:
    user, export = _user(request), policy.get_export(_user(request), code)
    if request.method == "POST":
        act(export, by=user)
    return redirect("reports:export-show", export.code)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.EXPORTS.title, reverse("reports:export-list"))]


