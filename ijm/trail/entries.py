"""`entry`: the only way to change a record."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from ijm.trail import context, events
from ijm.trail.errors import NoDoor
from ijm.trail.purposes import Purpose

ROWS_IN_ONE_EVENT = 200
WEIGHT_OF_ONE_EVENT = 320  # rows and digests together, about 115 bytes each: room stays for what the event is about


@dataclass
class Entry:
    """An open entry: its event, and what else the event shall say."""

    event: str
    ident: str = field(default_factory=lambda: uuid.uuid4().hex)
    parts: dict[str, Any] = field(default_factory=dict)


def is_open() -> bool:
    """Whether an entry is open in this transaction."""
    connection = connections[DEFAULT_DB_ALIAS]
    return connection.in_atomic_block and bool(getattr(connection, "entries", 0))


@contextmanager
def entry(event: str, *, by: context.Person, about: events.About, why: str = Purpose.CASEWORK) -> Iterator[Entry]:
    """Record a change while it is made: history rows are stamped with it, the event is written beside the change.

    Nests; an inner entry makes its own event and stamps its own rows. Raises NoDoor outside a writing door,
    or when `by` is not the person in the door, ValueError when `why` is not on the list of purposes.
    """
    opened = context.standing("w")
    if str(by.pk) != opened.who.user:
        raise NoDoor("an entry is made by the person who stands in the door")
    connection = connections[DEFAULT_DB_ALIAS]
    made, reason = Entry(event), Purpose(why).value
    connection.entries = getattr(connection, "entries", 0) + 1  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            former = context.put(connection, "ijm.entry", made.ident)
            rows = context.put(connection, "ijm.rows", "")
            yield made
            changed = context.put(connection, "ijm.rows", rows)
            context.put(connection, "ijm.entry", former)
            _write(made, opened, about, reason, json.loads(f"[{changed}]"))
    finally:
        connection.entries -= 1  # type: ignore[attr-defined]


def _write(made: Entry, opened: context.Door, about: events.About, why: str, changed: list[list[Any]]) -> None:
    """One event; a change of very many rows goes on in further events of the same id, numbered by `part`."""
    subject = events.subject_of(about)
    for part, rows in enumerate(_parts(changed)):
        events.write(events.body(
            made.event, "change", who=opened.who, source=opened.source, ident=made.ident,
            why={"code": why}, obj=subject, **made.parts, **_changes(rows), **({"part": part} if part else {}),
        ))


def _parts(changed: list[list[Any]]) -> Iterator[list[list[Any]]]:
    """The changed rows in portions that fit into one event each; one empty portion where nothing changed."""
    portion, weight = list[list[Any]](), 0
    for row in changed:
        weighs = 1 + len(row[4])
        if portion and (len(portion) == ROWS_IN_ONE_EVENT or weight + weighs > WEIGHT_OF_ONE_EVENT):
            yield portion
            portion, weight = [], 0
        portion.append(row)
        weight += weighs
    yield portion


def _changes(rows: list[list[Any]]) -> dict[str, Any]:
    """What the history triggers saw: [table, key, kind, history row], and the digest of each changed bundle."""
    digests = {f"{pk}.{name}": digest for _table, pk, _kind, _history, bundles in rows for name, digest in bundles.items()}
    return {"hist": [row[:4] for row in rows], "dig": digests}
