"""One colleague, for those who run her office or decide about roles: joining, moving, leaving, coming back."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts import policy, reach
from ijm.accounts.actions import arrivals, resets, staying
from ijm.accounts.devices import family_name
from ijm.accounts.factors import factors_of, passkeys_of
from ijm.accounts.finding import get_person
from ijm.accounts.models import RoleGrant, User
from ijm.desk import roles
from ijm.desk.forms.people import EditForm, MoveForm, ResetForm
from ijm.roles.table import Kind, Role
from ijm.web.pages import page, reads, writes


@reads(Role.ADMINISTRATOR, Role.DATA_PROTECTION, sample="investigator")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Her account, her roles, what waits for a decision, and what she would leave behind: counts, never content."""
    user = cast(User, request.user)
    person = get_person(user, code)
    grants = RoleGrant.objects.filter(user=person, revoked_at__isnull=True, expires_at__gt=timezone.now())
    waiting = [one for one in roles.resets(user) if one.user_id == person.pk]
    return page(request, "desk/people/show.html", person=person,
                grants=[roles.line(user, grant) for grant in grants.select_related("user", "office", "proposed_by")],
                inside=True, waivers=roles.waivers(user),
                resets=[(one, policy.may_decide_reset(user, one)) for one in waiting], leaves=_leaves(person),
                factors=factors_of(person).count(), keys=passkeys_of(person).count(), sessions=_sessions(person),
                **_doings(user, person))


def _sessions(person: User) -> list[dict[str, Any]]:
    """Where she is signed in now: the kind of browser and since when, nothing of what she does there."""
    return [{"family": family_name(one.family), "begun_at": one.begun_at} for one in reach.sessions_of(person)]


def _doings(by: User, person: User) -> dict[str, Any]:
    """What may be done here, and why not."""
    may_propose = person.is_active and policy.may_change_person(by, person)
    return {"may_change": policy.may_change_person(by, person), "may_close": policy.may_disable(by, person),
            "may_open": policy.may_enable(by, person), "may_end": policy.may_end_sessions(by, person),
            "may_welcome": policy.may_welcome(by, person),
            "may_password": policy.may_make_first_password(by, person), "may_reset": policy.may_propose_reset(by, person),
            "propose_url": reverse("desk:person-propose", args=[person.code]) if may_propose else ""}


def _leaves(person: User) -> list[dict[str, Any]]:
    return [{"kind": Kind(kind).label, "number": number, "alone": number - supervised}
            for kind, number, supervised in reach.leaves(person)]


@writes(Role.ADMINISTRATOR, sample="investigator")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change how colleagues call her, her address for mail, her language."""
    user = cast(User, request.user)
    person = get_person(user, code)
    form = EditForm(request.POST or None, initial={
        "name": person.name, "name_km": person.name_km, "email": person.email, "language": person.language})
    if request.method == "POST" and form.is_valid():
        staying.change(person, by=user, **form.cleaned_data)
        messages.success(request, _("Changed."))
        return redirect("desk:person", person.code)
    return page(request, "desk/people/edit.html", person=person, form=form, refusal=policy.may_change_person(user, person))


@writes(Role.ADMINISTRATOR, sample="investigator")
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Move her to another office: the roles of the former one end at once."""
    user = cast(User, request.user)
    person = get_person(user, code)
    form = MoveForm(request.POST or None, offices=reach.offices_of(user).filter(closed_at__isnull=True).exclude(
        pk=person.office_id))
    if request.method == "POST" and form.is_valid():
        staying.move(person, by=user, office=form.cleaned_data["office"])
        messages.success(request, _("Moved. Her former roles have ended; propose new ones."))
        return redirect("desk:person", person.code)
    return page(request, "desk/people/move.html", person=person, form=form, leaves=_leaves(person))


