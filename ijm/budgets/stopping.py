"""What somebody is shown whose budget is spent, or whose download is held back. Nothing she typed is lost."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ijm.accounts.models import User
from ijm.budgets import policy
from ijm.budgets.actions import stops
from ijm.budgets.forms import AskForm
from ijm.messages import Event
from ijm.roles.budgets import Budget
from ijm.trail.context import door
from ijm.trail.looks import denied
from ijm.trail.purposes import Purpose
from ijm.trail.spending import Spent
from ijm.web.pages import source_of, who_of


def refused(request: HttpRequest, why: Exception) -> HttpResponse:
    """The page in place of the one that was asked for; its transaction is rolled back already."""
    user = cast(User, request.user)
    if isinstance(why, Spent):
        return _spent(request, user, why.kind)
    denied(Event.HALT_REFUSED, by=user, reason="halted", source=source_of(request), query={"code": str(why)})
    return _shown(request, render(request, "budgets/halted.html", {"code": str(why)}, status=423), "")


def _spent(request: HttpRequest, user: User, kind: str) -> HttpResponse:
    with door(who_of(request), "w", Purpose.CASEWORK, source_of(request)):
        stop = stops.stop(kind, by=user)
        decision = policy.may_ask(user, stop)
    denied(Event.BUDGET_REFUSED, by=user, about=stop, reason="spent", source=source_of(request), query={"kind": kind})
    answer = render(request, "budgets/spent.html", {"stop": stop, "label": Budget(kind).label, "form": AskForm(),
                                                    "decision": decision}, status=429)
    return _shown(request, answer, stop.path)


def _shown(request: HttpRequest, answer: HttpResponse, path: str) -> HttpResponse:
    """A part of a page cannot hold it: there the whole page is led to it."""
    if getattr(request, "htmx", False) and path:
        answer.headers["HX-Redirect"] = path
    return answer

