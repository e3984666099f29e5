"""What the pages of an import show: counts, rows with their problems, whose names stay closed until they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.jobs.models import Job
from ijm.reports import holding
from ijm.reports.holding import Held
from ijm.reports.htcds import Row, as_person
from ijm.reports.htcds.mends import Mend
from ijm.reports.htcds.problems import Problem
from ijm.reports.models import Import, ImportPart
from ijm.reports.states import Event, ImportState

PAGE = 50
TABS = ("mend", "known", "alike", "all")
WORK = {ImportState.READING: "import.read", ImportState.BRINGING_IN: "import.bring_in"}


@dataclass(frozen=True)
class Trouble:
    """One thing to mend in a row, and the mend that can be accepted."""

    problem: Problem
    column: str = ""
    mend: Mend | None = None

    @property
    def offer(self) -> str:
        """What the mend does, in words; the days of a mend stay as closed as the cell."""
        if self.mend is None:
            return ""
        words = {"day-order": _("Take the first number for the month"), "buddhist": _("Take 543 off the year"),
                 "short-year": _("Complete the year"), "semicolon": _("Put semicolons between the choices")}
        return words.get(self.mend.kind) or _("Take “%(label)s”") % {"label": self.mend.label}


@dataclass
class Line:
    """One row on the page."""

    held: Held
    troubles: list[Trouble] = field(default_factory=list)
    name: str = ""

    @property
    def was(self) -> dict[str, Any]:
        """When and by which import it came before."""
        on, code = self.held.was or ("", "")
        return {"on": date.fromisoformat(on) if on else None, "code": code}


def numbers(record: Import, tab: str) -> list[int]:
    """The numbers of the rows under a tab, in their order; nothing is opened for it."""
    indexes = record.parts.filter(number__gt=0).order_by("number").values_list("index", flat=True)
    return [number for index in indexes for number in index["rows" if tab == "all" else tab]]


def in_pages(found: Sequence[Any] | QuerySet[Any], page: object) -> Page[Any]:
    """Fifty of them."""
    return Paginator(found, PAGE).get_page(page)  # type: ignore[arg-type]


def lines(record: Import, wanted: Iterable[int], *, by: User, named: bool = False) -> list[Line]:
    """These rows, opened part by part; each opening is recorded."""
    numbers, today = set(wanted), timezone.localdate()
    found: list[Line] = []
    for part in record.parts.filter(number__gt=0).order_by("number").defer("parcel", "parcel_key"):
        if numbers & set(part.index["rows"]):
            whole = ImportPart.objects.get(pk=part.pk)
            held = holding.from_bytes(whole.open(to=by, event=Event.IMPORT_ROWS_SEEN))
            found += [_line(one, today, named) for one in held if one.number in numbers]
    return found


def _line(held: Held, today: Any, named: bool) -> Line:
    row, problems = held.checked(today)
    return Line(held, [_trouble(held, problem, today) for problem in problems], name_of(row) if named else "")


def _trouble(held: Held, problem: Problem, today: Any) -> Trouble:
    column = holding.column_of(problem)
    if column is None:
        return Trouble(problem)
    return Trouble(problem, column.field, holding.mend_for(held, column, today))


def name_of(row: Row) -> str:
    """Her name, in all writings."""
    return " · ".join(str(name) for name in as_person(row).names) or _("No name in this row")


def why_not(record: Import, by: User) -> str:
    """Why the file could not be read, in the language of the page."""
    part = record.parts.filter(number=0).first()
    said = json.loads(part.open(to=by, event=Event.IMPORT_ROWS_SEEN)) if part else {}
    return str(said.get(translation.get_language() or "en") or said.get("en", ""))


def job_of(record: Import, by: User) -> Job | None:
    """The long work that this import waits for."""
    kind = WORK.get(ImportState(record.state))
    return Job.objects.filter(kind=kind, about=record.pk, owner=by).first() if kind else None


def tabs_of(record: Import, tab: str) -> list[dict[str, Any]]:
    """The sorts of rows, with their numbers."""
    labels = {"mend": _("To mend"), "known": _("Brought in before"), "alike": _("Perhaps the same person"), "all": _("All rows")}
    counts = {"mend": record.to_mend, "known": record.known, "alike": record.alike, "all": record.rows}
    return [{"label": labels[name], "url": f"?show={name}", "count": counts[name], "current": name == tab} for name in TABS]


def figures_of(record: Import) -> list[dict[str, Any]]:
    """What was counted."""
    return [{"number": record.rows, "label": _("rows in the file"), "url": "", "hot": False},
            {"number": record.to_mend, "label": _("to mend"), "url": "?show=mend", "hot": bool(record.to_mend)},
            {"number": record.left_out, "label": _("left out"), "url": "?show=known", "hot": False},
            {"number": record.to_bring_in, "label": _("to bring in"), "url": "?show=all", "hot": False}]
