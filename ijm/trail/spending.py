"""What a piece of work takes out of its person's budgets: noted while she looks, counted in the database before she is shown.

`one` and `some` note, `settle` counts. The counting is `guard.spend()`: it knows the person by the signed context, adds and
compares under a lock of her own, and refuses what is too much. Nothing is counted of what is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from ijm.trail import context
from ijm.trail.errors import NoDoor

SPEND = "SELECT kind, n, is_first FROM guard.spend(%s::text[], %s::uuid[], %s::text[], %s::bigint[])"
TOO_MUCH, HALTED, DECOY = "IJ429", "IJ423", "decoy"


@dataclass(frozen=True)
class Tally:
    """A budget from whose warning on she is: how much of it is spent, and whether this look took her there."""

    kind: str
    number: int
    is_first: bool


class Spent(Exception):
    """A budget is spent: `kind` is which."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Halted(Exception):
    """Nothing is downloaded or exported now: `code` is the order that says so."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def one(kind: str, item: str) -> None:
    """Note one thing (a file, a person, a download) by its id; nothing outside a door or without an id."""
    door = context.current()
    if door is not None and item:
        door.spending.items.add((kind, item))


def some(kind: str, number: int = 1) -> None:
    """Note so many of what is only counted; nothing outside a door."""
    door = context.current()
    if door is not None:
        door.spending.amounts[kind] = door.spending.amounts.get(kind, 0) + number


def settle() -> list[Tally]:
    """Count what was noted since the last time; gives the budgets from whose warning on she is, and DECOY for a decoy.

    Raises Spent or Halted, and then nothing of this transaction may stay; NoDoor around an `atomic()` inside a look.
    """
    door = context.current()
    if door is None or not door.spending:
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    look: int | None = getattr(connection, "look", None)
    if look is not None and len(connection.savepoint_ids) != look:
        raise NoDoor("no atomic() around a look: the counting would end its savepoint")
    spend = SPEND if look is None else f"{context.UNLOOK}; {SPEND}; {context.LOOK}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(spend, door.spending.take())
            if look is not None:
                cursor.nextset()
            rows = cursor.fetchall()
    except DatabaseError as error:
        raise _meant(error) from error
    return [Tally(*row) for row in rows]


def _meant(error: DatabaseError) -> Exception:
    """What the database means by its refusal."""
    said = getattr(error.__cause__, "diag", None)
    known = {TOO_MUCH: Spent, HALTED: Halted}.get(getattr(said, "sqlstate", None) or "")
    return known(said.message_detail) if known and said else error
