"""My budgets, and a stop: what it was, and asking for more."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.budgets import policy
from ijm.budgets.actions import stops
from ijm.budgets.forms import AskForm
from ijm.budgets.models import Stop
from ijm.roles.budgets import DAY, LIMITS, Budget
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import moment, number

MINE = "SELECT kind, spent, warn, stop FROM guard.my_spending()"
LATELY = 20


@reads()
def mine(request: HttpRequest) -> HttpResponse:
    """Her own figures beside the values of the house, which are the same for everybody."""
    user = cast(User, request.user)
    stopped = list(policy.visible_stops(user)[:LATELY])
    seen(request, stopped)
    return page(request, "budgets/mine.html", columns=_columns(), rows=[_line(*row) for row in _spending()],
                stops=[_stopped(stop) for stop in stopped],
                stop_columns=[{"label": label} for label in (_("Stop"), _("Who"), _("When"))])


@reads(sample="stop")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One stop: whose, of which budget, and what was asked and decided since."""
    user = cast(User, request.user)
    stop = policy.get_stop(user, code)
    seen(request, stop)
    decision = policy.may_ask(user, stop)
    return page(request, "budgets/stop.html", stop=stop, label=Budget(stop.kind).label, decision=decision, trail=_trail(),
                form=AskForm() if decision else None, requests=list(policy.requests(stop)), is_mine=stop.user_id == user.pk)


@writes(sample="stop")
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a supervisor for two more hours, and say why."""
    user = cast(User, request.user)
    stop = policy.get_stop(user, code)
    form = AskForm(request.POST or None)
    if form.is_valid():
        stops.ask(stop, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Asked. You hear of it as soon as a supervisor has decided."))
        return redirect("budgets:stop", stop.code)
    decision = policy.may_ask(user, stop)
    return page(request, "budgets/stop.html", stop=stop, label=Budget(stop.kind).label, decision=decision, trail=_trail(),
                form=form if decision else None, requests=list(policy.requests(stop)), is_mine=stop.user_id == user.pk)


def _spending() -> list[tuple[str, int, int, int]]:
    """Her figures in the order of the table; nothing of anybody else."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(MINE)
        found = {row[0]: row for row in cursor.fetchall()}
    return [found[budget] for budget in LIMITS if budget in found]


def _columns() -> list[dict[str, Any]]:
    return [{"label": _("What is counted")}, {"label": _("You, now"), "num": True}, {"label": _("A warning from"), "num": True},
            {"label": _("No more than"), "num": True}, {"label": _("Within")}]


def _line(kind: str, spent: int, warn: int, stop: int) -> list[dict[str, Any]]:
    """One budget as a line."""
    said, limit = [column["label"] for column in _columns()], LIMITS[Budget(kind)]
    shown = [number(filesizeformat(value)) if limit.unit else number(value) for value in (spent, warn, stop)]
    return [{"text": Budget(kind).label},
            *({"text": value, "num": True, "label": label} for value, label in zip(shown, said[1:4], strict=True)),
            {"text": _span(limit.minutes), "label": said[4]}]


def _span(minutes: int) -> str:
    if minutes >= DAY:
        return _("a day")
    return _("%(n)s minutes") % {"n": number(minutes)}


def _stopped(stop: Stop) -> list[dict[str, Any]]:
    return [{"code": stop.code, "url": stop.path, "sub": Budget(stop.kind).label},
            {"text": stop.user.display_name, "label": _("Who")}, {"text": moment(stop.at), "label": _("When")}]


def _trail() -> list[tuple[Any, str]]:
    return [(_("Budgets"), reverse("budgets:mine"))]
