"""Prosecution files: the list, a file, closing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseAccess
from ijm.people.models import Name
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import number
from prosecutions import policy
from prosecutions.actions import prosecutions
from prosecutions.models import Accused, Hearing, Prosecution
from prosecutions.states import HearingState, Stage
from prosecutions.views.listings import FILES, with_people
from prosecutions.views.shared import PURPOSES, trail_to, who


@reads(Role.LIAISON)
@lists.shows(FILES)
def index(request: HttpRequest) -> HttpResponse:
    """The prosecution files she stands on: open ones, or closed ones."""
    return lists.page(request, FILES, policy.visible_prosecutions(who(request)), dress=with_people)


@reads(Role.LIAISON, sample="prosecution")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One prosecution file: its stage, the accused, charges, hearings, victim-witnesses by code."""
    user = who(request)
    prosecution = policy.get_prosecution(user, code)
    seen(request, prosecution)
    accused = list(policy.visible_accused(user).filter(prosecution=prosecution).order_by("alias__code"))
    witnesses = policy.visible_witnesses(user).filter(prosecution=prosecution).order_by("alias__code")
    charges = list(policy.visible_charges(user).filter(accused__prosecution=prosecution))
    hearings = list(policy.visible_hearings(user).filter(prosecution=prosecution).order_by("-at"))
    return page(
        request, "prosecutions/prosecutions/show.html", prosecution=prosecution, trail=trail_to(),
        accused=_with_names(accused), witnesses=list(witnesses), hearings=_timeline(hearings),
        charges=charges, noted=[charge for charge in charges if charge.note], stages=_stages(prosecution),
        verdicts=policy.visible_verdicts(user).filter(accused__prosecution=prosecution),
        facts=_facts(prosecution, accused, len(witnesses)), title=_title(prosecution, len(accused)),
        next_hearing=_next(hearings), linked=grants.linked(prosecution.file), people=_people(prosecution),
        purposes=PURPOSES, **_decisions(user, prosecution))


def _decisions(user: User, prosecution: Prosecution) -> dict[str, Any]:
    return {"charging": policy.may_charge(user, prosecution), "scheduling": policy.may_schedule(user, prosecution),
            "judging": policy.may_record_verdict(user, prosecution), "closing": policy.may_close(user, prosecution)}


def _title(prosecution: Prosecution, accused: int) -> str:
    words = ngettext("case against %(number)s accused", "case against %(number)s accused", accused)
    said = words % {"number": number(accused)}
    return f"{prosecution.exploitation_label}: {said}" if prosecution.exploitation else said[:1].upper() + said[1:]


def _facts(prosecution: Prosecution, accused: list[Accused], witnesses: int) -> list[tuple[object, ...]]:
    return [(_("Referred"), timezone.localdate(prosecution.referred_at), "referred_at"),
            (_("Referred by"), prosecution.referred_by.display_name, "referred_by"), (_("Office"), prosecution.file.office.name),
            (_("Accused"), number(len(accused))), (_("Victim-witnesses"), number(witnesses))]


def _stages(prosecution: Prosecution) -> list[dict[str, object]]:
    """The strip: what is behind, where the case stands and since when, what lies ahead."""
    steps = list(Stage)
    at = steps.index(Stage(prosecution.state))
    return [{"label": step.label, "state": "done" if place < at else "current" if place == at else "next",
             "since": prosecution.state_since_on if place == at else None} for place, step in enumerate(steps)]


def _with_names(accused: list[Accused]) -> list[Accused]:
    """Say of each accused whether a name is known at all."""
    persons = [row.alias.person_id for row in accused]
    known = set(Name.objects.filter(person_id__in=persons).values_list("person_id", flat=True))
    for row in accused:
        row.has_name = row.alias.person_id in known  # type: ignore[attr-defined]
    return accused


def _timeline(hearings: list[Hearing]) -> list[dict[str, object]]:
    return [{"title": hearing.get_kind_display(), "by": hearing.get_state_display().lower(), "at": hearing.at,
             "text": hearing.court.name, "icon": "calendar", "key": hearing.state == HearingState.SCHEDULED,
             "url": reverse("prosecutions:hearing-show", args=[hearing.code])} for hearing in hearings]


def _next(hearings: list[Hearing]) -> Hearing | None:
    ahead = [hearing for hearing in hearings if hearing.state == HearingState.SCHEDULED]
    return min(ahead, key=lambda hearing: hearing.at) if ahead else None


def _people(prosecution: Prosecution) -> list[Any]:
    """Who stands on this file now."""
    now = timezone.now()
    rows = CaseAccess.objects.filter(file=prosecution.file, revoked_at__isnull=True, starts_at__lte=now,
                                     expires_at__gt=now)
    return list(rows.select_related("user").order_by("user__name"))


@writes(Role.LIAISON, sample="prosecution")
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close the file of a judged case."""
    user = who(request)
    prosecution = policy.get_prosecution(user, code)
    if request.method == "POST":
        prosecutions.close(prosecution, by=user, on=timezone.localdate())
        messages.success(request, _("The file is closed."))
        return redirect("prosecutions:prosecution-show", prosecution.code)
    return page(request, "prosecutions/prosecutions/close.html", prosecution=prosecution,
                trail=trail_to(prosecution), decision=policy.may_close(user, prosecution))
