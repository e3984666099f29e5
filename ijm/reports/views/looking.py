"""Looking through the rows of an import: their names, mending them, leaving some out."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.accounts.models import User
from ijm.reports import policy
from ijm.reports.actions import mending
from ijm.reports.forms.imports import RowForm
from ijm.reports.htcds.columns import Column, by_field
from ijm.reports.models import Import
from ijm.reports.states import Event, ImportState
from ijm.reports.views import listings, shown
from ijm.reports.views.imports import LIST, SUPERVISOR, render
from ijm.trail.looks import disclosed
from ijm.trail.purposes import Purpose
from ijm.web import words
from ijm.web.pages import page, reads, writes

NAME = ("prs_FirstName", "prs_SecondName")


@reads(*SUPERVISOR, sample="import_")
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The same rows with their names, opened to bring them in; the look is recorded."""
    user, record = _user(request), _ready(request, code)
    if request.method != "POST" or request.POST.get("purpose") != Purpose.IMPORT:
        return redirect("reports:import-show", record.code)
    disclosed(record, ("names",), to=user, purpose=Purpose.IMPORT, event=Event.IMPORT_NAMES_SEEN)
    return render(request, record, named=True)


@writes(*SUPERVISOR, sample="import_")
def row(request: HttpRequest, code: str, row: int) -> HttpResponse:
    """One row with its name and what is wrong in it, to be written anew."""
    user, record = _user(request), _ready(request, code)
    if row not in shown.numbers(record, "all"):
        raise Http404
    (line,) = shown.lines(record, [row], by=user, named=True)
    disclosed(record, ("names",), to=user, purpose=Purpose.IMPORT, event=Event.IMPORT_NAMES_SEEN)
    form = RowForm(request.POST or None, columns=_to_write(line))
    if request.method == "POST" and form.is_valid():
        mending.write(record, by=user, number=row, cells=form.cleaned_data)
        messages.success(request, _("Row %(row)s was written anew.") % {"row": words.number(row)})
        return _on(record, row)
    return page(request, "reports/imports/row.html", record=record, line=line, form=form, trail=_trail(record))


def _on(record: Import, row: int) -> HttpResponse:
    """Stay with the row while something is left in it, else back to the others."""
    if row in shown.numbers(record, "mend"):
        return redirect("reports:import-row", record.code, row)
    return redirect("reports:import-show", record.code)


def _to_write(line: shown.Line) -> list[tuple[Column, str, str]]:
    """The cells that need mending, as they stand, with what is wrong; the name, where there is none."""
    wrong = {trouble.column: f"{trouble.problem.message} {trouble.problem.mend}" for trouble in line.troubles if trouble.column}
    if not set(NAME) & line.held.line.cells.keys():
        wrong |= dict.fromkeys(NAME, "")
    return [(by_field()[field], _text(line, field), hint) for field, hint in wrong.items()]


def _text(line: shown.Line, field: str) -> str:
    cell = line.held.line.cells.get(field)
    content = cell.value if cell is not None else ""
    return content.strftime("%d/%m/%Y") if isinstance(content, date) else str(content)


@writes(*SUPERVISOR, sample="import_")
def mend(request: HttpRequest, code: str) -> HttpResponse:
    """Accept a suggested mend, for one row or for all that are wrong in the same way."""
    user, record = _user(request), _ready(request, code)
    if request.method == "POST":
        number, column = request.POST.get("row", ""), request.POST.get("column", "")
        if not number.isdecimal() or column not in by_field() or int(number) not in shown.numbers(record, "all"):
            raise Http404
        done = mending.accept(record, by=user, number=int(number), column=column, alike="alike" in request.POST)
        said = ngettext("%(number)s row was mended.", "%(number)s rows were mended.", done)
        messages.success(request, said % {"number": words.number(done)})
    return redirect("reports:import-show", record.code)


@writes(*SUPERVISOR, sample="import_")
def sort(request: HttpRequest, code: str) -> HttpResponse:
    """Leave a row out, or a whole sort of rows; or take them in again."""
    user, record = _user(request), _ready(request, code)
    if request.method == "POST":
        chosen, out = request.POST.get("row", ""), request.POST.get("do") != "take"
        there = shown.numbers(record, "all")
        numbers = [int(chosen)] if chosen.isdecimal() and int(chosen) in there else []
        if chosen in ("mend", "known", "alike"):
            numbers = shown.numbers(record, chosen)
        done = mending.sort(record, by=user, numbers=numbers, out=out)
        said = (ngettext("%(number)s row is left out.", "%(number)s rows are left out.", done) if out
                else ngettext("%(number)s row is taken in.", "%(number)s rows are taken in.", done))
        messages.success(request, said % {"number": words.number(done)})
    return redirect(f"{reverse('reports:import-show', args=[record.code])}?show={_tab(request)}")


def _tab(request: HttpRequest) -> str:
    wanted = request.POST.get("show", "")
    return wanted if wanted in shown.TABS else "all"


def _ready(request: HttpRequest, code: str) -> Import:
    """An import of hers that can be looked through; any other stage has no rows to show."""
    record = policy.get_import(_user(request), code)
    if record.state != ImportState.READY:
        raise Http404
    return record


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail(record: Import) -> list[tuple[Any, str]]:
    return [(listings.IMPORTS.title, reverse(LIST)), (record.code, reverse("reports:import-show", args=[record.code]))]
