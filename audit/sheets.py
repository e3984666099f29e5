"""An answer as a sheet: one line a deed, with the words of the page; what left and in which form is part of the question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from audit import answers, words
from audit.answers import Answer
from audit.deeds import Deed
from ijm.documents import tables
from ijm.web.downloads import attachment

FORMS = ("xlsx", "csv")


def wanted(given: str) -> str:
    """The form in which an answer shall leave; nothing for one we do not make."""
    return given if given in FORMS else ""


def response(request: HttpRequest, answer: Answer, *, form: str, page: str, title: str,
             facts: list[tuple[str, Any]]) -> HttpResponse:
    """The answer as a workbook with a sheet about itself, or as CSV; named by the question and the code alone."""
    columns, rows = _columns(), list(_rows(answer, with_codes=page == "did"))
    if form == "xlsx":
        made, media = tables.xlsx(columns, rows, title=title, facts=facts, facts_title=_("About")), tables.XLSX
    else:
        made, media = b"".join(tables.csv(columns, rows)), tables.CSV
    name = "-".join(filter(None, (page, answer.meant.code)))
    return cast(HttpResponse, attachment(request, made, name=f"{name}.{form}", item=str(uuid4()), size=len(made), media=media))


def facts(answer: Answer, *, when: str, by: Any) -> list[tuple[str, Any]]:
    """What a reader of the sheet must know: what was asked, by whom, up to when the log was read."""
    return [(_("Code"), answer.meant.code), (_("Time"), when), (_("Asked by"), by.code), (_("Complete up to"), answer.state.at),
            (_("Looks and changes"), len(answer.counted)), (_("Not explained"), len(answer.unexplained)),
            (_("Refused"), len(answer.refused))]


def _columns() -> list[str]:
    return [_("When"), _("Person"), _("Code"), _("Duty"), _("Office"), _("What"), _("Fields"), _("Purpose"),
            _("Place on the file"), _("Explained"), _("Record")]


def _rows(answer: Answer, *, with_codes: bool) -> Iterator[list[Any]]:
    known = {person.key: person for person in answers.people(answer.deeds)}
    for deed in answer.deeds:
        person = known[deed.user]
        yield [deed.at, person.name, person.code, words.roles(deed.roles), person.office, words.act(deed.act), detail(deed),
               words.purpose(deed.reason), place(deed), _explained(deed), ", ".join(deed.codes) if with_codes else deed.asked]


def detail(deed: Deed) -> str:
    """Which fields, or which kinds of rows, by name."""
    named = words.fields(deed.model, [name for name in deed.fields if name != "list"])
    return "; ".join(named + (words.tables(deed.tables) if deed.kind == "change" else []))


def place(deed: Deed) -> str:
    """What explains it: where she stood."""
    return words.source(deed.place.source) if deed.place and deed.counts else ""


def _explained(deed: Deed) -> str:
    if not deed.counts:
        return ""
    return _("Yes") if deed.is_explained else _("No")
