"""The agenda: a list of days, and a month."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk import agenda
from ijm.desk.agenda import Appointment
from ijm.web.looks import ROWS_IN_ONE_EVENT, seen
from ijm.web.pages import page, reads

SPAN = dt.timedelta(days=28)
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2100, 12, 1)


@reads()
def listing(request: HttpRequest) -> HttpResponse:
    """Four weeks of her days as a list: what, when, by code; it prints, and reads well on a phone."""
    user = cast(User, request.user)
    first = _day(request.GET.get("from", ""))
    last = first + SPAN - dt.timedelta(days=1)
    kind = _kind(request)
    everything = agenda.between(user, first, last)
    found = [one for one in everything if kind in ("", one.kind)]
    _record(request, found)
    today = timezone.localdate()
    return page(request, "desk/agenda/list.html", days=agenda.by_day(found), first=first, last=last, today=today,
                kinds=_kinds("desk:agenda", {"from": first}, kind, everything), kind=kind, number=len(found),
                earlier=_to("desk:agenda", {"from": first - SPAN}, kind), later=_to("desk:agenda", {"from": first + SPAN}, kind),
                now_url=_to("desk:agenda", {}, kind), other_url=_to("desk:agenda-month", {"month": f"{first:%Y-%m}"}, kind))


@reads()
def month(request: HttpRequest) -> HttpResponse:
    """One month of her days as a table made by the server; on a phone it is a list."""
    user = cast(User, request.user)
    here = _day(f"{request.GET.get('month', '')}-01").replace(day=1)
    kind = _kind(request)
    shown = agenda.weeks(here, [])
    everything = agenda.between(user, shown[0][0].day, shown[-1][-1].day)
    found = [one for one in everything if kind in ("", one.kind)]
    _record(request, found)
    name = "desk:agenda-month"
    return page(request, "desk/agenda/month.html", weeks=agenda.weeks(here, found), month=agenda.month_name(here),
                weekdays=agenda.weekday_names(), kinds=_kinds(name, {"month": f"{here:%Y-%m}"}, kind, everything), kind=kind,
                number=len(found), now_url=_to(name, {}, kind), other_url=_to("desk:agenda", {"from": here}, kind),
                earlier=_to(name, {"month": f"{agenda.moved(here, -1):%Y-%m}"}, kind),
                later=_to(name, {"month": f"{agenda.moved(here, 1):%Y-%m}"}, kind))


def _day(text: str) -> dt.date:
    """The day in an address; today where there is none, or none that a calendar holds."""
    with suppress(ValueError):
        day = dt.date.fromisoformat(text)
        if FIRST <= day <= LAST:
            return day
    return timezone.localdate()


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in agenda.KINDS else ""


def _to(name: str, given: dict[str, Any], kind: str) -> str:
    """The same page for other days."""
    return f"{reverse(name)}?{urlencode({**given, **({'kind': kind} if kind else {})})}"


def _kinds(name: str, given: dict[str, Any], kind: str, found: list[Appointment]) -> list[dict[str, Any]]:
    """The filter by kind as tabs: everything, and each kind that these days hold."""
    tabs = [{"label": _("Everything"), "url": _to(name, given, ""), "current": not kind, "count": len(found)}]
    for key, (label, _icon) in agenda.KINDS.items():
        count = sum(one.kind == key for one in found)
        if count or key == kind:
            tabs.append({"label": label, "url": _to(name, given, key), "current": key == kind, "count": count})
    return tabs


def _record(request: HttpRequest, found: list[Appointment]) -> None:
    """One look names every record shown; a very long agenda is several."""
    records = [one.record for one in found]
    for start in range(0, max(len(records), 1), ROWS_IN_ONE_EVENT):
        seen(request, records[start:start + ROWS_IN_ONE_EVENT])
