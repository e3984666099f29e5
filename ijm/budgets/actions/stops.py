"""Being stopped, and asking a supervisor for more."""

from __future__ import annotations

from django.utils import timezone

from ijm.accounts.models import User
from ijm.approvals.actions.requests import ask as ask_second
from ijm.approvals.models import Request
from ijm.bridges import tell
from ijm.budgets import policy
from ijm.budgets.models import Stop
from ijm.messages import Event
from ijm.roles.decisions import Decision, require
from ijm.trail.entries import entry

TOLD = "budget.stopped"


def stop(kind: str, *, by: User) -> Stop:
    """Write down that she came to the end of a budget; whoever may unlock it hears of it once a day."""
    require(Decision(by.is_active, by, None, Event.BUDGET_REFUSED, reason="inactive"))
    known = Stop.objects.filter(user=by, kind=kind, on_day=timezone.localdate()).first()
    if known is not None:
        return known
    made = Stop(user=by, office=by.office, kind=kind)
    with entry(Event.BUDGET_STOPPED, by=by, about=made):
        made.save()
        tell([user.pk for user in policy.unlockers(made)], TOLD, about=made.code, path=made.path)
    return made


def ask(about: Stop, *, by: User, reason: str) -> Request:
    """Ask another supervisor for as much again, for two hours."""
    require(policy.may_ask(by, about))
    with entry(Event.UNLOCK_ASKED, by=by, about=about):
        return ask_second(policy.UNLOCK, about=about.code, thing=about.thing, office=about.office, by=by, reason=reason)


def unlock(request: Request, *, by: User) -> None:
    """It is agreed to: from now on for two hours the database lets her spend as much again."""
    require(Decision(request.asked_by_id != by.pk, by, request, Event.BUDGET_REFUSED, reason="self"))
    with entry(Event.BUDGET_UNLOCKED, by=by, about=Stop.objects.get(code=request.about)):
        pass
