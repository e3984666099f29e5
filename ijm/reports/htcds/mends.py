"""A mend that may be accepted at a click: what somebody most likely meant by a cell that cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from ijm.reports.htcds import codes
from ijm.reports.htcds.cells import Cell, value
from ijm.reports.htcds.columns import Column
from ijm.reports.htcds.problems import Refused

_THREE: Final = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})([-/. ])(\d{1,4})")
_KHMER_DIGITS: Final = {0x17E0 + n: str(n) for n in range(10)}
_LEAST_YEAR_OF_BUDDHA: Final = 2443
_LISTS: Final = ("code", "codes", "country", "countries")


@dataclass(frozen=True)
class Mend:
    """What to write instead; `kind` says why, and `original` tells which other cells are meant by "all alike".

    `label` may be shown: it is a label of a list. The days of other mends are as private as the cell itself.
    """

    kind: str
    text: str
    original: str = ""
    label: str = ""


def suggested(column: Column, cell: Cell, today: date) -> Mend | None:
    """The first mend that this column would take; None when there is none, or nothing to mend."""
    if not isinstance(cell.value, str) or _taken(column, cell.value, today):
        return None
    text = cell.value.strip()
    return next((mend for mend in _ways(column, text, today) if _taken(column, mend.text, today)), None)


def _taken(column: Column, text: str, today: date) -> bool:
    try:
        return value(column, Cell(text, "text"), today) is not None
    except Refused:
        return False


def _ways(column: Column, text: str, today: date) -> Iterator[Mend]:
    if column.kind in ("birth", "day"):
        for kind, written in _days(text.translate(_KHMER_DIGITS), today):
            yield Mend(kind, written)
    elif column.kind in _LISTS:
        yield from _choices(column, text)
    elif column.kind == "yesno" and (near := _near_yes_or_no(text)):
        yield Mend("list", near, text.casefold(), near)


def _days(text: str, today: date) -> Iterator[tuple[str, str]]:
    if not (match := _THREE.fullmatch(text)):
        return
    first, _one, second, _two, third = match.groups()
    year_first = len(first) == 4
    year, month, day = (first, second, third) if year_first else (third, second, first)
    if len(year) == 2:
        yield "short-year", f"{day}/{month}/{_full_year(int(year), today)}"
    elif int(year) >= _LEAST_YEAR_OF_BUDDHA:
        yield "buddhist", f"{day}/{month}/{int(year) - 543}"
    yield "day-order", f"{month}/{day}/{year}"


def _full_year(short: int, today: date) -> int:
    return 2000 + short if short <= today.year % 100 else 1900 + short


def _choices(column: Column, text: str) -> Iterator[Mend]:
    codelist = codes.COUNTRIES if column.kind in ("country", "countries") else column.field
    parts = [part for part in re.split(r"\s*[;,\n\uff1b|]\s*", text) if part]
    if column.kind in ("codes", "countries") and len(parts) > 1 and all(codes.find(codelist, part) for part in parts):
        yield Mend("semicolon", "; ".join(parts))
    near: Callable[[str], str | None] = lambda part: part if codes.find(codelist, part) else codes.nearest(codelist, part)  # noqa: E731
    if column.kind in ("codes", "countries"):
        found = [near(part) for part in parts]
        if found and all(found):
            written = "; ".join(filter(None, found))
            yield Mend("list", written, text.casefold(), written)
    elif label := codes.nearest(codelist, text):
        yield Mend("list", label, text.casefold(), label)


def _near_yes_or_no(text: str) -> str:
    plain = text.casefold().strip(" .!")
    if plain in ("x", "✓", "✔", "ok", "agreed", "consented", "oui", "t"):
        return "Yes"
    return "No" if plain in ("-", "none", "refused", "non", "nil", "f") else ""
