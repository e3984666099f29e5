"""Recording that a page was seen: one event names every row on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from ijm.messages import Event
from ijm.trail.events import Named
from ijm.trail.looks import disclosed
from ijm.vault.disclosure import relation


def seen(request: HttpRequest, shown: Named | Iterable[Named], *, fields: Iterable[str] = ()) -> None:
    """Record that this person saw this record, or the rows of this list; an empty list is recorded too."""
    user: Any = request.user
    if isinstance(shown, Named):
        disclosed(shown, fields, to=user, relation=relation([shown]), event=Event.RECORD_SEEN)
        return
    rows = list(shown)
    query = {} if rows else {"count": 0, "view": request.resolver_match.view_name if request.resolver_match else ""}
    disclosed(rows, fields, to=user, relation=relation(rows), event=Event.LIST_SEEN, query=query)
