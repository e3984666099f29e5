"""The offices: looked at, opened, described, closed by those who run them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.accounts import policy, reach
from ijm.accounts.actions import offices
from ijm.accounts.finding import get_office
from ijm.accounts.models import Office, User
from ijm.desk.forms.offices import OfficeForm
from ijm.roles.table import Can, Role, may
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

DETAILS = ("name_en", "name_km", "province", "phone", "time_zone", "quick_exit", "languages", "is_small")


@reads(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def listing(request: HttpRequest) -> HttpResponse:
    """The offices she looks after, with how many people work in each."""
    user = cast(User, request.user)
    found = list(reach.offices_of(user).select_related("supported_by").annotate(
        staff=Count("people", filter=Q(people__is_active=True, people__is_system=False))))
    seen(request, found)
    runs = may(user.role_codes, Can.OFFICE_RUN)
    return page(request, "desk/offices/list.html", offices=found, may_add=runs)


@writes(Role.ADMINISTRATOR)
def add(request: HttpRequest) -> HttpResponse:
    """Open another office, supported by one that she runs until it has its own people."""
    user = cast(User, request.user)
    office = user.office
    form = OfficeForm(request.POST or None, by=user, initial={"supported_by": office.code, "time_zone": office.time_zone})
    if request.method == "POST" and form.is_valid():
        made = offices.add(by=user, **form.cleaned_data)
        messages.success(request, _("The office is open. Add its people now."))
        return redirect("desk:office-edit", made.code)
    return page(request, "desk/offices/add.html", form=form)


@writes(Role.ADMINISTRATOR, sample="office")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what is written about an office."""
    user = cast(User, request.user)
    office = get_office(user, code)
    form = OfficeForm(request.POST or None, by=user, office=office, initial=_initial(office))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        decision = policy.may_rearrange(user, office, is_small=given["is_small"], supported_by=given["supported_by"])
        if decision or decision.reason != "waivers":
            offices.change(office, by=user, **given)
            messages.success(request, _("Changed."))
            return redirect("desk:office-edit", office.code)
        form.add_error("supported_by", str(decision.why))
    return page(request, "desk/offices/edit.html", form=form, office=office, may_change=policy.may_change_office(user, office),
                may_close=policy.may_close_office(user, office))


def _initial(office: Office) -> dict[str, Any]:
    supporter = office.supported_by.code if office.supported_by else ""
    return {name: getattr(office, name) for name in DETAILS} | {"supported_by": supporter}


@writes(Role.ADMINISTRATOR, sample="office")
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close an office in which nobody works any more."""
    user = cast(User, request.user)
    office = get_office(user, code)
    if request.method == "POST":
        offices.close(office, by=user)
        messages.success(request, _("Closed. Its history stays."))
        return redirect("desk:offices")
    return redirect("desk:office-edit", office.code)
