"""Referrals: those that wait, one of them, and the two answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.actions import referrals
from aftercare.actions.consents import Said
from aftercare.forms.referrals import DeclineForm, TakeInForm
from aftercare.models import Referral
from aftercare.states import ReferralState
from aftercare.views import shown
from aftercare.views.listings import REFERRALS, WAITS
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.undo import mark, offer

CARE = (Role.CARE_WORKER, Role.CARE_SUPERVISOR)


@reads(*CARE)
@lists.shows(REFERRALS)
def list_(request: HttpRequest) -> HttpResponse:
    """Referrals on her files: those that wait, or those that were answered."""
    return lists.page(request, REFERRALS, policy.visible_referrals(_user(request)))


@reads(*CARE, sample="referral")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One referral: what is known of her, and what to answer."""
    referral = policy.get_referral(_user(request), code)
    seen(request, referral)
    return _show(request, referral)


def _show(request: HttpRequest, referral: Referral, *, opened: dict[str, Any] | None = None,
          asked: str = "") -> HttpResponse:
    user = _user(request)
    waits = referral.state == ReferralState.WAITING
    facts: list[tuple[Any, ...]] = [
        (_("Received"), referral.received_at, "received_at"), (_("Speaks"), shown.spoken(referral.languages), "languages"),
             (_("Office"), referral.file.office.name), (_("Care file"), referral.file.code)]
    if referral.answered_at:
        facts.append((_("Answered"), referral.answered_at, "answered_at"))
    return page(
        request, "aftercare/referrals/show.html", referral=referral, facts=facts, waits=waits,
        tone=WAITS[ReferralState(referral.state)], may_answer=policy.may_answer(user, referral),
        survivor=policy.visible_survivors(user).filter(referral=referral).first(),
        seals=shown.with_opened(shown.closed(user, referral, shown.REFERRAL_SEALS), opened), asked=asked,
        purposes=shown.REFERRAL_PURPOSES, linked=shown.linked(referral),
        trail=shown.trail_to((_("Referrals"), reverse("aftercare:referral-list"))))


@reads(*CARE, sample="referral")
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Open one sealed value of a referral for a stated purpose."""
    referral = policy.get_referral(_user(request), code)
    return shown.reveal(request, referral, shown.REFERRAL_SEALS, shown.REFERRAL_PURPOSES,
                        lambda **given: _show(request, referral, **given))


@writes(*CARE, sample="referral")
def take_in(request: HttpRequest, code: str) -> HttpResponse:
    """Take her in: her worker, since when, and what she agreed to."""
    referral = policy.get_referral(_user(request), code)
    workers = list(policy.care_workers(referral.file.office))
    form = TakeInForm(request.POST or None, referral=referral, workers=shown.people(workers))
    if form.is_valid():
        given = form.cleaned_data
        worker = next(user for user in workers if user.code == given["worker"])
        decision = policy.may_take_in(_user(request), referral, worker, said_in(form))
        if decision or decision.reason != "conflict":
            survivor = referrals.take_in(referral, by=_user(request), worker=worker, began_on=given["began_on"],
                                         consents=said_in(form))
            messages.success(request, _("Taken in. %(name)s stands on the file.") % {"name": worker.display_name})
            return redirect("aftercare:survivor-show", survivor.code)
        form.add_error("worker", str(decision.why))
    seen(request, referral)
    return page(request, "aftercare/referrals/take-in.html", referral=referral, form=form, trail=trail_of(referral),
                decision=policy.may_answer(_user(request), referral))


def said_in(form: TakeInForm) -> list[Said]:
    """What she answered that day, one by one."""
    how = {name: form.cleaned_data[name] for name in ("giver", "form", "language", "witness", "note")}
    return [Said(purpose, answer, **how) for purpose, answer in form.answers()]


@writes(*CARE, sample="referral")
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """Say why she is not taken in."""
    referral = policy.get_referral(_user(request), code)
    form = DeclineForm(request.POST or None)
    if form.is_valid():
        referrals.decline(referral, by=_user(request), answer=form.cleaned_data["answer"])
        offer(request, "referral-declined", mark(referral.code, referral.rev), _("The answer is recorded."))
        return redirect("aftercare:referral-show", referral.code)
    seen(request, referral)
    return page(request, "aftercare/referrals/decline.html", referral=referral, form=form, trail=trail_of(referral),
                decision=policy.may_answer(_user(request), referral))


def trail_of(referral: Referral) -> list[tuple[Any, str]]:
    """The way from home to what is done with this referral."""
    return shown.trail_to((_("Referrals"), reverse("aftercare:referral-list")),
                          (referral.code, reverse("aftercare:referral-show", args=[referral.code])))


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    return user
