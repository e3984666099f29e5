"""Cards of "my work today": gathered from the wings by name, put under Late, Today, This week, Later."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.accounts.models import User
from ijm.bridges import PANELS
from ijm.roles.table import Can, Kind, Role, standing_on, who_can
from ijm.trail.events import TrailRef
from ijm.web import icons, words

COMMON = ("ijm.", "audit.court.")  # packages for a court are asked for and agreed to in every wing
WORKERS: dict[str, frozenset[Role]] = {
    "investigations": frozenset({*standing_on(Kind.INTAKE), *standing_on(Kind.INVESTIGATION)}),
    "aftercare": frozenset(standing_on(Kind.CARE)),
    "prosecutions": frozenset(standing_on(Kind.PROSECUTION)),
    "audit": frozenset(who_can(Can.AUDIT_ASK)),
}
ICONS = {"tip": "inbox", "referral": "inbox", "hearing": "calendar", "rescue": "flag", "delivery": "talk",
         "court_support": "calendar", "survivor": "sprout", "investigation": "compass", "prosecution": "scales",
         "suspect": "person", "named": "person", "role": "key", "notice": "bell"}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A code on a page that only names records: enough for the trail to say who saw it there."""

    code: str
    kind: str = "card"

    def trail_ref(self) -> TrailRef:
        """How the trail names it."""
        return TrailRef(model=f"desk.{self.kind}", pk=self.code, code=self.code)


@dataclass(frozen=True)
class Card:
    """One thing to do: what, where it is done, when it is due."""

    title: str
    url: str
    code: str = ""
    icon: str = "file"
    about: str = ""
    due: date | None = None
    is_late: bool = False
    count: int | None = None

    @property
    def day(self) -> date | None:
        """The day it is due, in the office's own time."""
        return timezone.localtime(self.due).date() if isinstance(self.due, datetime) else self.due

    @property
    def late_by(self) -> int:
        """How many days late it is."""
        return max(0, (timezone.localdate() - self.day).days) if self.day else 0

    @property
    def late(self) -> str:
        """How late it is, in words; nothing when it is not."""
        if not self.is_late:
            return ""
        days = self.late_by
        return ngettext("1 day late", "%(n)s days late", days) % {"n": words.number(days)} if days else _("Late")

    @property
    def when(self) -> str:
        """When it is due, as short as its heading allows; for a pile, how many lie there."""
        if self.due is None:
            return words.number(self.count) if self.count else ""
        if self.is_late:
            return _("Due %(day)s") % {"day": words.short_day(self.due)}
        if not isinstance(self.due, datetime):
            return words.short_day(self.due)
        clock = words.clock(self.due)
        return clock if self.day == timezone.localdate() else f"{words.short_day(self.due)}, {clock}"


@dataclass(frozen=True)
class Section:
    """Cards under one heading."""

    key: str
    label: str
    items: list[Card]


def asked_of(names: Iterable[str], user: User) -> list[Callable[..., list[dict[str, Any]]]]:
    """The functions of the base, and of those wings in which she works; a wing that is not built in is passed over."""
    return [found for name in names if name.startswith(COMMON) or user.role_codes & WORKERS[name.partition(".")[0]]
            for found in [_function(name)] if found]


def _function(name: str) -> Callable[..., list[dict[str, Any]]] | None:
    try:
        found: Callable[..., list[dict[str, Any]]] = import_string(name)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            return None
        raise
    return found


def work(user: User) -> list[Card]:
    """Everything that waits for her, from every wing she works in, in the order of time."""
    cards = [card(given) for ask in asked_of(PANELS, user) for given in ask(user)]
    return sorted(cards, key=lambda one: (one.day is None, one.day or date.max, _moment(one.due), one.title))


def card(given: dict[str, Any]) -> Card:
    """A wing's dictionary as a card."""
    kind, due = str(given.get("kind", "")), given.get("due")
    drawn = ICONS.get(kind, kind)
    return Card(
        title=str(given["title"]), url=str(given["url"]), code=str(given.get("code") or ""),
        icon=drawn if drawn in icons.drawings() else "file", about=str(given.get("about") or ""), due=due,
        is_late=bool(given.get("late")) or _is_past(due), count=given.get("count"))


def _is_past(due: date | None) -> bool:
    if due is None:
        return False
    return due < timezone.now() if isinstance(due, datetime) else due < timezone.localdate()


def _moment(due: date | None) -> str:
    return due.isoformat() if isinstance(due, datetime) else ""


def sections(cards: Iterable[Card]) -> list[Section]:
    """The cards under their headings, empty headings left out."""
    today = timezone.localdate()
    heads = {"late": _("Late"), "today": _("Today"), "week": _("This week"), "later": _("Later"),
             "waiting": _("Waiting")}
    piles: dict[str, list[Card]] = {key: [] for key in heads}
    for one in cards:
        piles[_pile(one, today)].append(one)
    return [Section(key, label, piles[key]) for key, label in heads.items() if piles[key]]


def _pile(one: Card, today: date) -> str:
    if one.is_late:
        return "late"
    if one.day is None:
        return "waiting"
    if one.day <= today:
        return "today"
    return "week" if one.day <= today + timedelta(days=7) else "later"


__all__ = ("Card", "Section", "Shown", "sections", "work")
