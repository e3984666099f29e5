"""The people who work here: adding one, proposing a role, deciding about it."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, time, timedelta
from typing import Any, cast

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts import policy
from ijm.accounts.actions import people
from ijm.accounts.actions.offices import Newcomer
from ijm.accounts.models import RoleGrant, User
from ijm.desk import roles
from ijm.desk.forms.people import PersonForm, RoleForm
from ijm.ids import normalise_code
from ijm.roles.table import Can, Role, may
from ijm.web.forms import Form
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.undo import offer

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@reads(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody with an account and the roles she holds now; above them the roles that wait for a decision."""
    user = cast(User, request.user)
    users = list(User.objects.filter(is_system=False).select_related("office").order_by("name"))
    held: dict[uuid.UUID, list[RoleGrant]] = {}
    for grant in RoleGrant.objects.live().filter(user__in=users):
        held.setdefault(grant.user_id, []).append(grant)
    seen(request, users)
    return page(request, "desk/people/list.html", people=[(one, held.get(one.pk, [])) for one in users],
                waiting=[_waiting(user, grant) for grant in roles.waiting(user)],
                may_add=may(user.role_codes, Can.OFFICE_RUN), may_propose=may(user.role_codes, Can.ROLE_PROPOSE))


def _waiting(user: User, grant: RoleGrant) -> dict[str, Any]:
    """A proposed role as a card: decided here by whoever may, else with the reason why not."""
    decision = policy.may_approve(user, grant)
    return {"grant": grant, "form": Form() if decision else None, "why": decision.why}


@writes(Role.ADMINISTRATOR)
def add(request: HttpRequest) -> HttpResponse:
    """Give somebody an account; her first password is shown once, on the next page only."""
    user = cast(User, request.user)
    form = PersonForm(request.POST or None, initial={"office": user.office.code})
    if request.method != "POST" or not form.is_valid():
        return page(request, "desk/people/add.html", form=form)
    given, password = form.cleaned_data, first_password()
    made = people.add(Newcomer(given["username"], given["name"], password, given["name_km"], given["language"]),
                      by=user, office=given["office"])
    return page(request, "desk/people/added.html", made=made, password=password)


@writes(Role.ADMINISTRATOR, sample="investigator")
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a role for somebody; it is worth nothing until the data-protection officer approves it."""
    user = cast(User, request.user)
    person = get_object_or_404(User.objects.select_related("office"), code=normalise_code(code) or "", is_system=False)
    form = RoleForm(request.POST or None, initial={"office": person.office.code})
    if request.method == "POST" and form.is_valid():
        role, until = form.cleaned_data["role"], form.cleaned_data["until"]
        decision = policy.may_propose(user, person, role)
        if decision:
            made = people.propose(person, role, by=user, office=form.cleaned_data["office"], until=_end_of(until))
            offer(request, "role-proposed", made.pk, _("Proposed. The data-protection officer decides about it."))
            return redirect("desk:people")
        form.add_error("role", str(decision.why))
    return page(request, "desk/people/propose.html", form=form, person=person)


@writes(Role.DATA_PROTECTION)
def decide(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Approve or refuse a role that somebody else proposed."""
    user = cast(User, request.user)
    found = get_object_or_404(RoleGrant.objects.select_related("user"), pk=grant)
    if request.method == "POST":
        _decide(request, user, found)
    return redirect("desk:people")


def _decide(request: HttpRequest, user: User, found: RoleGrant) -> None:
    if request.POST.get("answer") != "approve":
        people.revoke(found, by=user)
        messages.success(request, _("Refused. The role is not given."))
        return
    try:
        people.approve(found, by=user)
    except IntegrityError:
        messages.error(request, _("A role held now excludes this one; it must end first."))
    else:
        messages.success(request, _("Approved. The role holds from now on."))


@writes(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def revoke(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Take a role back, at once."""
    user = cast(User, request.user)
    found = get_object_or_404(RoleGrant, pk=grant)
    if request.method == "POST":
        people.revoke(found, by=user)
        messages.success(request, _("Taken back. It ended at once."))
    return redirect("desk:people")


def first_password() -> str:
    """A password that can be read aloud: four groups of five signs, 98 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _sign in range(5)) for _group in range(4))


def _end_of(day: Any) -> datetime | None:
    """The first moment after a day, in the office's own time."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None
