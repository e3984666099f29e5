"""The budgets at the door of a page: counted before anything is shown, with a banner from the warning on."""

from __future__ import annotations

from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from ijm.bridges import BUDGETS
from ijm.messages import Event
from ijm.roles.budgets import KEPT, Budget
from ijm.trail import spending
from ijm.trail.looks import disclosed


def settle(request: HttpRequest) -> list[str]:
    """Count what this request has taken so far; gives what to say of it. Raises Spent or Halted: then nothing is shown."""
    tallies = spending.settle()
    for tally in tallies:
        if tally.kind == spending.DECOY:
            import_string(BUDGETS["alarm"])(request)
        elif tally.is_first:
            disclosed(None, (), to=cast(Any, request.user), event=Event.BUDGET_WARNED,
                      query={"kind": tally.kind, "count": tally.number})
    known: list[str] = getattr(request, "near_budgets", [])
    known += [str(Budget(tally.kind).label) for tally in tallies if tally.kind != spending.DECOY]
    request.near_budgets = list(dict.fromkeys(known))  # type: ignore[attr-defined]
    return request.near_budgets  # type: ignore[attr-defined, no-any-return]


def refused(request: HttpRequest, why: Exception) -> HttpResponse:
    """The page of somebody whose budget is spent, or of everybody while nothing leaves; what was typed stands on it."""
    answer: HttpResponse = import_string(BUDGETS["refused"])(request, why)
    return answer


def forget_old() -> None:
    """Throw away the counts of everybody that are too old to be tuned on; the database keeps what is younger than a week."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT guard.forget_spending(%s)", [KEPT])
