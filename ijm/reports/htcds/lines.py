"""One person a line, as raw cells by the field names of the standard, whatever kind of file they stood in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from ijm.reports.htcds.cells import Cell
from ijm.reports.htcds.problems import WrongFile


@dataclass(frozen=True, slots=True)
class Line:
    """`number` as the program that wrote the file shows it; `strays` are the columns that say nothing known."""

    number: int
    cells: Mapping[str, Cell]
    strays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lines:
    """Everything a file says before it is checked, and which kind of file it is."""

    kind: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            raise WrongFile(_("The workbook has the right labels, but no person below them."))


def packed(cell: Cell) -> list[Any]:
    """A cell as JSON can hold it."""
    content = cell.value
    if isinstance(content, datetime):
        content = content.date()
    if isinstance(content, date):
        return [cell.kind, content.isoformat(), 1]
    return [cell.kind, content if isinstance(content, bool | int | float | str) else str(content)]


def unpacked(held: list[Any]) -> Cell:
    """The cell that `packed` put away."""
    kind, content, *is_day = held
    return Cell(date.fromisoformat(content) if is_day else content, kind)
