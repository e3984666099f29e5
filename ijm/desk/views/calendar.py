"""Her days in her own calendar program: a secret address, and the feed behind it."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.bridges import CALENDARS
from ijm.desk import agenda
from ijm.messages import Event
from ijm.notices import calendar, policy
from ijm.notices.actions import calendars
from ijm.notices.models import CalendarAddress, CalendarUse
from ijm.trail.context import door
from ijm.trail.looks import denied, disclosed
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import relation
from ijm.web import views
from ijm.web.cache import count as counted
from ijm.web.pages import gate, not_there, page, source_of, writes

BEFORE, AHEAD = dt.timedelta(days=7), dt.timedelta(days=120)
MOST = 200
FETCHES_AN_HOUR, GUESSES_AN_HOUR = 30, 20


@writes()
def show(request: HttpRequest) -> HttpResponse:
    """The address of her calendar: make one, which is shown once, or take it back."""
    user = cast(User, request.user)
    address, url = policy.calendar_of(user), ""
    if request.method == "POST" and request.POST.get("act") == "revoke" and address:
        calendars.revoke(address, by=user)
        messages.success(request, _("The address is taken back. Whoever asks there finds nothing."))
        return redirect("desk:calendar")
    if request.method == "POST" and request.POST.get("act") == "make":
        url = request.build_absolute_uri(reverse("calendar-feed", args=[calendars.make(by=user)]))
        address = policy.calendar_of(user)
    used = CalendarUse.objects.filter(pk=address.pk, times__gt=0).first() if address else None
    return page(request, "desk/calendar/show.html", address=address, used=used, url=url)


@gate
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar file behind a secret address, read as its person; what is not known is a page that is not there."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(("GET", "HEAD"))
    source = source_of(request)
    if _too_often(f"calendar-guess:{source.address}", GUESSES_AN_HOUR, count=False):
        return views.too_many(request)
    address = calendar.known(token)
    if address is None:
        _too_often(f"calendar-guess:{source.address}", GUESSES_AN_HOUR)
        denied(Event.NOT_THERE, by=None, reason="hidden-or-missing", source=source, query={"view": "calendar-feed"})
        return not_there()
    if _too_often(f"calendar:{address.pk}", FETCHES_AN_HOUR):
        return views.too_many(request)
    with door(address.user.trail_who(), "r", Purpose.CASEWORK, source):
        made = calendar.written(_entries(address), url=request.build_absolute_uri(reverse("desk:agenda")))
    CalendarUse.objects.filter(pk=address.pk).update(used_at=timezone.now(), times=F("times") + 1)
    return HttpResponse(made, content_type="text/calendar; charset=utf-8", headers={"X-Robots-Tag": "noindex, nofollow"})


def _entries(address: CalendarAddress) -> list[calendar.Entry]:
    """What may leave of her days; one look names the address and every record in it, before anything is written."""
    user, today = address.user, timezone.localdate()
    found = agenda.between(user, today - BEFORE, today + AHEAD, names=CALENDARS)[:MOST]
    records: list[Any] = [one.record for one in found]
    disclosed([address, *records], (), to=user, relation=relation(records), event=Event.CALENDAR_FETCHED,
              query={"count": len(records)})
    return [calendar.Entry(f"{one.record.pk}@{settings.MAIL_DOMAIN}", one.code, one.at, one.ends_at, one.room) for one in found]


def _too_often(name: str, most: int, *, count: bool = True) -> bool:
    """Whether this was asked too often within the hour; counts it unless told not to."""
    if not count:
        return int(cache.get(name, 0)) >= most
    return counted(name, 3600) > most
