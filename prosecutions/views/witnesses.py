"""Protecting a victim-witness, who is known here by code only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.roles.table import Role
from ijm.web import correcting
from ijm.web.pages import writes
from prosecutions import policy
from prosecutions.actions import prosecutions
from prosecutions.forms.hearings import ProtectionForm
from prosecutions.views.shared import trail_to, who


@writes(Role.LIAISON, sample="witness")
def protect(request: HttpRequest, code: str) -> HttpResponse:
    """Record how she asks to be protected when she is heard."""
    user = who(request)
    witness = policy.get_witness(user, code)
    return correcting.answer(request, correcting.Correction(
        witness, ProtectionForm, lambda witness: {"measures": witness.measures},
        lambda changed: prosecutions.protect(witness, by=user, **changed),
        reverse("prosecutions:prosecution-show", args=[witness.prosecution.code]), trail_to(witness.prosecution),
        "prosecutions/witnesses/protect.html", _("The protection asked for is recorded."),
        {"witness": witness, "prosecution": witness.prosecution, "decision": policy.may_protect(user, witness)}))
