"""Legal holds: those that stand, placing one, lifting one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.erasures import policy
from ijm.erasures.actions import holds
from ijm.erasures.forms import HoldForm
from ijm.erasures.models import LegalHold
from ijm.erasures.views import listings
from ijm.ids import normalise_code
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import day, moment

HOLDERS = (Role.LIAISON, Role.DATA_PROTECTION)


@reads(*HOLDERS)
@lists.shows(listings.HOLDS)
def list_(request: HttpRequest) -> HttpResponse:
    """The holds on persons of her files or of her office."""
    return lists.page(request, listings.HOLDS, policy.visible_holds(_user(request)), template="erasures/hold-list.html")


@writes(*HOLDERS)
def place(request: HttpRequest) -> HttpResponse:
    """Place a hold on a person's records, by a code."""
    user = _user(request)
    form = HoldForm(request.POST or None, initial={"about": normalise_code(request.GET.get("about", "")) or ""})
    if form.is_valid():
        until, reason = form.cleaned_data["until_on"], form.cleaned_data["reason"]
        decision = policy.may_hold(user, form.meant, until)
        if decision:
            hold = holds.place(form.meant, by=user, reason=reason, until_on=until)
            messages.success(request, _("The hold stands from now on."))
            return redirect("erasures:hold-show", hold.code)
        form.add_error("about", str(decision.why))
    return page(request, "erasures/hold-place.html", form=form, trail=_trail())


@reads(*HOLDERS, sample="hold")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Why a hold stands, until when, and who may end it."""
    user, hold = _user(request), policy.get_hold(_user(request), code)
    seen(request, hold)
    return page(request, "erasures/hold-show.html", hold=hold, trail=_trail(), facts=_facts(hold),
                decision=policy.may_lift(user, hold))


@writes(*HOLDERS, sample="hold", reauth=300)
def lift(request: HttpRequest, code: str) -> HttpResponse:
    """End a hold before its day."""
    user, hold = _user(request), policy.get_hold(_user(request), code)
    if request.method == "POST":
        holds.lift(hold, by=user)
        messages.success(request, _("The hold is lifted."))
    return redirect("erasures:hold-show", hold.code)


def _facts(hold: LegalHold) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("Person"), hold.about_code), (_("Why"), str(hold.get_reason_display())), (_("Until"), day(hold.until_on)),
        (_("Placed by"), hold.placed_by.display_name), (_("Placed"), moment(hold.placed_at))]
    if hold.lifted_by and hold.lifted_at:
        facts += [(_("Lifted by"), hold.lifted_by.display_name), (_("Lifted"), moment(hold.lifted_at))]
    return facts


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.HOLDS.title, reverse("erasures:hold-list"))]
