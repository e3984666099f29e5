"""Rescue operations: the list, planning, looking, approving, calling off, concluding."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ijm.approvals.policy import may_approve
from ijm.approvals.views import asked
from ijm.casefiles.grants import linked
from ijm.roles.table import Kind
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import disclose
from ijm.web import lists, words
from ijm.web.pages import page, reads, writes
from investigations import describing, policy
from investigations.actions import rescues
from investigations.codes import Check
from investigations.forms.rescues import PlanForm
from investigations.models import RescueOperation
from investigations.views import files
from investigations.views.common import PURPOSES, SUPERVISING, WORKING, back_with_why, members, opened, seen_with
from investigations.views.listings import RESCUES

SEALED = {"place": gettext_lazy("Place"), "time": gettext_lazy("Time"), "plan": gettext_lazy("Plan")}


def home(operation: RescueOperation) -> str:
    """The page of an operation."""
    return reverse("investigations:rescue-show", args=[operation.code])


def way(operation: RescueOperation) -> list[tuple[str, str]]:
    """The breadcrumbs of a page about an operation."""
    one = operation.investigation
    return files.way((one.code, files.home(one)))


@reads(*WORKING)
@lists.shows(RESCUES)
def index(request: HttpRequest) -> HttpResponse:
    """The operations of her investigations, newest first."""
    return lists.page(request, RESCUES, policy.visible_rescues(request.user))  # type: ignore[arg-type]


@writes(*WORKING, sample="investigation")
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Write down where, when and how, and ask a second person."""
    user: Any = request.user
    one = policy.get_investigation(user, code)
    if turned := back_with_why(request, policy.may_plan(user, one), files.home(one)):
        return turned
    form = PlanForm(request.POST or None)
    if form.is_valid():
        operation = rescues.plan(one, by=user, **form.facts())
        messages.success(request, _("Plan sealed. A second person was asked to approve it."))
        return redirect(home(operation))
    return page(request, "investigations/rescues/plan.html", one=one, form=form,
                trail=files.way((one.code, files.home(one))))


@reads(*WORKING, sample="rescue")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One operation: what is settled, who decides, and afterwards whom it reached."""
    user: Any = request.user
    operation = policy.get_rescue(user, code)
    rescued = list(policy.visible_rescued_persons(user).filter(operation=operation))
    seen_with(request, operation, rescued)
    return page(
        request, "investigations/rescues/show.html", operation=operation, trail=way(operation),
        title=describing.rescue_title(operation), tone=describing.TONES[operation.state], facts=_facts(operation),
        sealed=SEALED.items(), purposes=PURPOSES,
        reveal_url=reverse("investigations:rescue-reveal", args=[operation.code]),
        checks=[(label, check in operation.checks) for check, label in Check.choices],
        settled=len(operation.checks), all_checks=len(Check), members=members(operation.file),
        rescued=[(person, describing.person_title(person)) for person in rescued],
        care=[other for other in linked(operation.file) if other.kind == Kind.CARE],
        may_approve=may_approve(user, operation.request), may_conclude=policy.may_conclude(user, operation),
        may_cancel=policy.may_cancel(user, operation))


def _facts(operation: RescueOperation) -> list[tuple[Any, ...]]:
    expected = _("%(all)s, %(children)s of them children") % {
        "all": describing.number(operation.expected_persons),
        "children": describing.number(operation.expected_children)}
    return [
        (_("Investigation"), operation.investigation.code), (_("Expected"), expected, "expected_persons"),
        (_("Languages"), describing.languages(operation.languages) or _("not known"), "languages"),
        (_("Planned by"), operation.asked_by.display_name), (_("Planned"), describing.day(operation.asked_at)),
        *([(_("Approved by"), operation.approved_by.display_name)] if operation.approved_by else []),
        *([(_("Outcome"), operation.get_outcome_display(), "outcome")] if operation.outcome else []),
    ]


@reads(*WORKING, sample="rescue")
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Open place, time or plan, with a purpose."""
    operation = policy.get_rescue(request.user, code)  # type: ignore[arg-type]
    return opened(request, operation, SEALED, home(operation), _said)


def _said(value: Any) -> str:
    """A sealed moment in words; every other text as it is."""
    try:
        return words.moment(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


@reads(*SUPERVISING, sample="rescue", reauth=300)
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Read the whole plan before deciding as the second person; the reading is recorded."""
    user: Any = request.user
    operation = policy.get_rescue(user, code)
    if turned := back_with_why(request, may_approve(user, operation.request), home(operation)):
        return turned
    shown = disclose(operation, *SEALED, to=user, purpose=Purpose.RESCUE)
    return page(request, "investigations/rescues/approve.html", operation=operation, trail=way(operation),
                title=describing.rescue_title(operation), facts=_facts(operation), purpose_label=Purpose.RESCUE.label,
                shown=[(SEALED[field], _said(value)) for field, value in shown.items()],
                checks=[(label, check in operation.checks) for check, label in Check.choices], **asked(user, operation.request))


@writes(*WORKING, sample="rescue")
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Call an operation off."""
    user: Any = request.user
    operation = policy.get_rescue(user, code)
    if turned := back_with_why(request, policy.may_cancel(user, operation), home(operation)):
        return turned
    if request.method == "POST":
        rescues.cancel(operation, by=user)
        messages.success(request, _("Operation called off."))
        return redirect(home(operation))
    return page(request, "investigations/rescues/cancel.html", operation=operation, trail=way(operation))
