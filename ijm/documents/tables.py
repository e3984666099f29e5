"""Tables for spreadsheets: formula cells are made harmless, Khmer is kept, nothing is written to a temporary file.

`xlsx()` and `csv()` take any iterable of rows and read it once, so rows may come straight from the database; more rows
than `MOST` raise `TooManyRows`. Cells: text, whole numbers, days, moments, truth values, None; the rest as text.
"""

from __future__ import annotations

import csv as commas
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.utils import timezone

MOST = 50_000
AT_ONCE = 500  # rows in one piece of a CSV
LONGEST = 32_000  # characters; a cell holds 32,767
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML cannot say, so no workbook may hold it
# What a spreadsheet takes for a formula, in both widths (OWASP: CSV injection). The blanks are for programs that trim.
FORMULA = frozenset("=+-@|%\t\r\n＝＋－＠｜％")
BLANK = " \u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
Cell = str | int | bool | dt.date | dt.datetime | None
Row = Sequence[Any]


class TooManyRows(ValueError):
    """A table of more rows than one sheet may carry."""


def harmless(text: str) -> str:
    """A text that no spreadsheet program reads as a formula: such a one is led by an apostrophe, others are as they were."""
    clean = ILLEGAL.sub("", text)[:LONGEST]
    head = clean.lstrip(BLANK)[:1]
    return f"'{clean}" if head in FORMULA and head else clean


def cell(value: Any) -> Cell:
    """One value as a spreadsheet takes it; moments in the office's own time."""
    if isinstance(value, dt.datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if value is None or isinstance(value, bool | int | dt.date):
        return value
    return harmless(str(value))


def counted(rows: Iterable[Row], most: int = MOST) -> Iterator[Row]:
    """The rows as they come; raises TooManyRows at the first one too many."""
    source = iter(rows)
    yield from islice(source, most)
    if next(source, None) is not None:
        raise TooManyRows(most)


def csv(columns: Sequence[Any], rows: Iterable[Row], *, most: int = MOST) -> Iterator[bytes]:
    """The table as CSV, piece by piece; begins with the mark by which spreadsheet programs know UTF-8."""
    yield b"\xef\xbb\xbf"
    held = io.StringIO()
    writer = commas.writer(held)
    for number, row in enumerate(chain([columns], counted(rows, most)), 1):
        writer.writerow([cell(value) for value in row])
        if number % AT_ONCE == 0:
            yield _emptied(held)
    yield _emptied(held)


def _emptied(held: io.StringIO) -> bytes:
    text = held.getvalue()
    held.seek(0)
    held.truncate()
    return text.encode()


def xlsx(columns: Sequence[Any], rows: Iterable[Row], *, title: str, facts: Sequence[tuple[str, Any]] = (),
         facts_title: str = "About", hidden: Sequence[str] = (), foot: str = "", most: int = MOST) -> bytes:
    """The table as a workbook of two sheets: the table itself, and what a reader must know of it (number, by, at).

    `hidden` is a row of names for programs above the heads that people read, as official templates have it; `foot` stands at
    the foot of each page that is printed of the table.
    """
    from ijm.documents import workbooks  # the library takes a third of a second, and few processes make a workbook

    return workbooks.made(columns, counted(rows, most), title=title, facts=facts, facts_title=facts_title, hidden=hidden,
                          foot=foot)
