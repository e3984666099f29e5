"""What a survivor agreed to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.actions import consents
from aftercare.forms.consents import AnswerForm
from aftercare.forms.referrals import giver_for
from aftercare.models import Survivor
from aftercare.views import shown
from aftercare.views.survivor_page import agreed, tabs_of
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, writes


@writes(Role.CARE_WORKER, Role.CARE_SUPERVISOR, sample="survivor")
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Every purpose with her answer, and a form for the next one."""
    user: Any = request.user
    survivor = policy.get_survivor(user, code)
    form = AnswerForm(request.POST or None, initial={
        "giver": giver_for(survivor.age_band), "purpose": request.GET.get("purpose", "")})
    if form.is_valid() and _is_possible(form, user, survivor):
        consents.record(survivor, by=user, said=consents.Said(**form.cleaned_data))
        messages.success(request, _("The answer is recorded."))
        return redirect("aftercare:consent-record", survivor.code)
    seen(request, survivor)
    return page(request, "aftercare/consents/record.html", survivor=survivor, form=form,
                consents=agreed(user, survivor), tabs=tabs_of(user, survivor, "consents"),
                trail=shown.trail_to(shown.survivors_crumb()))


def _is_possible(form: AnswerForm, user: User, survivor: Survivor) -> bool:
    """Say beside the question why an answer is not possible, rather than refuse what she typed."""
    said = consents.Said(**form.cleaned_data)
    known = policy.visible_consents(user, survivor).filter(purpose=said.purpose).first()
    decision = policy.may_record_consent(user, survivor, said, known.answer if known else "")
    if not decision and decision.reason in ("child", "answer"):
        form.add_error("giver" if decision.reason == "child" else "answer", str(decision.why))
        return False
    return True
