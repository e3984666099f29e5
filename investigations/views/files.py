"""Investigation files: the list, one file, its incidents, referring and closing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ijm.casefiles.grants import linked
from ijm.roles.table import Kind
from ijm.web import lists
from ijm.web.pages import page, reads, writes
from ijm.web.undo import mark, offer
from investigations import describing, policy
from investigations.actions import incidents, investigations
from investigations.codes import Act, Aim, Means
from investigations.forms.investigations import IncidentForm
from investigations.models import Incident, Investigation
from investigations.views.common import PURPOSES, WORKING, back_with_why, members, opened, seen_with
from investigations.views.listings import FILES


def home(investigation: Investigation) -> str:
    """The page of an investigation."""
    return reverse("investigations:investigation-show", args=[investigation.code])


def way(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs of a page about investigation files."""
    return [(_("My work today"), reverse("desk:work")),
            (_("Investigation files"), reverse("investigations:investigation-list")), *steps]


@reads(*WORKING)
@lists.shows(FILES)
def index(request: HttpRequest) -> HttpResponse:
    """The investigations she stands on, newest first."""
    return lists.page(request, FILES, policy.visible_investigations(request.user))  # type: ignore[arg-type]


@reads(*WORKING, sample="investigation")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One investigation: the legal test, the people in it, its operations."""
    user: Any = request.user
    one = policy.get_investigation(user, code)
    suspects = list(policy.visible_suspects(user).filter(investigation=one))
    rescued = list(policy.visible_rescued_persons(user).filter(operation__investigation=one))
    seen_with(request, one, suspects, rescued)
    tip = policy.linked_file(one.file, Kind.INTAKE)
    others = [other for other in linked(one.file) if not (tip and other.kind == Kind.INTAKE)]
    return page(
        request, "investigations/files/show.html", one=one, trail=way(), title=describing.investigation_title(one),
        tone=describing.TONES[one.stage], stages=describing.stages(one), facts=_facts(one, others),
        incidents=[_told(incident) for incident in policy.visible_incidents(user).filter(investigation=one)],
        suspects=[(suspect, describing.part(suspect), describing.TONES[suspect.state]) for suspect in suspects],
        rescued=[(person, describing.person_title(person)) for person in rescued],
        rescues=[(operation, describing.TONES[operation.state])
                 for operation in policy.visible_rescues(user).filter(investigation=one)],
        purposes=PURPOSES, tip=tip, others=others, members=members(one.file),
        may_work=policy.may_work(user, one), may_plan=policy.may_plan(user, one),
        may_refer=policy.may_refer(user, one), may_close=policy.may_close(user, one))


def _facts(one: Investigation, others: list[Any]) -> list[tuple[Any, ...]]:
    number = sum(other.number for other in others)
    return [(_("Lead"), one.lead.display_name, "lead"), (_("Office"), one.file.office.name),
            (_("Opened"), describing.day(one.opened_at), "opened_at"), (_("Linked files"), describing.number(number))]


def _told(incident: Incident) -> dict[str, Any]:
    """An incident as the page shows it: element, finding."""
    return {
        "incident": incident, "occurred": describing.occurred(incident),
        "province": describing.province(incident.province),
        "elements": [(_("Act"), describing.words(Act, incident.acts)),
                     (_("Means"), describing.words(Means, incident.means) or _("Not needed: a child")),
                     (_("Purpose"), describing.words(Aim, incident.purposes))],
        "reveal_url": reverse("investigations:incident-reveal", args=[incident.code]),
    }


@writes(*WORKING, sample="investigation")
def record_incident(request: HttpRequest, code: str) -> HttpResponse:
    """Record act, means and purpose of one event."""
    user: Any = request.user
    one = policy.get_investigation(user, code)
    if turned := back_with_why(request, policy.may_work(user, one), home(one)):
        return turned
    form = IncidentForm(request.POST or None)
    if form.is_valid():
        incidents.record(one, by=user, **form.facts())
        messages.success(request, _("Incident recorded."))
        return redirect(home(one))
    return page(request, "investigations/incidents/record.html", one=one, form=form, trail=way((one.code, home(one))))


@reads(*WORKING, sample="incident")
def reveal_incident(request: HttpRequest, code: str) -> HttpResponse:
    """Open the account of an incident, with a purpose."""
    incident = policy.get_incident(request.user, code)  # type: ignore[arg-type]
    back = reverse("investigations:investigation-show", args=[incident.investigation.code])
    return opened(request, incident, {"account": gettext_lazy("What happened")}, back)


@writes(*WORKING, sample="investigation")
def refer(request: HttpRequest, code: str) -> HttpResponse:
    """Hand the case to prosecution, after a look at exactly what goes."""
    user: Any = request.user
    one = policy.get_investigation(user, code)
    if turned := back_with_why(request, policy.may_refer(user, one), home(one)):
        return turned
    if request.method == "POST":
        investigations.refer(one, by=user)
        messages.success(request, _("Referred to prosecution. The liaison was told."))
        return redirect(home(one))
    return page(request, "investigations/files/refer.html", one=one, trail=way((one.code, home(one))),
                suspects=policy.accused(user, one), rescued=policy.witnesses(user, one))


@writes(*WORKING, sample="investigation")
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close an investigation file."""
    user: Any = request.user
    one = policy.get_investigation(user, code)
    if turned := back_with_why(request, policy.may_close(user, one), home(one)):
        return turned
    if request.method == "POST":
        investigations.close(one, by=user)
        offer(request, "investigation-closed", mark(one.code, one.rev), _("Investigation closed."))
        return redirect(home(one))
    return page(request, "investigations/files/close.html", one=one, trail=way((one.code, home(one))))
