"""What the nightly verification found: the list, one finding, and saying what was done about it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from audit import policy
from audit.actions import findings
from audit.forms.findings import SettleForm
from audit.found import Finding
from audit.states import FindingState, Problem
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import moment, number

SHOWN = 100
TONES: dict[str, str] = {FindingState.WAITING: "bad", FindingState.MENDED: "good", FindingState.AGREED: "good",
                         FindingState.KEPT: "info"}


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
def list_(request: HttpRequest) -> HttpResponse:
    """The newest findings, those that wait first."""
    user = _user(request)
    rows = sorted(policy.visible_findings(user)[:SHOWN], key=lambda one: one.state != FindingState.WAITING)
    seen(request, rows)
    return page(request, "audit/findings/list.html", waiting=policy.waiting_findings(user).count(),
                columns=[{"label": _("Finding")}, {"label": _("What")}, {"label": _("Found")}, {"label": _("State")}],
                rows=[_row(one) for one in rows])


@reads(Role.AUDITOR, Role.DATA_PROTECTION, sample="finding")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Where it is, and what was done about it."""
    return _shown(request, policy.get_finding(_user(request), code), SettleForm())


@writes(Role.AUDITOR, Role.DATA_PROTECTION, sample="finding")
def settle(request: HttpRequest, code: str) -> HttpResponse:
    """Say what was done."""
    user, finding = _user(request), policy.get_finding(_user(request), code)
    if request.method != "POST":
        return redirect("audit:finding-show", finding.code)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _shown(request, finding, form)
    findings.settle(finding, by=user, state=form.cleaned_data["state"])
    messages.success(request, _("What was done is recorded in the log."))
    return redirect("audit:finding-list")


def _shown(request: HttpRequest, finding: Finding, form: SettleForm) -> HttpResponse:
    seen(request, finding)
    decision = policy.may_settle(_user(request), finding)
    return page(request, "audit/findings/show.html", finding=finding, facts=_facts(finding), decision=decision,
                form=form if decision else None, tone=TONES[finding.state],
                trail=[(_("The auditor's desk"), reverse("audit:desk")), (_("Findings"), reverse("audit:finding-list"))])


def _facts(finding: Finding) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [(_("Found"), moment(finding.found_at))]
    if finding.of_table:
        facts.append((_("Table"), finding.of_table))
    if finding.row_key:
        facts.append((_("Key of the row"), format_html("<code>{}</code>", finding.row_key)))
    if finding.place is not None:
        facts.append((_("Number in the log"), number(finding.place)))
    if finding.settled_by and finding.settled_at:
        facts.append((_("Settled by"), f"{finding.settled_by.display_name}, {moment(finding.settled_at)}"))
    return facts


def _row(finding: Finding) -> list[dict[str, Any]]:
    found = {"text": moment(finding.found_at), "label": _("Found")}
    return [{"text": finding.code, "url": reverse("audit:finding-show", args=[finding.code])},
            {"text": str(Problem(finding.problem).label), "label": _("What")}, found,
            {"text": str(FindingState(finding.state).label), "label": _("State")}]


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
