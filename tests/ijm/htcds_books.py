"""Workbooks for the HTCDS tests: the official blank, filled by visible label, and some that are not it at all."""

import zipfile
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

DATA = Path(__file__).resolve().parents[2] / "ijm" / "reports" / "data"
BLANK = DATA / "htcds_template_v2.0.xlsx"
DEMONSTRATION = DATA / "demonstration_office.xlsx"
SOMEBODY = {"Second Name": "Sok", "First Name": "Dara"}


def packed(book: Workbook) -> bytes:
    """The workbook as the bytes of its file."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def blank() -> tuple[Workbook, Worksheet]:
    """The official template, open for writing."""
    book = load_workbook(BLANK)
    return book, book.worksheets[0]


def column_of(sheet: Worksheet, label: str) -> int:
    """Where the column with this visible label stands."""
    return next(cell.column for cell in sheet[2] if cell.value == label)


def book(*rows: dict[str, object]) -> bytes:
    """The official template with one person a row, from row 3 on."""
    made, sheet = blank()
    for number, row in enumerate(rows, start=3):
        for label, value in row.items():
            sheet.cell(number, column_of(sheet, label)).value = value
    return packed(made)


def archive(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of an archive by name."""
    with zipfile.ZipFile(BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
