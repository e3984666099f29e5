"""Correcting a survivor's page, by the one pattern of `ijm.web.correcting`."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from aftercare import policy
from aftercare.actions import corrections
from aftercare.forms.corrections import SurvivorCorrection
from aftercare.models import Survivor
from aftercare.views import shown
from ijm.roles.table import Role
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import Broken, disclose
from ijm.web import correcting
from ijm.web.pages import writes


@writes(Role.CARE_WORKER, Role.CARE_SUPERVISOR, sample="survivor")
def survivor(request: HttpRequest, code: str) -> HttpResponse:
    """Correct sex, age and what brought her here."""
    user: Any = request.user
    one = policy.get_survivor(user, code)
    home = reverse("aftercare:survivor-show", args=[one.code])
    decision = policy.may_correct(user, one)
    if not decision and (request.method != "POST" or decision.reason == "closed"):
        messages.warning(request, str(decision.why))
        return redirect(home)
    return correcting.answer(request, correcting.Correction(
        one, SurvivorCorrection, lambda survivor: _stands(survivor, user),
        lambda changed: corrections.correct_survivor(one, by=user, **changed), home,
        shown.trail_to(shown.survivors_crumb(), (one.code, home))))


def _stands(one: Survivor, user: Any) -> dict[str, Any]:
    account = disclose(one, "account", to=user, purpose=Purpose.CORRECTION)["account"]
    return {"sex": one.sex, "age_band": one.age_band, "account": "" if isinstance(account, Broken) else account or ""}
