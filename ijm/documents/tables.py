"""Tables for spreadsheets: formula cells are made harmless, Khmer is kept, nothing is written to a temporary file.

`xlsx()` and `csv()` take any iterable of rows and read it once, so rows may come straight from the database; more rows
than `MOST` raise `TooManyRows`. Cells: text, whole numbers, days, moments, truth values, None; the rest as text.
"""

from __future__ import annotations

import csv as commas
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

MOST = 50_000
AT_ONCE = 500  # rows in one piece of a CSV
LONGEST = 32_000  # characters; a cell holds 32,767
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
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
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
         facts_title: str = "About", hidden: Sequence[str] = (), most: int = MOST) -> bytes:
    """The table as a workbook of two sheets: the table itself, and what a reader must know of it (number, by, at).

    `hidden` is a row of names for programs above the heads that people read, as official templates have it.
    """
    book = Workbook(write_only=True)
    table = _sheet(book, title)
    table.freeze_panes = "A3" if hidden else "A2"
    for place, name in enumerate(columns):
        table.column_dimensions[get_column_letter(place + 1)].width = max(12, min(40, len(str(name)) + 6))
    table.row_dimensions[1].hidden = bool(hidden)
    _begin(table)
    if hidden:
        table.append([cell(name) for name in hidden])
    table.append([_bold(table, name) for name in columns])
    try:
        for row in counted(rows, most):
            table.append([cell(value) for value in row])
    except BaseException:
        table.close()  # else the library complains of a sheet that was never ended
        raise
    if facts:
        _facts(_sheet(book, facts_title), facts)
    return _saved(book)


def _sheet(book: Workbook, title: str) -> Any:
    """A sheet whose name holds nothing that a spreadsheet program refuses."""
    clean = "".join(" " if letter in r"[]:*?/\\" else letter for letter in harmless(title)).strip(" '")
    return book.create_sheet(clean[:31] or "1")


def _facts(sheet: Any, facts: Sequence[tuple[str, Any]]) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 70
    _begin(sheet)
    for label, value in facts:
        sheet.append([_bold(sheet, label), cell(value)])


def _begin(sheet: Any) -> None:
    """Rows go to memory: the library would keep them, readable, in a temporary file of the machine."""
    sheet._writer = WorksheetWriter(sheet, out=io.BytesIO())
    sheet._writer.write_top()


def _bold(sheet: Any, value: Any) -> Any:
    made: Any = WriteOnlyCell(sheet, cell(value))  # type: ignore[arg-type]
    made.font, made.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    return made


class _InMemory(ExcelWriter):  # type: ignore[misc, unused-ignore]
    """The library's own way of saving, but for the sheets, which it wants to copy from temporary files."""

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        ws.close()
        ws._rels = ws._writer._rels
        self._archive.writestr(ws.path[1:], ws._writer.out.getvalue())  # type: ignore[attr-defined]
        self.manifest.append(ws)


def _saved(book: Workbook) -> bytes:
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        _InMemory(book, archive).save()
    return held.getvalue()
