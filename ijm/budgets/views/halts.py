"""The switch: everything that leaves stops at once, and goes on only when two people say so."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.budgets import policy
from ijm.budgets.actions import halts
from ijm.budgets.forms import HaltForm
from ijm.budgets.models import Halt
from ijm.roles.table import Can, who_can
from ijm.web.looks import seen
from ijm.web.pages import page, writes
from ijm.web.words import moment

HALTERS = who_can(Can.DOWNLOADS_HALT)


@writes(*HALTERS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every halt, and the button."""
    user = cast(User, request.user)
    form = HaltForm(request.POST or None)
    if form.is_valid():
        halts.halt(by=user, reason=form.cleaned_data["reason"],
                   office=None if form.cleaned_data["where"] == "all" else user.office)
        messages.warning(request, _("Stopped. Nothing is downloaded or exported from now on."))
        return redirect("budgets:halts")
    found = list(policy.visible_halts(user))
    seen(request, found)
    return page(request, "budgets/halts.html", form=form, halts=[_halt(user, one) for one in found])


@writes(*HALTERS, sample="halt")
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that it end; another person agrees."""
    user = cast(User, request.user)
    halt = policy.get_halt(user, code)
    if request.method == "POST":
        halts.ask_to_lift(halt, by=user)
        messages.success(request, _("Asked. Another person decides about it."))
    return redirect("budgets:halts")


def _halt(user: User, one: Halt) -> dict[str, Any]:
    return {"halt": one, "stands": policy.stands(one), "decision": policy.may_lift(user, one), "at": moment(one.set_at)}
