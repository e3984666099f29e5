"""Asking that a survivor be forgotten, deciding, and what became of it."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.approvals.states import RequestState
from ijm.approvals.views import asked
from ijm.erasures import policy
from ijm.erasures.actions import erasures
from ijm.erasures.certificate import facts_of
from ijm.erasures.forms import AskForm, PrintForm
from ijm.erasures.four_eyes import GOES, STAYS
from ijm.erasures.meant import Obstacle, obstacles
from ijm.erasures.models import HoldReason
from ijm.erasures.states import ErasureState
from ijm.erasures.views import listings
from ijm.ids import normalise_code
from ijm.jobs.models import Job
from ijm.roles.table import Kind, Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import day, number

ASKERS = (Role.CARE_WORKER, Role.CARE_SUPERVISOR, Role.DATA_PROTECTION)
DECIDERS = (Role.CARE_SUPERVISOR, Role.DATA_PROTECTION)


@reads(*ASKERS)
@lists.shows(listings.ERASURES)
def list_(request: HttpRequest) -> HttpResponse:
    """What was asked to be erased."""
    return lists.page(request, listings.ERASURES, policy.visible_erasures(_user(request)), template="erasures/list.html",
                      decision=policy.may_ask_at_all(_user(request)))


@writes(*ASKERS)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask that a survivor be forgotten, by her code."""
    user = _user(request)
    form = AskForm(request.POST or None, initial={"about": normalise_code(request.GET.get("about", "")) or ""})
    decision = None
    if form.is_valid():
        decision = policy.may_ask(user, form.meant)
        if decision:
            erasure = erasures.ask(form.meant, by=user, basis=form.cleaned_data["basis"])
            messages.success(request, _("Asked. Another person decides about it."))
            return redirect("erasures:show", erasure.code)
        form.add_error("about", str(decision.why))
    return page(request, "erasures/ask.html", form=form, trail=_trail(), goes=GOES, stays=STAYS)


@reads(*ASKERS, sample="erasure")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """What was asked, what stands against it, what was decided, and the certificate."""
    user, erasure = _user(request), policy.get_erasure(_user(request), code)
    seen(request, erasure)
    waits = erasure.state == RequestState.ASKED
    found = [said(one) for one in obstacles(erasure)] if waits or erasure.step == ErasureState.APPROVED else []
    job = Job.objects.filter(kind="erasure.destroy", about=erasure.pk, owner=user).first()
    return page(
        request, "erasures/show.html", erasure=erasure, trail=_trail(), obstacles=found, job=job, goes=GOES, stays=STAYS,
        tone=listings.TONES[erasure.state], **asked(user, erasure.request),
        may_go_on=bool(policy.may_go_on(user, erasure)) and (job is None or job.ended_badly),
        facts=[(fact.label, fact.value) for fact in facts_of(erasure)] if erasure.step == ErasureState.DONE else [],
        print_form=_print_form(user) if policy.may_print(user, erasure) else None)


@writes(*DECIDERS, sample="erasure", reauth=300)
def go_on(request: HttpRequest, code: str) -> HttpResponse:
    """Finish what stopped half-way."""
    user, erasure = _user(request), policy.get_erasure(_user(request), code)
    if request.method == "POST":
        erasures.go_on(erasure, by=user)
    return redirect("erasures:show", erasure.code)


@writes(*ASKERS, sample="erasure")
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Print the certificate in one of the languages: a numbered paper."""
    user, erasure = _user(request), policy.get_erasure(_user(request), code)
    form = PrintForm(request.POST or None)
    if form.is_valid():
        paper = erasures.certify(erasure, by=user, language=form.cleaned_data["language"])
        return redirect("documents:paper-show", paper.code)
    return redirect("erasures:show", erasure.code)


def said(one: Obstacle) -> str:
    """One thing that stands against an erasure, in words."""
    if one.code:
        why = ", ".join(filter(None, (str(HoldReason(one.reason).label) if one.reason else "",
                                      _("until %(day)s") % {"day": day(one.until_on)} if one.until_on else "")))
        return _("Legal hold %(number)s") % {"number": one.code} + (f": {why}" if why else "")
    if one.kind:
        office = one.office.name if one.office else ""
        return _("Open case file: %(kind)s, %(office)s (%(number)s)") % {
            "kind": Kind(one.kind).label, "office": office, "number": number(one.number)}
    return _("Another wing has an open case file. The data-protection officer can say more.")


def _print_form(user: User) -> PrintForm:
    return PrintForm(initial={"language": user.language or settings.LANGUAGE_CODE})


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.ERASURES.title, reverse("erasures:list"))]
