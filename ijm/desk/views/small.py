"""What a small office does without: proposed here, agreed by the office that supports it, shown on Roles and rights."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts import policy, reach
from ijm.accounts.actions import waivers
from ijm.accounts.finding import get_office
from ijm.accounts.models import User, Waiver
from ijm.desk.forms.offices import WaiverForm
from ijm.desk.views.people import end_of
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, writes


@writes(Role.ADMINISTRATOR, Role.DATA_PROTECTION, sample="office")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The exceptions of an office: those that stand, those that wait; and proposing one more."""
    user, office = cast(User, request.user), get_office(cast(User, request.user), code)
    form = WaiverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        decision = policy.may_propose_waiver(user, office, given["roles"])
        if decision:
            waivers.propose(office, given["roles"], by=user, reason=given["reason"], until=end_of(given["until"]))
            messages.success(request, _("Proposed. A second person of the supporting office decides about it."))
            return redirect("desk:office-small", office.code)
        form.add_error("roles", str(decision.why))
    seen(request, office)
    found = list(office.waivers.open().select_related("supporter", "office", "proposed_by", "agreed_by"))
    return page(request, "desk/offices/small.html", office=office, form=form, decision=policy.may_propose_waiver(user, office),
                lines=[_line(user, one) for one in found], trail=[(_("Offices"), reverse("desk:offices"))])


@writes(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def decide(request: HttpRequest, waiver: uuid.UUID) -> HttpResponse:
    """Agree to an exception, or end it."""
    user = cast(User, request.user)
    found = Waiver.objects.select_related("office", "supporter").filter(pk=waiver, office__in=reach.offices_of(user)).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("answer") == "agree":
            waivers.agree(found, by=user)
            messages.success(request, _("Agreed. It is shown on Roles and rights from now on."))
        else:
            waivers.end(found, by=user)
            messages.success(request, _("Ended. The exclusion holds here as everywhere."))
    return redirect("desk:office-small", found.office.code)


def _line(user: User, waiver: Waiver) -> dict[str, Any]:
    return {"waiver": waiver, "agree": policy.may_agree_waiver(user, waiver), "end": policy.may_end_waiver(user, waiver),
            "holders": policy.holders(waiver)}

