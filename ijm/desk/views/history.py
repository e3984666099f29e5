"""Who changed a record: the whole timeline, and the last change of one field."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk import history
from ijm.messages import Event
from ijm.trail.history import Recorded
from ijm.trail.looks import disclosed
from ijm.vault.disclosure import relation
from ijm.web.navigation import address
from ijm.web.pages import page, reads

ROWS = 20


def _looked(request: HttpRequest, code: str) -> Recorded:
    """The record, with the look at its history written down."""
    user = cast(User, request.user)
    record = history.find(user, code)
    disclosed(record, (), to=user, relation=relation([record]), event=Event.HISTORY_SEEN)
    return record


@reads(sample="survivor")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that happened to a record, newest first, and each field with its last change."""
    record = _looked(request, code)
    found = history.steps(record)
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    last = sorted(history.latest(found, record).values(), key=lambda one: (one[1].is_sealed, one[1].label))
    return page(request, "desk/history/show.html", record=record, code=code_of(record), shown=shown, last=last,
                is_cut=len(found) >= history.MOST, trail=_way(record))


@reads(sample="survivor")
def field(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The last change of one field, put beside it; without htmx the whole history."""
    if not getattr(request, "htmx", False):
        history.find(cast(User, request.user), code)
        return redirect("files:history", code)
    record = _looked(request, code)
    if name not in {column.name for column in record._meta.concrete_fields}:
        raise Http404
    found = history.latest(history.steps(record, alone=True), record).get(name)
    return page(request, "desk/history/field.html", record=record, code=code_of(record), found=found)


def code_of(record: Any) -> str:
    """The code by which people name this record."""
    return str(record.code if hasattr(record, "code") else record.alias.code)


def _way(record: Any) -> list[tuple[str, str]]:
    """Back to the record's own file."""
    way = [(_("My work today"), address("desk:work"))]
    file = getattr(record, "file", None)
    return [*way, (file.code, reverse("files:show", args=[file.code]))] if file is not None else way
