"""The official workbook, filled: what it says is read back as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from ijm.documents.tables import xlsx
from ijm.reports.htcds import codes
from ijm.reports.htcds.cells import Value
from ijm.reports.htcds.columns import Column, by_label, label_key
from ijm.reports.htcds.days import PartialDay

_BLANK: Final = Path(__file__).resolve().parents[1] / "data" / "htcds_template_v2.0.xlsx"
_FIRST_OF_EXCEL: Final = 1900


def official(rows: Iterable[Mapping[str, Value]], *, foot: str = "") -> bytes:
    """The HTCDS v2.0 workbook with one person a row, in the order of the official template; nothing reads as a formula.

    `foot` stands at the foot of each page that is printed of it.
    """
    order = columns()
    return xlsx(["", *(column.label for column in order)], _lines(rows, order), title="Sheet1",
                hidden=["", *(column.field for column in order)], foot=foot)


@cache
def columns() -> tuple[Column, ...]:
    """The columns as the official template orders them."""
    from openpyxl import load_workbook

    book = load_workbook(_BLANK, read_only=True)
    try:
        labels = next(book.worksheets[0].iter_rows(min_row=2, max_row=2, values_only=True))
    finally:
        book.close()
    return tuple(by_label()[label_key(str(label))] for label in labels if label)


def _lines(rows: Iterable[Mapping[str, Value]], order: tuple[Column, ...]) -> Iterator[list[object]]:
    for number, values in enumerate(rows, start=1):
        yield [number, *(written(column, values.get(column.field)) for column in order)]


def written(column: Column, value: Value | None) -> object:
    """What to put into a cell so that it is read back as this value; several choices with semicolons between."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return "; ".join(_chosen(column, code) for code in value)
    if isinstance(value, PartialDay):
        return value.earliest if value.is_exact and value.year >= _FIRST_OF_EXCEL else str(value)
    if isinstance(value, date):
        return value if value.year >= _FIRST_OF_EXCEL else value.isoformat()
    return _chosen(column, value) if value and column.kind in ("code", "country") else value


def _chosen(column: Column, code: str) -> str:
    """The label of a code, where reading it again gives that code and nothing stands in it that parts choices."""
    codelist = codes.COUNTRIES if column.kind in ("country", "countries") else column.field
    label = codes.label_of(codelist, code)
    return label if codes.find(codelist, label) == code and ";" not in label else code
