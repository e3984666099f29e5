"""Filing a charge."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.roles.table import Role
from ijm.web.pages import page, writes
from prosecutions import policy
from prosecutions.actions import charges
from prosecutions.forms.charges import ChargeForm
from prosecutions.views.shared import trail_to, who


@writes(Role.LIAISON, sample="prosecution")
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Charge one of the accused under an article of the law."""
    user = who(request)
    prosecution = policy.get_prosecution(user, code)
    accused = {row.code: row for row in policy.visible_accused(user).filter(prosecution=prosecution)}
    filed = policy.visible_charges(user).filter(accused__prosecution=prosecution)
    form = ChargeForm(request.POST or None, accused=sorted(accused),
                      charged=filed.values_list("accused__alias__code", "offence_id"))
    if form.is_valid():
        given = form.cleaned_data
        charges.file(accused[given.pop("accused")], by=user, **given)
        messages.success(request, _("The charge is filed."))
        return redirect("prosecutions:prosecution-show", prosecution.code)
    return page(request, "prosecutions/charges/file.html", prosecution=prosecution, form=form,
                trail=trail_to(prosecution), decision=policy.may_charge(user, prosecution))
