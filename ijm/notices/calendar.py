"""A calendar file of codes and times: what a phone may hold, and how its secret address is recognised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from ijm.notices.models import CalendarAddress

if TYPE_CHECKING:
    from icalendar import Event

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One line of a calendar that leaves the house: a code, a time, a room; no name, no kind, no wing."""

    uid: str
    code: str
    at: date
    ends_at: datetime | None = None
    room: str = ""


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256, hex. The token has 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def known(token: str) -> CalendarAddress | None:
    """The address of this token while it holds: not taken back, not a year old, its person still works here."""
    return CalendarAddress.objects.select_related("user", "user__office").filter(
        digest=digest_of(token), revoked_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True).first()


def written(entries: Iterable[Entry], *, url: str) -> bytes:
    """The calendar file, in the office's own time."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", f"-//{settings.PRODUCT_NAME}//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", settings.PRODUCT_NAME)
    made.add("x-wr-timezone", settings.TIME_ZONE)
    made.add("refresh-interval", HOUR, parameters={"VALUE": "DURATION"})
    for entry in entries:
        made.add_component(_event(entry, url))
    made.add_missing_timezones()
    return made.to_ical()


def _span(entry: Entry) -> tuple[date, date]:
    """From when to when: an hour where no end is known, and whole days as days."""
    if not isinstance(entry.at, datetime):
        return entry.at, entry.at + timedelta(days=1)
    zone = ZoneInfo(settings.TIME_ZONE)
    return entry.at.astimezone(zone), (entry.ends_at or entry.at + HOUR).astimezone(zone)


def _event(entry: Entry, url: str) -> Event:
    from icalendar import Event

    made = Event()
    made.add("uid", entry.uid)
    made.add("dtstamp", timezone.now())
    begins, ends = _span(entry)
    made.add("dtstart", begins)
    made.add("dtend", ends)
    made.add("summary", entry.code)
    made.add("class", "PRIVATE")
    made.add("url", url)
    if entry.room:
        made.add("location", entry.room)
    return made
