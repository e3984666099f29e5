"""The checklist of a new office, for the two who found it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.accounts.actions import assurances
from ijm.accounts.models import AssuranceKind, User
from ijm.desk import setup
from ijm.desk.forms.offices import AssureForm
from ijm.roles.table import Role
from ijm.web.pages import page, reads, writes


@reads(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def show(request: HttpRequest) -> HttpResponse:
    """What is done and what is not, each line from the facts."""
    user = cast(User, request.user)
    found = setup.lines(user)
    return page(request, "desk/setup/show.html", lines=found, left=setup.left(found), total=len(found))


@writes(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def said(request: HttpRequest) -> HttpResponse:
    """Say that something was done outside this system, on a day."""
    user = cast(User, request.user)
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    if asked not in AssuranceKind:
        return redirect("desk:setup")
    form = AssureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assurances.assure(AssuranceKind(asked), by=user, office=user.office, done_on=form.cleaned_data["done_on"])
        messages.success(request, _("Recorded, with your name and the day."))
        return redirect("desk:setup")
    return page(request, "desk/setup/said.html", form=form, kind=AssuranceKind(asked), about=AssuranceKind(asked).label)
