"""Somebody's days: hearings, court support, operations, reviews and her own reminders, gathered from the wings by name."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.bridges import APPOINTMENTS
from ijm.desk.cards import asked_of
from ijm.notices.models import Reminder, ReminderState
from ijm.notices.policy import visible_reminders
from ijm.web import khmer, words

KINDS: dict[str, tuple[Promise, str]] = {
    "hearing": (_("Hearings"), "scales"),
    "court_support": (_("Court support"), "calendar"),
    "rescue": (_("Rescue operations"), "flag"),
    "review": (_("To ask again"), "talk"),
    "reminder": (_("Reminders"), "bell"),
}


@dataclass(frozen=True)
class Appointment:
    """One thing in somebody's days: at an hour, or on a whole day."""

    at: dt.date
    title: str
    code: str
    url: str
    kind: str
    record: Any
    ends_at: dt.datetime | None = None
    room: str = ""
    about: str = ""

    @property
    def day(self) -> dt.date:
        """Its day in the office's own time."""
        return timezone.localtime(self.at).date() if isinstance(self.at, dt.datetime) else self.at

    @property
    def clock(self) -> str:
        """Its hour; nothing when it is for the whole day."""
        return words.clock(self.at) if isinstance(self.at, dt.datetime) else ""

    @property
    def icon(self) -> str:
        """The drawing of its kind."""
        return KINDS[self.kind][1]

    @property
    def moment(self) -> dt.datetime:
        """Where it stands in the order of time; what has no hour comes first on its day."""
        return self.at if isinstance(self.at, dt.datetime) else midnight(self.at)


def midnight(day: dt.date) -> dt.datetime:
    """The beginning of a day in the office's own time."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def between(user: User, first: dt.date, last: dt.date, *, names: Iterable[str] = APPOINTMENTS) -> list[Appointment]:
    """What stands in her days from the first to the last, both included, in the order of time."""
    start, end = midnight(first), midnight(last + dt.timedelta(days=1))
    found = [Appointment(**given) for ask in asked_of(names, user) for given in ask(user, start, end)]
    return sorted([*found, *_reminders(user, start, end)], key=lambda one: (one.moment, one.code))


def _reminders(user: User, start: dt.datetime, end: dt.datetime) -> list[Appointment]:
    rows = visible_reminders(user).filter(state=ReminderState.WAITING, at__gte=start, at__lt=end)
    return [_reminder(row) for row in rows]


def _reminder(row: Reminder) -> Appointment:
    return Appointment(at=row.at, title=row.get_subject_display(), code=row.about_code, url=reverse("desk:reminders"),
                       kind="reminder", record=row)


def by_day(found: list[Appointment]) -> list[tuple[dt.date, list[Appointment]]]:
    """The same under their days, empty days left out."""
    days: dict[dt.date, list[Appointment]] = {}
    for one in found:
        days.setdefault(one.day, []).append(one)
    return list(days.items())


@dataclass(frozen=True)
class Cell:
    """One day of a month's table."""

    day: dt.date
    items: list[Appointment]
    is_outside: bool
    is_today: bool


def weeks(month: dt.date, found: list[Appointment]) -> list[list[Cell]]:
    """The month as weeks of seven days, Monday first; days of the months around it are marked."""
    days, today = dict(by_day(found)), timezone.localdate()
    return [[Cell(day, days.get(day, []), day.month != month.month, day == today) for day in week]
            for week in calendar.Calendar().monthdatescalendar(month.year, month.month)]


def month_name(month: dt.date) -> str:
    """A month in the language of the page."""
    if words.in_khmer():
        return khmer.month_and_year(month.year, month.month)
    return f"{words.MONTHS[month.month - 1]} {month.year}"


def weekday_names() -> list[str]:
    """Monday to Sunday in the language of the page."""
    return list(khmer.WEEKDAYS if words.in_khmer() else words.WEEKDAYS)


def moved(month: dt.date, by: int) -> dt.date:
    """The first day of the month this many months away."""
    count = month.year * 12 + month.month - 1 + by
    return dt.date(count // 12, count % 12 + 1, 1)
