"""Recording that a page was seen: one event names every row on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest

from ijm.messages import Event
from ijm.roles.budgets import FILE
from ijm.trail import spending
from ijm.trail.context import current
from ijm.trail.events import Named, TrailRef
from ijm.trail.looks import disclosed
from ijm.vault.disclosure import relation

ROWS_IN_ONE_EVENT = 200


def seen(request: HttpRequest, shown: Named | Iterable[Named], *, fields: Iterable[str] = ()) -> None:
    """Record that this person saw this record, or the rows of this list; an empty list is recorded too."""
    user: Any = request.user
    if isinstance(shown, Named):
        disclosed(shown, fields, to=user, relation=relation([shown]), event=Event.RECORD_SEEN)
        spending.one(FILE, shown.trail_ref().file)
        return
    rows = list(shown)
    query = {} if rows else {"count": 0, "view": request.resolver_match.view_name if request.resolver_match else ""}
    disclosed(rows, fields, to=user, relation=relation(rows), event=Event.LIST_SEEN, query=query)


def complete(request: HttpRequest, context: Mapping[str, Any]) -> None:
    """Record what a page shows and no view recorded: its own records, and in its lists everything about a person."""
    opened = current()
    if opened is None:
        return
    if not any(kind == FILE for kind, _item in opened.spending.items):  # the view itself has not said which file it shows
        spending.one(FILE, next((one.trail_ref().file for one in context.values() if isinstance(one, Named)), ""))
    found = {ref.pk: record for record, ref in _records(context) if ref.pk not in opened.shown}
    rows = list(found.values())
    for start in range(0, len(rows), ROWS_IN_ONE_EVENT):
        part = rows[start:start + ROWS_IN_ONE_EVENT]
        disclosed(part, (), to=cast(Any, request.user), relation=relation(part), event=Event.RECORD_SEEN)


def _records(context: Mapping[str, Any]) -> Iterator[tuple[Named, TrailRef]]:
    for value in context.values():
        if isinstance(value, Named):
            yield value, value.trail_ref()
        elif isinstance(value, list | tuple | Page | QuerySet):
            yield from ((row, ref) for row, ref in _named(value) if ref.subjects)


def _named(rows: Iterable[Any]) -> Iterator[tuple[Named, TrailRef]]:
    """The records of a list, also of one whose lines begin with a record."""
    for row in rows:
        first = row[0] if isinstance(row, tuple) and row else row
        if isinstance(first, Named):
            yield first, first.trail_ref()
