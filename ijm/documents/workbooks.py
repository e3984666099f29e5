"""Tables as workbooks for spreadsheet programs, written in memory alone."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from ijm.documents.tables import Row, cell, harmless


def made(columns: Sequence[Any], rows: Iterable[Row], *, title: str, facts: Sequence[tuple[str, Any]],
         facts_title: str, hidden: Sequence[str], foot: str = "") -> bytes:
    """What `ijm.documents.tables.xlsx` promises, of rows that are counted already."""
    book = Workbook(write_only=True)
    table = _sheet(book, title)
    table.freeze_panes = "A3" if hidden else "A2"
    for place, name in enumerate(columns):
        table.column_dimensions[get_column_letter(place + 1)].width = max(12, min(40, len(str(name)) + 6))
    table.row_dimensions[1].hidden = bool(hidden)
    table.oddFooter.center.text = foot or None
    _begin(table)
    if hidden:
        table.append([cell(name) for name in hidden])
    table.append([_bold(table, name) for name in columns])
    try:
        for row in rows:
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