@writes(Role.ADMINISTRATOR, Role.DATA_PROTECTION, sample="investigator")
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close an account: it asks once more and shows what stays behind, in counts."""
    user = cast(User, request.user)
    person = get_person(user, code)
    decision = policy.may_disable(user, person)
    if request.method == "POST":
        staying.disable(person, by=user)
        messages.success(request, _("Closed. Sessions, roles and places on files have ended."))
        return redirect("desk:person", person.code)
    return page(request, "desk/people/close.html", person=person, leaves=_leaves(person), refusal=decision)


@writes(Role.ADMINISTRATOR, Role.DATA_PROTECTION, sample="investigator")
def sessions(request: HttpRequest, code: str) -> HttpResponse:
    """End every session of hers, at once: a lost telephone, a stranger at her desk. Nothing else changes."""
    user = cast(User, request.user)
    person = get_person(user, code)
    if request.method == "POST":
        staying.end_sessions(person, by=user)
        messages.success(request, _("Every session of hers is ended. She may sign in again."))
    return redirect("desk:person", person.code)


@writes(Role.ADMINISTRATOR, sample="investigator", reauth=300)
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Open a closed account: no role comes back."""
    user = cast(User, request.user)
    person = get_person(user, code)
    if request.method == "POST":
        staying.enable(person, by=user)
        messages.success(request, _("Open again. She arrives anew, with the code of the data-protection officer."))
    return redirect("desk:person", person.code)


@writes(Role.ADMINISTRATOR, sample="investigator")
def unlock(request: HttpRequest, code: str) -> HttpResponse:
    """Let her try to sign in again at once."""
    user = cast(User, request.user)
    person = get_person(user, code)
    if request.method == "POST":
        staying.unlock(person, by=user, request=request)
        messages.success(request, _("She may try again now."))
    return redirect("desk:person", person.code)


@writes(Role.DATA_PROTECTION, sample="investigator", reauth=300)
def welcome(request: HttpRequest, code: str) -> HttpResponse:
    """The code for somebody who holds a first password, shown on this page only."""
    user = cast(User, request.user)
    person = get_person(user, code)
    if request.method != "POST":
        return redirect("desk:person", person.code)
    made = arrivals.welcome(person, by=user)
    return page(request, "desk/people/code.html", person=person, made=made)


@writes(Role.ADMINISTRATOR, sample="investigator", reauth=300)
def password(request: HttpRequest, code: str) -> HttpResponse:
    """Another first password, shown on this page only."""
    user = cast(User, request.user)
    person = get_person(user, code)
    if request.method != "POST":
        return redirect("desk:person", person.code)
    made = resets.first_password(person, by=user)
    return page(request, "desk/people/added.html", made=person, password=made, again=True)


@writes(Role.ADMINISTRATOR, sample="investigator", reauth=300)
def reset(request: HttpRequest, code: str) -> HttpResponse:
    """Propose to put back a lost password or second factor."""
    user = cast(User, request.user)
    person = get_person(user, code)
    decision = policy.may_propose_reset(user, person)
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        resets.propose(person, form.cleaned_data["kind"], by=user)
        messages.success(request, _("Proposed. The data-protection officer decides about it."))
        return redirect("desk:person", person.code)
    return page(request, "desk/people/reset.html", person=person, form=form, refusal=decision)


@writes(Role.DATA_PROTECTION, reauth=300)
def decide(request: HttpRequest, reset: Any) -> HttpResponse:
    """Approve or refuse a reset that somebody else proposed; the code of an approval is shown on this page only."""
    user = cast(User, request.user)
    found = roles.reset_of(user, reset)
    if request.method != "POST":
        return redirect("desk:person", found.user.code)
    if request.POST.get("answer") != "approve":
        resets.decline(found, by=user)
        messages.success(request, _("Refused. Nothing changes."))
        return redirect("desk:person", found.user.code)
    made = resets.approve(found, by=user)
    return page(request, "desk/people/code.html", person=found.user, made=made)
