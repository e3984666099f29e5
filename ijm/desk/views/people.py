"""The people who work here: adding one, proposing a role, deciding about it."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts import policy, reach
from ijm.accounts.actions import people
from ijm.accounts.actions.offices import Newcomer
from ijm.accounts.finding import get_person
from ijm.accounts.models import RoleGrant, User
from ijm.accounts.spoken import spoken
from ijm.desk import roles
from ijm.desk.forms.people import PersonForm, RoleForm
from ijm.roles.table import Can, Role, may
from ijm.web.forms import Form
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.undo import offer

ROWS = 50  # people on a page


@reads(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody with an account and the roles she holds now; above them the roles that wait for a decision."""
    user = cast(User, request.user)
    everybody = User.objects.filter(is_system=False, office__in=reach.offices_of(user)).select_related("office")
    # Read whole: an office has tens of people, and counting them first would be one question more.
    shown = Paginator(list(everybody.order_by("-is_active", "name", "pk")), ROWS).get_page(request.GET.get("page"))
    held: dict[uuid.UUID, list[RoleGrant]] = {}
    for grant in RoleGrant.objects.live().filter(user__in=[one.pk for one in shown]):
        held.setdefault(grant.user_id, []).append(grant)
    seen(request, shown.object_list)
    return page(request, "desk/people/list.html", people=[(one, held.get(one.pk, [])) for one in shown], shown=shown,
                waiting=[_waiting(user, grant) for grant in roles.waiting(user)],
                waivers=roles.waivers(user), inside=True,
                may_add=may(user.role_codes, Can.OFFICE_RUN), may_propose=may(user.role_codes, Can.ROLE_PROPOSE))


def _waiting(user: User, grant: RoleGrant) -> dict[str, Any]:
    """A proposed role as a card: decided here by whoever may, else with the reason why not."""
    decision = policy.may_approve(user, grant)
    return {"grant": grant, "form": Form() if decision else None, "why": decision.why, "person": grant.user.code}


@writes(Role.ADMINISTRATOR, reauth=300)
def add(request: HttpRequest) -> HttpResponse:
    """Give somebody an account; her first password is shown once, on the next page only."""
    user = cast(User, request.user)
    form = PersonForm(request.POST or None, initial={"office": user.office.code}, by=user)
    if request.method != "POST" or not form.is_valid():
        return page(request, "desk/people/add.html", form=form)
    given, password = form.cleaned_data, spoken(4)
    made = people.add(Newcomer(given["username"], given["name"], password, given["name_km"], given["language"], given["email"],
                                given["sponsor"]),
                      by=user, office=given["office"])
    return page(request, "desk/people/added.html", made=made, password=password)


@writes(Role.ADMINISTRATOR, sample="investigator", reauth=300)
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a role for somebody; it is worth nothing until the data-protection officer approves it."""
    user = cast(User, request.user)
    person = get_person(user, code)
    form = RoleForm(request.POST or None, initial={"office": person.office.code}, by=user)
    if request.method == "POST" and form.is_valid():
        role, until = form.cleaned_data["role"], form.cleaned_data["until"]
        decision = policy.may_propose(user, person, role, form.cleaned_data["office"])
        if decision:
            made = people.propose(person, role, by=user, office=form.cleaned_data["office"], until=end_of(until))
            offer(request, "role-proposed", made.pk, _("Proposed. The data-protection officer decides about it."))
            return redirect("desk:people")
        form.add_error("role", str(decision.why))
    return page(request, "desk/people/propose.html", form=form, person=person, inside=True, waivers=roles.waivers(user))


@writes(Role.DATA_PROTECTION, reauth=300)
def decide(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Approve or refuse a role that somebody else proposed."""
    user = cast(User, request.user)
    found = roles.grant_of(user, grant)
    if request.method == "POST":
        _decide(request, user, found)
    return redirect("desk:people")


def _decide(request: HttpRequest, user: User, found: RoleGrant) -> None:
    if request.POST.get("answer") != "approve":
        people.revoke(found, by=user)
        messages.success(request, _("Refused. The role is not given."))
        return
    if not found.user.is_ready:
        messages.error(request, _("She has no password and second factor of her own yet."))
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
    found = roles.grant_of(user, grant)
    if request.method == "POST":
        people.revoke(found, by=user)
        messages.success(request, _("Taken back. It ended at once."))
    return redirect("desk:person", found.user.code)


@reads(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def expiring(request: HttpRequest) -> HttpResponse:
    """Roles that end within thirty days, to be renewed or left to end."""
    user = cast(User, request.user)
    ending = roles.expiring(user)
    seen(request, [grant.user for grant in ending])
    return page(request, "desk/people/expiring.html", ending=ending, may_propose=may(user.role_codes, Can.ROLE_PROPOSE))


@writes(Role.ADMINISTRATOR, reauth=300)
def renew(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Propose the same role for one more year; it begins to count when the data-protection officer approves it."""
    user = cast(User, request.user)
    found = roles.grant_of(user, grant)
    if request.method == "POST":
        people.propose(found.user, Role(found.role), by=user, office=found.office)
        messages.success(request, _("Proposed. The data-protection officer decides about it."))
    return redirect("desk:roles-expiring")


def end_of(day: Any) -> datetime | None:
    """The first moment after a day, in the office's own time."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None
