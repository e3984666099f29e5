"""Who changed a record: the whole timeline, and the last change of one field."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.bridges import CORRECTIONS
from ijm.desk import history, labels
from ijm.messages import Event
from ijm.trail.history import Recorded
from ijm.trail.looks import disclosed
from ijm.trail.purposes import LOOKING, Purpose
from ijm.vault.disclosure import disclose, relation
from ijm.web import versions
from ijm.web.navigation import address
from ijm.web.opened import joined
from ijm.web.pages import Door, page, reads

ROWS = 20
PURPOSES = (*LOOKING, Purpose.CORRECTION)


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


@reads(sample="survivor")
def version(request: HttpRequest, code: str, rev: int) -> HttpResponse:
    """A record as it stood after one change; what was sealed then is opened for a stated purpose."""
    return _version(request, _looked(request, code), rev)


@reads(sample="survivor")
def reveal(request: HttpRequest, code: str, rev: int) -> HttpResponse:
    """Open one sealed part of an earlier version, for a stated purpose."""
    user = cast(User, request.user)
    record = history.find(user, code)
    then = versions.earlier(record, rev).instance
    part = history.sealed_part(then, request.POST.get("field", ""))
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        return _version(request, record, rev, asked=_("Choose why you need it, then open it again."))
    values = disclose(then, *part.names, to=user, purpose=purpose).values()
    opened = {"field": part.name, "label": labels.sealed_label(part.compartment), "at": timezone.now(),
              "value": joined(values, "\n") or _("Nothing is written here."), "purpose_label": Purpose(purpose).label}
    if getattr(request, "htmx", False):
        return page(request, "desk/history/revealed.html", seal=opened, back=reverse("files:history-version", args=[code, rev]))
    return _version(request, record, rev, opened=opened)


def _version(request: HttpRequest, record: Any, rev: int, *, opened: dict[str, Any] | None = None,
             asked: str = "") -> HttpResponse:
    row = versions.earlier(record, rev)
    user, code = cast(User, request.user), code_of(record)
    return page(request, "desk/history/version.html", record=record, code=code, row=row, rev=rev, asked=asked, opened=opened,
                facts=list(history.facts(row.instance)), seals=list(history.seals(row.instance, user)), purposes=PURPOSES,
                newest=rev == record.rev, back_to=_correction(user, code),
                trail=[*_way(record), (_("Who changed this"), reverse("files:history", args=[code]))])


def _correction(user: User, code: str) -> str:
    """Where she may put an earlier version of this record back; empty where she may not correct it or nobody does."""
    name = CORRECTIONS.get(code[:2], "")
    where = reverse(name, args=[code]) if name else ""
    door: Door | None = getattr(resolve(where).func, "door", None) if where else None
    return where if door and user.role_codes & set(door.roles) else ""


def code_of(record: Any) -> str:
    """The code by which people name this record."""
    return str(record.code if hasattr(record, "code") else record.alias.code)


def _way(record: Any) -> list[tuple[str, str]]:
    """Back to the record's own file."""
    way = [(_("My work today"), address("desk:work"))]
    file = getattr(record, "file", None)
    return [*way, (file.code, reverse("files:show", args=[file.code]))] if file is not None else way
