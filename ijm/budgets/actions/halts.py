"""Stopping everything that leaves, by one; ending that, by two."""

from __future__ import annotations

from django.urls import reverse

from ijm.accounts.models import Office, RoleGrant, User
from ijm.approvals.actions.requests import ask as ask_second
from ijm.approvals.models import Request
from ijm.bridges import tell
from ijm.budgets import policy
from ijm.budgets.models import Halt
from ijm.messages import Event
from ijm.roles.decisions import Decision, require
from ijm.roles.table import Can, who_can
from ijm.trail.entries import entry

TOLD = "halt.set"


def halt(*, by: User, reason: str, office: Office | None = None) -> Halt:
    """From this moment nothing is downloaded or exported from the office, or, without one, from any."""
    require(policy.may_halt(by))
    made = Halt(office=office, reason=reason, set_by=by)
    with entry(Event.HALT_SET, by=by, about=made):
        made.save()
        others = RoleGrant.objects.live().filter(role__in=who_can(Can.DOWNLOADS_HALT), user__is_active=True).exclude(user=by)
        tell(others.values_list("user_id", flat=True).distinct(), TOLD, about=made.code, path=reverse("budgets:halts"))
    return made


def ask_to_lift(about: Halt, *, by: User) -> Request:
    """Ask that it end; another administrator or data-protection officer decides."""
    require(policy.may_lift(by, about))
    with entry(Event.HALT_END_ASKED, by=by, about=about):
        return ask_second(policy.LIFT, about=about.code, thing=about.thing, office=about.office or by.office, by=by)


def lift(request: Request, *, by: User) -> None:
    """It is agreed to: downloads and exports go on."""
    require(Decision(request.asked_by_id != by.pk, by, request, Event.HALT_REFUSED, reason="self"))
    with entry(Event.HALT_LIFTED, by=by, about=Halt.objects.get(code=request.about)):
        pass
