"""The rows of an import while somebody looks through them: raw cells and what was noticed, as the bytes of a parcel."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ijm.reports.htcds import Row
from ijm.reports.htcds.columns import Column, by_field
from ijm.reports.htcds.lines import Line, packed, unpacked
from ijm.reports.htcds.mends import Mend, suggested
from ijm.reports.htcds.problems import Problem
from ijm.reports.htcds.reading import check

AT_ONCE = 200


@dataclass(frozen=True)
class Held:
    """One row: its raw line; `was` says when and by which import it came before; `twin` is an equal row further up.

    `like` names a survivor, or a row further up, that may be the same person; `out` means not to bring it in.
    """

    line: Line
    was: tuple[str, str] | None = None
    twin: int = 0
    like: tuple[str, ...] = ()
    out: bool = False

    @property
    def number(self) -> int:
        """The row as the spreadsheet counts."""
        return self.line.number

    def checked(self, today: date) -> tuple[Row, list[Problem]]:
        """What it says, and what is wrong with it."""
        return check(self.line, today)

    def with_cell(self, name: str, text: str) -> Held:
        """The same row with another text in one cell; no text empties it."""
        cells = {key: cell for key, cell in self.line.cells.items() if key != name}
        if text:
            cells[name] = unpacked(["text", text])
        return replace(self, line=replace(self.line, cells=cells))

    def without_strays(self) -> Held:
        """The same row without what stood outside all known columns."""
        return replace(self, line=replace(self.line, strays=()))


@dataclass
class Index:
    """Row numbers by what was noticed: the only thing about the rows that is not sealed."""

    rows: list[int] = field(default_factory=list)
    mend: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    alike: list[int] = field(default_factory=list)
    out: list[int] = field(default_factory=list)


def index_of(rows: Iterable[Held], today: date, wrong: Container[int] | None = None) -> dict[str, list[int]]:
    """Where to look: a row that is left out needs no mending. `wrong` are the rows with problems, where they are known."""
    made = Index()
    for held in rows:
        made.rows.append(held.number)
        if held.out:
            made.out.append(held.number)
        elif held.number in wrong if wrong is not None else held.checked(today)[1]:
            made.mend.append(held.number)
        if held.was or held.twin:
            made.known.append(held.number)
        if held.like:
            made.alike.append(held.number)
    return vars(made)


def to_bytes(rows: Iterable[Held]) -> bytes:
    """The rows as JSON, to be sealed."""
    return json.dumps([_packed(held) for held in rows], ensure_ascii=False, separators=(",", ":")).encode()


def from_bytes(content: bytes) -> Iterator[Held]:
    """The rows of a parcel."""
    for held in json.loads(content):
        cells = {name: unpacked(cell) for name, cell in held["c"].items()}
        yield Held(Line(held["n"], cells, tuple(held.get("s", ()))), tuple(held["w"]) if "w" in held else None,
                   held.get("t", 0), tuple(held.get("l", ())), held.get("o", False))


def _packed(held: Held) -> dict[str, Any]:
    noticed = {"s": held.line.strays, "w": held.was, "t": held.twin, "l": held.like, "o": held.out}
    cells = {name: packed(cell) for name, cell in held.line.cells.items()}
    return {"n": held.number, "c": cells, **{key: value for key, value in noticed.items() if value}}


def column_of(problem: Problem) -> Column | None:
    """The column in which the problem stands; None when it is about the whole row."""
    return next((column for column in by_field().values() if column.label == problem.column_label), None)


def mend_for(held: Held, column: Column, today: date) -> Mend | None:
    """The mend that could be accepted for this cell."""
    cell = held.line.cells.get(column.field)
    return suggested(column, cell, today) if cell is not None else None
