"""Deeds per week, as the bars of a small picture and as the same in a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from audit.deeds import Deed

HEIGHT, BASE, WIDTH = 94, 108, 270  # of the drawing, in its own units
SHOWN = 8
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """One week: its Monday, how many looks and changes a place explains, how many none does."""

    monday: date
    explained: int
    unexplained: int


@dataclass(frozen=True)
class Bar:
    """One bar of the picture, in its units: explained below, not explained on top."""

    week: Week
    x: int
    middle: int
    width: int
    y: int
    height: int
    top_y: int
    top_height: int


@dataclass(frozen=True)
class Chart:
    """The picture and its scale; `most` is the number at the top line."""

    bars: list[Bar]
    most: int

    @property
    def half(self) -> int:
        """The number at the middle line."""
        return self.most // 2


def per_week(deeds: Iterable[Deed]) -> list[Week]:
    """Every week from the first deed to the last, empty ones too; only the newest are shown."""
    counts: dict[date, list[int]] = {}
    for deed in deeds:
        day = timezone.localtime(deed.at).date()
        is_plain = deed.is_explained or not deed.counts  # refusals and questions need no explanation: one bar each week
        counts.setdefault(day - timedelta(days=day.weekday()), [0, 0])[0 if is_plain else 1] += 1
    if not counts:
        return []
    mondays = [max(counts) - WEEK * back for back in range(SHOWN) if max(counts) - WEEK * back >= min(counts)]
    return [Week(monday, *counts.get(monday, [0, 0])) for monday in reversed(mondays)]


def chart(weeks: list[Week]) -> Chart:
    """The bars of these weeks, scaled to an even number at the top line."""
    most = max([2, *(week.explained + week.unexplained for week in weeks)])
    most += most % 2
    step = (WIDTH - 28) // max(len(weeks), 4)
    return Chart([_bar(week, 30 + step * place, step, most) for place, week in enumerate(weeks)], most)


def _bar(week: Week, x: int, step: int, most: int) -> Bar:
    height, top = HEIGHT * week.explained // most, HEIGHT * week.unexplained // most
    width = step - max(6, step // 3)
    return Bar(week, x, x + width // 2, width, BASE - height, height, BASE - height - top, top)
