"""Asking that a survivor be forgotten, deciding, and what became of it."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ijm.accounts.models import User
from ijm.erasures import policy
from ijm.erasures.actions import erasures
from ijm.erasures.certificate import facts_of
from ijm.erasures.forms import AskForm, PrintForm
from ijm.erasures.meant import Obstacle, obstacles
from ijm.erasures.models import HoldReason
from ijm.erasures.states import ErasureState
from ijm.erasures.views import listings
from ijm.ids import normalise_code
from ijm.jobs.models import Job
from ijm.roles.table import Kind, Role
from ijm.web import lists
from ijm.web.forms import Form
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import day, number

ASKERS = (Role.CARE_WORKER, Role.CARE_SUPERVISOR, Role.DATA_PROTECTION)
DECIDERS = (Role.CARE_SUPERVISOR, Role.DATA_PROTECTION)
GOES = (gettext_lazy("Every key under which her names, numbers, places and story are sealed"),
        gettext_lazy("The keys of her own care and intake files and of the files attached to them"),
        gettext_lazy("Her names in the search, at once, and unsent forms about her"))
STAYS = (gettext_lazy("Exhibits and their chain of custody"),
         gettext_lazy("That the file existed: codes, days, who looked and when"),
         gettext_lazy("What was written in files of other persons and of other wings, sealed there"))


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
    open_ = erasure.state == ErasureState.ASKED
    found = [said(one) for one in obstacles(erasure)] if open_ or erasure.state == ErasureState.APPROVED else []
    job = Job.objects.filter(kind="erasure.destroy", about=erasure.pk, owner=user).first()
    approving, is_done = policy.may_approve(user, erasure), erasure.state == ErasureState.DONE
    return page(
        request, "erasures/show.html", erasure=erasure, trail=_trail(), obstacles=found, job=job, goes=GOES, stays=STAYS,
        tone=listings.TONES[ErasureState(erasure.state)], decision=approving, form=Form() if approving else None,
        may_refuse=bool(policy.may_decide(user, erasure)), may_withdraw=bool(policy.may_withdraw(user, erasure)),
        may_go_on=bool(policy.may_go_on(user, erasure)) and (job is None or job.ended_badly),
        facts=[(fact.label, fact.value) for fact in facts_of(erasure)] if is_done else [],
        print_form=_print_form(user) if policy.may_print(user, erasure) else None)


@writes(*DECIDERS, sample="erasure")
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Have her data erased, or keep it."""
    user, erasure = _user(request), policy.get_erasure(_user(request), code)
    if request.method == "POST":
        if request.POST.get("answer") == "approve":
            erasures.approve(erasure, by=user)
            messages.success(request, _("Approved. The keys are being destroyed; this cannot be taken back."))
        else:
            erasures.refuse(erasure, by=user)
            messages.success(request, _("Refused. Everything is kept."))
    return redirect("erasures:show", erasure.code)


@writes(*DECIDERS, sample="erasure")
def go_on(request: HttpRequest, code: str) -> HttpResponse:
    """Finish what stopped half-way."""
    return _done(request, code, erasures.go_on)


@writes(*ASKERS, sample="erasure")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the question back."""
    return _done(request, code, erasures.withdraw)


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


def _done(request: HttpRequest, code: str, act: Any) -> HttpResponse:
    user, erasure = _user(request), policy.get_erasure(_user(request), code)
    if request.method == "POST":
        act(erasure, by=user)
    return redirect("erasures:show", erasure.code)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.ERASURES.title, reverse("erasures:list"))]
