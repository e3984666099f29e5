"""Recording a verdict."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.roles.table import Role
from ijm.web.pages import page, writes
from prosecutions import policy
from prosecutions.actions import verdicts
from prosecutions.forms.verdicts import VerdictForm
from prosecutions.views.shared import trail_to, who


@writes(Role.LIAISON, sample="prosecution")
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Record what the court decided on one charge."""
    user = who(request)
    prosecution = policy.get_prosecution(user, code)
    waiting = {charge.code: charge for charge in policy.open_charges(user, prosecution)}
    choices = [(code, f"{charge.accused.code} · {charge.offence}") for code, charge in waiting.items()]
    form = VerdictForm(request.POST or None, charges=choices)
    if form.is_valid():
        given = form.cleaned_data
        verdicts.record(waiting[given.pop("charge")], by=user, **given)
        messages.success(request, _("The verdict is recorded. The survivors' own workers are told."))
        return redirect("prosecutions:prosecution-show", prosecution.code)
    return page(request, "prosecutions/verdicts/record.html", prosecution=prosecution, form=form,
                trail=trail_to(prosecution), decision=policy.may_record_verdict(user, prosecution))
