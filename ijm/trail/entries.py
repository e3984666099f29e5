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
WEIGHT_OF_ONE_EVENT = 40_000  # bytes of rows, digests and commitments: room stays for what the event is about
PAIR, NUMBER = 2 * 66 + 8, 16  # bytes that two commitments take, and the number of a key
# which entry is open and what it has heard of changed rows: what stood there, then (a statement of its own) what stands there
EXCHANGE = """
SELECT coalesce(current_setting('ijm.entry', true), ''), coalesce(current_setting('ijm.rows', true), '');
SELECT set_config('ijm.entry', %s, true), set_config('ijm.rows', %s, true)"""
Row = list[Any]  # as the history trigger says it: table, key, kind, history row, digest, {bundle: "revision:sha256"}


@dataclass(frozen=True)
class Promised:
    """What is said of one sealed bundle if its row is really saved: commitments by path, and the number of the key."""

    changes: dict[str, list[str | None]]
    key: int


@dataclass
class Entry:
    """An open entry: its event, and what else the event shall say."""

    event: str
    ident: str = field(default_factory=lambda: uuid.uuid4().hex)
    parts: dict[str, Any] = field(default_factory=dict)
    promised: dict[str, Promised] = field(default_factory=dict)  # by the SHA-256 of the bundle, in hexadecimal


def _opened() -> list[Entry]:
    """The open entries of this connection, innermost last."""
    opened: list[Entry] = connections[DEFAULT_DB_ALIAS].__dict__.setdefault("entries", [])
    return opened


def current() -> Entry | None:
    """The innermost open entry, or None: it tells what is saved now."""
    connection = connections[DEFAULT_DB_ALIAS]
    opened: list[Entry] | None = connection.__dict__.get("entries")
    return opened[-1] if opened and connection.in_atomic_block else None


def is_open() -> bool:
    """Whether an entry is open in this transaction."""
    return current() is not None


@contextmanager
def entry(event: str, *, by: context.Person, about: events.About, why: str = Purpose.CASEWORK) -> Iterator[Entry]:
    """Record a change while it is made: history rows are stamped with it, the event is written beside the change.

    Nests; an inner entry makes its own event and stamps its own rows. Raises NoDoor outside a writing door,
    or when `by` is not the person in the door, ValueError when `why` is not on the list of purposes.
    """
    opened = context.standing("w")
    if str(by.pk) != opened.who.user:
        raise NoDoor("an entry is made by the person who stands in the door")
    made, reason = Entry(event), Purpose(why).value
    opened_entries = _opened()
    opened_entries.append(made)
    try:
        with transaction.atomic():
            former = _exchanged(made.ident, "")
            yield made
            _ident, changed = _exchanged(*former)
            _write(made, opened, about, reason, json.loads(f"[{changed}]"))
    finally:
        opened_entries.pop()


def _exchanged(ident: str, rows: str) -> tuple[str, str]:
    """Say which entry is open from here on, and what it has heard; what was said before."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(EXCHANGE, [ident, rows])
        former: tuple[str, str] = cursor.fetchone()
    return former


def _write(made: Entry, opened: context.Door, about: events.About, why: str, changed: list[Row]) -> None:
    """One event; a change of very many rows goes on in further events of the same id, numbered by `part`."""
    subject = events.subject_of(about)
    for part, said in enumerate(_parts(made, changed)):
        events.write(events.body(
            made.event, "change", who=opened.who, source=opened.source, ident=made.ident,
            why={"code": why}, obj=subject, **made.parts, **said, **({"part": part} if part else {}),
        ))


def _parts(made: Entry, changed: list[Row]) -> Iterator[dict[str, Any]]:
    """What the changed rows say, in portions that fit into one event each; one empty portion where nothing changed."""
    portion, weight = _nothing(), 0
    for row in changed:
        said = _said(made, row)
        weighs = _weighs(said)
        if portion["hist"] and (len(portion["hist"]) == ROWS_IN_ONE_EVENT or weight + weighs > WEIGHT_OF_ONE_EVENT):
            yield portion
            portion, weight = _nothing(), 0
        _add(portion, said)
        weight += weighs
    yield portion


def _weighs(said: dict[str, Any]) -> int:
    """No fewer bytes than one row takes in an event."""
    rows = sum(len(part) + 4 for row in said["hist"] for part in row)
    digests = sum(len(path) + len(digest) + 6 for path, digest in said["dig"].items())
    return rows + digests + sum(len(path) + PAIR for path in said["chg"]) + sum(len(path) + NUMBER for path in said["ck"])


def _add(portion: dict[str, Any], said: dict[str, Any]) -> None:
    """A row that changed twice goes from its first former value to its last new one."""
    portion["hist"] += said["hist"]
    portion["dig"] |= said["dig"]
    portion["ck"] |= said["ck"]
    for path, (was, becomes) in said["chg"].items():
        portion["chg"][path] = [portion["chg"].get(path, [was])[0], becomes]


def _nothing() -> dict[str, Any]:
    return {"hist": [], "dig": {}, "chg": {}, "ck": {}}


def _said(made: Entry, row: Row) -> dict[str, Any]:
    """One row: [table, key, kind, history row, digest], its changed bundles, and what was promised of those that were saved."""
    said, key = _nothing(), row[1]
    said["hist"] = [row[:5]]
    for name, digest in row[5].items():
        said["dig"][f"{key}.{name}"] = digest
        promised = made.promised.get(digest.partition(":")[2])
        if promised is not None:
            said["chg"] |= promised.changes
            said["ck"][f"{key}.{name}"] = promised.key
    return said
