"""Bringing existing records in: the list, choosing a file, how far it is, and the decision."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.reports import policy
from ijm.reports.actions import imports
from ijm.reports.forms.imports import UploadForm
from ijm.reports.models import Former, Import
from ijm.reports.states import ImportState
from ijm.reports.views import listings, shown
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

SUPERVISOR = (Role.CARE_SUPERVISOR,)
LIST = "reports:import-list"


@reads(*SUPERVISOR)
@lists.shows(listings.IMPORTS)
def list_(request: HttpRequest) -> HttpResponse:
    """What she brings in, or has brought in."""
    return lists.page(request, listings.IMPORTS, policy.visible_imports(_user(request)), template="reports/imports/list.html")


@writes(*SUPERVISOR)
def new(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is sealed at once and read by the worker."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        record = imports.receive(form.cleaned_data["file"].read(), by=_user(request))
        return redirect("reports:import-show", record.code)
    return page(request, "reports/imports/new.html", form=form, trail=_trail())


@reads(*SUPERVISOR, sample="import_")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """How far it is: being read, to look through, being brought in, done."""
    user, record = _user(request), policy.get_import(_user(request), code)
    if record.state == ImportState.READY:
        return render(request, record)
    about: dict[str, Any] = {"job": shown.job_of(record, user)}
    if record.state == ImportState.FAILED:
        about["why"] = shown.why_not(record, user)
    if record.state == ImportState.DONE:
        about["files"] = shown.in_pages(_files(record), request.GET.get("page"))
    seen(request, record)
    return page(request, "reports/imports/show.html", record=record, trail=_trail(),
                tone=listings.IMPORT_TONES[ImportState(record.state)], **about)


def _files(record: Import) -> QuerySet[Former]:
    return Former.objects.filter(record=record).select_related("alias").defer("identity", "whereabouts", "narrative").order_by(
        "alias__code")


def render(request: HttpRequest, record: Import, *, named: bool = False) -> HttpResponse:
    """The page of looking through: counts, and fifty rows of one sort with their problems."""
    user = _user(request)
    tab = request.GET.get("show", "") if request.GET.get("show") in shown.TABS else "mend" if record.to_mend else "all"
    listed = shown.in_pages(shown.numbers(record, tab), request.GET.get("page"))
    rows = shown.lines(record, listed.object_list, by=user, named=named)
    return page(request, "reports/imports/ready.html", record=record, listed=listed, rows=rows, tab=tab, named=named,
                tabs=shown.tabs_of(record, tab), figures=shown.figures_of(record), decision=policy.may_bring_in(user, record),
                trail=_trail(), query=f"?show={tab}&page={listed.number}")


@writes(*SUPERVISOR, sample="import_")
def bring_in(request: HttpRequest, code: str) -> HttpResponse:
    """Say that everything shall be brought in."""
    user, record = _user(request), policy.get_import(_user(request), code)
    if request.method == "POST":
        imports.bring_in(record, by=user)
    return redirect("reports:import-show", record.code)


@writes(*SUPERVISOR, sample="import_")
def back(request: HttpRequest, code: str) -> HttpResponse:
    """Go back to looking through, after it was cancelled or failed; refused while the work goes on."""
    user, record = _user(request), policy.get_import(_user(request), code)
    job = shown.job_of(record, user)
    if request.method == "POST" and record.state == ImportState.BRINGING_IN and job is not None and job.ended_badly:
        imports.halt(record, by=user)
    return redirect("reports:import-show", record.code)


@writes(*SUPERVISOR, sample="import_")
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throw the rows away."""
    user, record = _user(request), policy.get_import(_user(request), code)
    if request.method == "POST":
        imports.discard(record, by=user)
        messages.success(request, _("Thrown away. No copy of the rows can be opened any more."))
        return redirect(LIST)
    return redirect("reports:import-show", record.code)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.IMPORTS.title, reverse(LIST))]
