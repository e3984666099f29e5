"""Where a survivor lives."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.actions import residences
from aftercare.forms.residences import MoveForm
from aftercare.models import Residence, Survivor
from aftercare.views import shown
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, writes
from ijm.web.undo import mark, offer


@writes(Role.CARE_WORKER, Role.CARE_SUPERVISOR, sample="survivor")
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Record a new place where she lives; the one before stays in her history."""
    user: Any = request.user
    survivor = policy.get_survivor(user, code)
    current = policy.current_residence(user, survivor)
    form = MoveForm(request.POST or None)
    if form.is_valid() and _follows(form, user, survivor, current):
        new = residences.move(survivor, by=user, replaces=request.POST.get("replaces", ""), **form.cleaned_data)
        offer(request, "residence-moved", mark(new.code, new.rev), _("The new address is recorded and sealed."))
        return redirect("aftercare:survivor-show", survivor.code)
    seen(request, survivor)
    return page(request, "aftercare/residences/move.html", survivor=survivor, form=form, current=current,
                replaces=request.POST.get("replaces", current.code if current else ""),
                decision=policy.may_move(user, survivor), trail=shown.trail_to(shown.survivors_crumb(), (
                    survivor.code, reverse("aftercare:survivor-show", args=[survivor.code]))))


def _follows(form: MoveForm, user: User, survivor: Survivor, current: Residence | None) -> bool:
    """Say beside the date that it is too early, rather than refuse what she typed."""
    decision = policy.may_move_since(user, survivor, current, form.cleaned_data["since_on"])
    if not decision and decision.reason == "before":
        form.add_error("since_on", str(decision.why))
        return False
    return True
