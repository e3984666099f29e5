"""The workbook as rows of checked values and a list of what to mend."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.reports.htcds import tables
from ijm.reports.htcds.cells import Cell, Value, value
from ijm.reports.htcds.columns import Column, by_field, by_label, label_key
from ijm.reports.htcds.days import PartialDay
from ijm.reports.htcds.lines import Line, Lines
from ijm.reports.htcds.problems import Problem, Refused, WrongFile
from ijm.reports.htcds.workbook import Grid, Source, Tick, open_grids, refuse_formulas, whole

WORKBOOK: Final = "workbook"
_HEADING_WITHIN: Final = 10
_RUNNING_NUMBER: Final = "A"  # the template numbers its rows in a column without a label


@dataclass(frozen=True)
class Row:
    """One person of the workbook: `number` as Excel shows it, values by the field names of the standard."""

    number: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Sheet:
    """What a workbook says: every row as far as it could be read, and every problem left to mend."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read(source: Source, *, today: date | None = None) -> Sheet:
    """Read people from a path, bytes or an open file, in any of the kinds below; WrongFile when it is another."""
    rows: list[Row] = []
    problems: list[Problem] = []
    today = today or timezone.localdate()
    for line in lines(source).lines:
        row, found = check(line, today)
        rows.append(row)
        problems += found
    unclear = {problem.row for problem in problems}
    problems += _twins([row for row in rows if row.number not in unclear])
    return Sheet(tuple(rows), tuple(sorted(problems, key=lambda problem: problem.row)))


def lines(source: Source, tick: Tick = lambda _share: None) -> Lines:
    """The HTCDS v2.0 workbook, a CSV of its labels, or the survey form's answers: what it is, its content tells.

    `tick` is told now and then which share (0 to 1) has been read.
    """
    content = whole(source)
    if (text := tables.decoded(content)) is not None and (found := tables.read(text)) is not None:
        return found
    grid, heading, columns = _the_sheet(open_grids(content, tick))
    return Lines(WORKBOOK, tuple(_below(grid, heading, columns)))


def check(line: Line, today: date) -> tuple[Row, list[Problem]]:
    """The values of one line as far as they can be read, and every problem in it."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for field, cell in line.cells.items():
        column = by_field()[field]
        try:
            found = value(column, cell, today)
        except Refused as refused:
            problems.append(Problem(line.number, column.label, cell.kind, refused.message, refused.mend))
        else:
            if found is not None and found != ():
                values[field] = found
    row = Row(line.number, MappingProxyType(values))
    return row, problems + list(_whole_row(row, line))


def _below(grid: Grid, heading: int, columns: Mapping[str, Column]) -> Iterator[Line]:
    """The filled rows below the labels, without the running number that the template prints."""
    for number, cells in grid.rows.items():
        filled = {
            letter: cell
            for letter, cell in cells.items()
            if letter in columns or letter != _RUNNING_NUMBER or cell.kind != "number"
        }
        if number > heading and filled:
            said = {column.field: filled[letter] for letter, column in columns.items() if letter in filled}
            yield Line(number, said, tuple(sorted(filled.keys() - columns.keys())))


def _the_sheet(grids: list[Grid]) -> tuple[Grid, int, Mapping[str, Column]]:
    """The one sheet of people, the number of its row of labels, and the column under each letter."""
    found = [(grid, number) for grid in grids if (number := _heading(grid))]
    if not found:
        raise WrongFile(_("This is another workbook: the labels of HTCDS v2.0 are not in its first rows."))
    if len(grids) > 1:
        raise WrongFile(
            _("The workbook holds %(number)d filled sheets; people are read from one. Delete the others.")
            % {"number": len(grids)}
        )
    grid, number = found[0]
    refuse_formulas(grid)
    labels = _labels(grid.rows[number])
    check_labels(labels)
    return grid, number, MappingProxyType({letter: by_label()[label] for letter, label in labels.items()})


def _heading(grid: Grid) -> int | None:
    """The row in which most labels of the standard stand."""
    for number, cells in grid.rows.items():
        hits = by_label().keys() & set(_labels(cells).values())
        if number <= _HEADING_WITHIN and len(hits) * 2 > len(by_label()):
            return number
    return None


def _labels(cells: Mapping[str, Cell]) -> dict[str, str]:
    return {letter: label_key(str(cell.value)) for letter, cell in cells.items()}


def check_labels(labels: Mapping[str, str]) -> None:
    """Every label of the standard once, and no other; WrongFile otherwise."""
    known, found = by_label(), list(labels.values())
    missing = [column.label for key, column in known.items() if key not in found]
    strange = [letter for letter, label in labels.items() if label not in known]
    double = sorted({known[label].label for label in found if label in known and found.count(label) > 1})
    if missing:
        raise WrongFile(_("The workbook lacks these columns: %(labels)s.") % {"labels": ", ".join(missing)})
    if strange:
        raise WrongFile(
            _("The workbook has columns unknown to HTCDS v2.0: %(letters)s.") % {"letters": ", ".join(strange)}
        )
    if double:
        raise WrongFile(_("The workbook has these columns twice: %(labels)s.") % {"labels": ", ".join(double)})


def _whole_row(row: Row, line: Line) -> Iterator[Problem]:
    """What is wrong between the cells of one row."""
    if not {"prs_FirstName", "prs_SecondName"} & line.cells.keys():
        message = _("The row has no name.")
        yield Problem(row.number, "", "row", message, _("Write what is known of the name, or delete the row."))
    if line.strays:
        message = _("There is something in column %(letters)s, which has no label.") % {"letters": ", ".join(line.strays)}
        yield Problem(row.number, "", "row", message, _("Delete it, or move it under a label."))
    yield from _out_of_order(row)


def _out_of_order(row: Row) -> Iterator[Problem]:
    incoming = row.values.get("cas_IncomingReferralDate")
    outgoing = row.values.get("cas_OutgoingReferralDate")
    born = row.values.get("prs_Birthdate")
    if isinstance(incoming, date) and isinstance(outgoing, date) and outgoing < incoming:
        message = _("The person was referred out before she was referred in.")
        yield Problem(row.number, "Outgoing Referral Date", "date", message, _("Check both dates."))
    if isinstance(incoming, date) and isinstance(born, PartialDay) and incoming < born.earliest:
        message = _("The person was referred in before she was born.")
        yield Problem(row.number, "Incoming Referral Date", "date", message, _("Check both dates."))


def _twins(rows: list[Row]) -> Iterator[Problem]:
    """Rows that say the same of the same person: one was pasted twice."""
    first: dict[frozenset[tuple[str, Value]], int] = {}
    for row in rows:
        earlier = first.setdefault(frozenset(row.values.items()), row.number)
        if earlier != row.number:
            message = _("The row is the same as row %(row)d.") % {"row": earlier}
            yield Problem(row.number, "", "row", message, _("Delete one of the two."))
