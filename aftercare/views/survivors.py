"""Survivors: the list, her page, who walks with her, and her next step."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.actions import survivors
from aftercare.forms.survivors import ColleagueForm, StepForm
from aftercare.models import Survivor
from aftercare.states import SurvivorState
from aftercare.views import shown
from aftercare.views.listings import HAND_OVER, SURVIVORS
from aftercare.views.reaching import CONTACT_SEALS, unsafe_now
from aftercare.views.survivor_page import render, tabs_of
from ijm.accounts.models import User
from ijm.casefiles.models import CaseAccess
from ijm.people import conflicts
from ijm.roles.table import Can, Role, may
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.undo import mark, offer

CARE = (Role.CARE_WORKER, Role.CARE_SUPERVISOR)


@reads(*CARE)
@lists.shows(SURVIVORS)
def list_(request: HttpRequest) -> HttpResponse:
    """The survivors on her files, by where they are on their way."""
    user = _user(request)
    bulk = HAND_OVER if may(user.role_codes, Can.FILE_GRANT) else None
    return lists.page(request, SURVIVORS, policy.visible_survivors(user), bulk=bulk)


@reads(*CARE, sample="survivor")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Her page: who she is and where she is, sealed; what she agreed to; who stands on her file."""
    survivor = policy.get_survivor(_user(request), code)
    seen(request, survivor)
    return render(request, survivor)


@reads(*CARE, sample="survivor")
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Open one sealed value of her page for a stated purpose."""
    survivor = policy.get_survivor(_user(request), code)
    if why := unsafe_now(request, survivor):
        return why_not(request, survivor, why)
    return shown.reveal(request, survivor, shown.SURVIVOR_SEALS | CONTACT_SEALS, shown.LOOKING,
                        lambda **given: render(request, survivor, **given))


@writes(*CARE, sample="survivor")
def colleague(request: HttpRequest, code: str) -> HttpResponse:
    """Who stands on her file; a supervisor puts a colleague on it."""
    user, survivor = _user(request), policy.get_survivor(_user(request), code)
    places = list(policy.on_file(survivor.file))
    absent = [other for other in policy.care_workers(survivor.file.office) if not _is_on(other, places)]
    form = ColleagueForm(request.POST or None, colleagues=shown.people(absent))
    if form.is_valid():
        added = next(other for other in absent if other.code == form.cleaned_data["colleague"])
        if form.cleaned_data["knows"]:
            conflicts.wall_off(added, survivor.file, by=user)
        decision = policy.may_add_colleague(user, survivor, added)
        if decision or decision.reason != "conflict":  # any other refusal is recorded by the action, and the page is not there
            _put_on(request, survivor, added, as_worker=form.cleaned_data["as_worker"])
            return redirect("aftercare:survivor-colleague", survivor.code)
        form.add_error("colleague", str(decision.why))
    seen(request, survivor)
    return page(request, "aftercare/survivors/colleague.html", survivor=survivor, form=form, places=places,
                absent=absent, decision=policy.may_open_file_to_others(user, survivor),
                tabs=tabs_of(user, survivor, "people"), trail=shown.trail_to(shown.survivors_crumb()))


def _put_on(request: HttpRequest, survivor: Survivor, added: User, *, as_worker: bool) -> None:
    """Put a colleague on the file, as its worker or beside her; either can be taken back from the banner."""
    user, said = _user(request), _("%(name)s now stands on this file.") % {"name": added.display_name}
    survivors.add_colleague(survivor, by=user, colleague=added)
    place = policy.on_file(survivor.file).get(user=added).pk
    if as_worker:
        survivors.entrust(survivor, by=user, worker=added)
        offer(request, "survivor-entrusted", mark(survivor.code, survivor.rev, place), said)
    else:
        offer(request, "colleague-added", place, said)


def why_not(request: HttpRequest, survivor: Survivor, why: str) -> HttpResponse:
    """Say in the place of a number why nobody should call now."""
    if getattr(request, "htmx", False):
        return page(request, "aftercare/refused.html", why=why)
    return render(request, survivor, asked=why)


def _is_on(user: User, places: list[CaseAccess]) -> bool:
    return any(place.user_id == user.pk for place in places)


@writes(*CARE, sample="survivor")
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Go on to follow-up, back to care, or close her file."""
    user, survivor = _user(request), policy.get_survivor(_user(request), code)
    form = StepForm(request.POST or None)
    if form.is_valid():
        survivors.advance(survivor, by=user, to=SurvivorState(form.cleaned_data["to"]))
        offer(request, "survivor-step", mark(survivor.code, survivor.rev),
              _("Recorded: %(state)s.") % {"state": survivor.get_state_display()})
        return redirect("aftercare:survivor-show", survivor.code)
    seen(request, survivor)
    return render(request, survivor)


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    return user
