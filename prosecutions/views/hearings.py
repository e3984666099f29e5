"""Hearings: the agenda, one day in court, setting it, recording what happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import number
from prosecutions import policy
from prosecutions.actions import hearings
from prosecutions.forms.hearings import HearingForm, OutcomeForm
from prosecutions.models import Hearing
from prosecutions.states import HearingState
from prosecutions.views.shared import PURPOSES, fifty, trail_to, who

TONES = {HearingState.SCHEDULED: "info", HearingState.HELD: "good", HearingState.ADJOURNED: "warn", HearingState.CANCELLED: ""}
RECORD = {HearingState.HELD: hearings.hold, HearingState.ADJOURNED: hearings.adjourn, HearingState.CANCELLED: hearings.cancel}


@reads(Role.LIAISON)
def index(request: HttpRequest) -> HttpResponse:
    """The agenda: days in court that lie ahead or wait for their record, day by day; or those that are over."""
    over = request.GET.get("show") == "over"
    rows = policy.visible_hearings(who(request)).annotate(witness_count=Count("prosecution__witnesses"))
    scheduled = rows.filter(state=HearingState.SCHEDULED).order_by("at", "code")
    shown = fifty(request, rows.exclude(state=HearingState.SCHEDULED).order_by("-at", "code") if over else scheduled)
    seen(request, shown.object_list)
    here, now = reverse("prosecutions:hearing-list"), timezone.now()
    for hearing in shown.object_list:
        hearing.day, hearing.is_late = timezone.localdate(hearing.at), not over and hearing.at <= now
        hearing.in_words = hearing.get_state_display() if over else _until(hearing.day)
    tabs = [{"label": _("Coming"), "url": here, "current": not over, "count": None},
            {"label": _("Over"), "url": f"{here}?show=over", "current": over, "count": None}]
    return page(request, "prosecutions/hearings/list.html", shown=shown, tabs=tabs, is_over=over,
                today=timezone.localdate())


def _until(day: dt.date) -> str:
    """How far off a day in court is."""
    days = (day - timezone.localdate()).days
    if days < 2:
        return _("Tomorrow") if days == 1 else _("Today")
    return _("In %(number)s days") % {"number": number(days)}


@reads(Role.LIAISON, sample="hearing")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One day in court: charges to be heard, and how each witness is protected."""
    user = who(request)
    hearing = policy.get_hearing(user, code)
    seen(request, hearing)
    prosecution = hearing.prosecution
    witnesses = policy.visible_witnesses(user).filter(prosecution=prosecution).order_by("alias__code")
    return page(
        request, "prosecutions/hearings/show.html", hearing=hearing, prosecution=prosecution,
        trail=trail_to(prosecution), tone=TONES[HearingState(hearing.state)], witnesses=witnesses,
        charges=policy.visible_charges(user).filter(accused__prosecution=prosecution), purposes=PURPOSES,
        adjourning=policy.may_adjourn(user, hearing), facts=_facts(user, hearing, len(witnesses)))


def _facts(user: Any, hearing: Hearing, witnesses: int) -> list[tuple[str, object]]:
    accused = policy.visible_accused(user).filter(prosecution=hearing.prosecution).count()
    return [(_("When"), hearing.at), (_("Where"), hearing.court.name), (_("Accused"), number(accused)),
            (_("Victim-witnesses"), number(witnesses))]


@writes(Role.LIAISON, sample="prosecution")
def schedule(request: HttpRequest, code: str) -> HttpResponse:
    """Set a day in court; the witnesses' own workers are told, without a name."""
    user = who(request)
    prosecution = policy.get_prosecution(user, code)
    form = HearingForm(request.POST or None)
    if form.is_valid():
        made = hearings.schedule(prosecution, by=user, **form.cleaned_data)
        messages.success(request, _("The hearing is scheduled. Aftercare is told that court support is needed."))
        return redirect("prosecutions:hearing-show", made.code)
    return page(request, "prosecutions/hearings/schedule.html", prosecution=prosecution, form=form,
                trail=trail_to(prosecution), decision=policy.may_schedule(user, prosecution))


@writes(Role.LIAISON, sample="hearing")
def outcome(request: HttpRequest, code: str) -> HttpResponse:
    """Record whether a hearing was held or put off."""
    user = who(request)
    hearing = policy.get_hearing(user, code)
    holding = policy.may_hold(user, hearing)
    form = OutcomeForm(request.POST or None, not_held_why="" if holding else str(holding.why))
    if form.is_valid():
        RECORD[form.cleaned_data["happened"]](hearing, by=user, outcome_note=form.cleaned_data["outcome_note"])
        messages.success(request, _("What happened at the hearing is recorded."))
        return redirect("prosecutions:hearing-show", hearing.code)
    return page(request, "prosecutions/hearings/outcome.html", hearing=hearing, prosecution=hearing.prosecution,
                form=form, trail=trail_to(hearing.prosecution), decision=policy.may_adjourn(user, hearing))
