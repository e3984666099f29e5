"""Text files of the same people: a CSV under the labels of the standard, or the answers of the survey form."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from django.utils.translation import gettext as _

from ijm.reports.htcds import codes
from ijm.reports.htcds.cells import Cell
from ijm.reports.htcds.columns import by_field, by_label, label_key
from ijm.reports.htcds.lines import Line, Lines
from ijm.reports.htcds.problems import WrongFile
from ijm.reports.htcds.workbook import COLUMNS_LIMIT, ROWS_LIMIT

CSV, SURVEY = "csv", "survey"
_SEPARATORS: Final = (",", ";", "\t")
_HEADING_WITHIN: Final = 10
_NAMES: Final = frozenset({"prs_FirstName", "prs_SecondName"})
# What the tools around the form add to every answer: when, by which telephone, checked by whom.
_AROUND: Final = re.compile(
    r"(?:start|end|today|username|deviceid|phonenumber|simserial|subscriberid|audit|uuid|instanceID|rootUuid|_.*|meta.*)")


def read(text: str) -> Lines | None:
    """The lines of a text file that speaks of people in the words of the standard; None when it does not."""
    for separator in _SEPARATORS:
        rows = _Table(text, separator)
        if found := rows.under_labels() or rows.of_survey():
            return found
    return None


def decoded(content: bytes) -> str | None:
    """The text of a file that is text; None for anything else, WrongFile for text in another writing."""
    if b"\0" in content or content[:4] in (b"PK\x03\x04", b"%PDF"):
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"," in content[:4096] or b";" in content[:4096]:
            raise WrongFile(_("The text is not in UTF-8. In Excel choose “CSV UTF-8” when saving, and try again.")) from None
        return None


@dataclass(frozen=True)
class _Table:
    text: str
    separator: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The filled rows with the number a spreadsheet would show."""
        reader = csv.reader(StringIO(self.text, newline=""), delimiter=self.separator, strict=True)
        try:
            for number, row in enumerate(reader, start=1):
                if any(cell.strip() for cell in row):
                    yield _within(number, row)
        except csv.Error as error:
            raise WrongFile(_("The text file is damaged: a quotation mark is missing, or a cell is far too long.")) from error

    def under_labels(self) -> Lines | None:
        """People under the labels of the official workbook."""
        for number, row in self._top():
            labels = [label_key(cell) for cell in row]
            if len(by_label().keys() & set(labels)) * 2 > len(by_label()):
                _check(labels)
                fields = [by_label()[label].field if label in by_label() else "" for label in labels]
                return Lines(CSV, tuple(_line(at, cells, fields) for at, cells in self.rows() if at > number))
        return None

    def of_survey(self) -> Lines | None:
        """People under the names that the survey form gives its questions."""
        for number, row in self._top():
            names = [_question(cell) for cell in row]
            if _NAMES & set(names):
                _check_questions(row, names)
                return Lines(SURVEY, tuple(_answer(at, cells, row, names) for at, cells in self.rows() if at > number))
        return None

    def _top(self) -> Iterator[tuple[int, list[str]]]:
        try:
            for number, row in self.rows():
                if number > _HEADING_WITHIN:
                    return
                yield number, row
        except WrongFile:
            return  # another separator may read it


def _within(number: int, row: list[str]) -> tuple[int, list[str]]:
    if number > ROWS_LIMIT or len(row) > COLUMNS_LIMIT:
        raise WrongFile(_("The sheet has more than %(rows)d rows or %(columns)d columns. Split it.")
                        % {"rows": ROWS_LIMIT, "columns": COLUMNS_LIMIT})
    return number, row


def _letter(at: int) -> str:
    """A column as a spreadsheet names it."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(at)


def _check(labels: Sequence[str]) -> None:
    from ijm.reports.htcds.reading import check_labels  # the reader of workbooks owns the rule

    check_labels({_letter(at): label for at, label in enumerate(labels, start=1) if label})


def _line(number: int, row: Sequence[str], fields: Sequence[str]) -> Line:
    filled = {at: cell for at, cell in enumerate(row) if cell.strip()}
    cells = {fields[at]: _cell(cell, number, at) for at, cell in filled.items() if at < len(fields) and fields[at]}
    strays = tuple(_letter(at + 1) for at, cell in filled.items() if at >= len(fields) or not fields[at])
    # The running number that the template prints stays when somebody saves it as text.
    return Line(number, cells, tuple(stray for stray in strays if not (stray == "A" and row[0].strip().isdigit())))


def _cell(text: str, number: int, at: int) -> Cell:
    if text.lstrip().startswith("="):
        raise WrongFile(_("The file holds formulas (the first in cell %(place)s). Copy the sheet, paste it as values only, "
                          "and try again.") % {"place": f"{_letter(at + 1)}{number}"})
    return Cell(text, "text")


def _question(heading: str) -> str:
    """The field that a column of the form answers; its groups and its own spelling of some names do not matter."""
    return _questions().get(heading.strip().split("/")[-1].replace("_", "").casefold(), "")


def _questions() -> Mapping[str, str]:
    return {field.replace("_", "").casefold(): field for field in by_field()}


def _ticked(heading: str) -> tuple[str, str] | None:
    """(field, code) of a column that holds one answer of a question with several, as some tools write them."""
    *_groups, question, code = ["", *heading.strip().split("/")]
    field = _question(question)
    return (field, code) if field and codes.find(field, code) else None


def _check_questions(row: Sequence[str], names: Sequence[str]) -> None:
    strange = [_letter(at) for at, (heading, name) in enumerate(zip(row, names, strict=True), start=1)
               if heading.strip() and not name and not _ticked(heading) and not _AROUND.fullmatch(heading.strip().split("/")[-1])]
    if strange:
        raise WrongFile(_("The answers have columns unknown to the HTCDS form: %(letters)s.") % {"letters": ", ".join(strange)})
    twice = sorted({by_field()[name].label for name in names if name and names.count(name) > 1})
    if twice:
        raise WrongFile(_("The workbook has these columns twice: %(labels)s.") % {"labels": ", ".join(twice)})


def _answer(number: int, row: Sequence[str], headings: Sequence[str], names: Sequence[str]) -> Line:
    """One answered form; several answers stand in one cell with blanks between, or in a column each."""
    cells: dict[str, Cell] = {}
    ticks: dict[str, list[str]] = {}
    for at, (cell, heading) in enumerate(zip(row, headings, strict=False)):
        if names[at] and cell.strip():
            cells[names[at]] = _cell(_several(names[at], cell), number, at)
        elif cell.strip().casefold() in ("1", "true") and (ticked := _ticked(heading)):
            ticks.setdefault(ticked[0], []).append(ticked[1])
    return Line(number, {field: Cell("; ".join(found), "text") for field, found in ticks.items()} | cells)


def _several(field: str, text: str) -> str:
    kind = by_field()[field].kind
    if kind not in ("code", "codes", "countries") or codes.find(codes.COUNTRIES if kind == "countries" else field, text):
        return text
    return "; ".join(text.split())
