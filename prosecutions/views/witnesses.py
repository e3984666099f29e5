"""Protecting a victim-witness, who is known here by code only."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.roles.table import Role
from ijm.web.pages import page, writes
from prosecutions import policy
from prosecutions.actions import prosecutions
from prosecutions.forms.hearings import ProtectionForm
from prosecutions.views.shared import trail_to, who


@writes(Role.LIAISON, sample="witness")
def protect(request: HttpRequest, code: str) -> HttpResponse:
    """Record how she asks to be protected when she is heard."""
    user = who(request)
    witness = policy.get_witness(user, code)
    form = ProtectionForm(request.POST if request.method == "POST" else None, initial={"measures": witness.measures})
    if form.is_valid():
        prosecutions.protect(witness, by=user, measures=form.cleaned_data["measures"])
        messages.success(request, _("The protection asked for is recorded."))
        return redirect("prosecutions:prosecution-show", witness.prosecution.code)
    return page(request, "prosecutions/witnesses/protect.html", witness=witness, prosecution=witness.prosecution,
                form=form, trail=trail_to(witness.prosecution), decision=policy.may_protect(user, witness))
