"""Hearings: the agenda, one day in court, setting it, recording what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import number
from prosecutions import policy
from prosecutions.actions import hearings
from prosecutions.forms.hearings import HearingForm, OutcomeForm
from prosecutions.models import Hearing
from prosecutions.states import HearingState
from prosecutions.views.listings import HEARINGS, TONES, with_witnesses
from prosecutions.views.shared import PURPOSES, trail_to, who

RECORD = {HearingState.HELD: hearings.hold, HearingState.ADJOURNED: hearings.adjourn, HearingState.CANCELLED: hearings.cancel}


@reads(Role.LIAISON)
@lists.shows(HEARINGS)
def index(request: HttpRequest) -> HttpResponse:
    """Days in court that lie ahead, that wait for their record, or that are over."""
    return lists.page(request, HEARINGS, policy.visible_hearings(who(request)), dress=with_witnesses)


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


def _facts(user: Any, hearing: Hearing, witnesses: int) -> list[tuple[object, ...]]:
    accused = policy.visible_accused(user).filter(prosecution=hearing.prosecution).count()
    return [(_("When"), hearing.at, "at"), (_("Where"), hearing.court.name, "court"), (_("Accused"), number(accused)),
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
