"""Sealed values under new keys, while people work: bundle by bundle, live and history, over a login of its own.

A row keeps its revision; only key, nonce and ciphertext change. Pages of 500 rows in the order of their keys, each page its own
transaction; rows that somebody holds are passed over and tried again (`FOR UPDATE SKIP LOCKED`), and a row is written only
while it has the revision and the key that were read (compare and swap). So it may stop anywhere and be begun again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from psycopg import sql

from ijm.vault import bundle, keyring
from ijm.vault.bundle import Place
from ijm.vault.errors import VaultError
from ijm.vault.keyring import KEYS, Counts, DataKey, Key, State
from ijm.vault.sealed import compartments

ROTOR = "rotor"
PAGE, TOLD = 500, 250  # rows locked together; rows of one statement, whose event must stay below 64 KiB
KEYS_AT_ONCE = 400
TRIES, PAUSE = 20, 0.1  # how often rows that somebody holds are tried, and seconds between
Progress = Callable[[int, int], None]
Scope = tuple[str, uuid.UUID]


@dataclass(frozen=True)
class Shelf:
    """One column of bundles in one table: live rows, or the history of the same rows."""

    table: str
    key: str
    compartment: str
    column: str
    label: str

    def say(self, text: str) -> sql.Composed:
        """A statement about this column."""
        names = {"table": self.table, "pk": self.key, "col": self.column, "rev": f"{self.column}_rev",
                 "key": f"{self.column}_key"}
        return sql.SQL(text).format(**{name: sql.Identifier(said) for name, said in names.items()})


READ = ("SELECT {pk}, id, {col}, {rev}, {key} FROM {table} WHERE {key} = ANY (%s) AND {pk} > %s"
        " ORDER BY {pk} LIMIT %s FOR UPDATE SKIP LOCKED")
WRITE = ("UPDATE {table} t SET {col} = n.sealed, {key} = n.key"
         " FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::bytea[], %s::int[]) AS n (pk, rev, was, sealed, key)"
         " WHERE t.{pk} = n.pk AND t.{rev} = n.rev AND t.{key} = n.was")
COUNT = "SELECT count(*) FROM {table} WHERE {key} = ANY (%s)"
IN_USE = "SELECT DISTINCT {key} FROM {table} WHERE {key} = ANY (%s)"
WORN = "SELECT {key}, count(*) FROM {table} WHERE {key} IS NOT NULL GROUP BY {key}"


@cache
def shelves() -> tuple[Shelf, ...]:
    """Every column of bundles, history beside live."""
    found = list[Shelf]()
    for model in apps.get_models():
        past: Any = getattr(model, "history", None)
        for field in compartments(model) if past is not None else ():
            for table in (model, past.model):
                found.append(Shelf(table._meta.db_table, table._meta.pk.column, field.compartment, field.column, field.label))
    return tuple(found)


def scopes_of(code: str) -> list[Scope]:
    """Whose keys a code means: of a case file, or of the person for whom it stands; empty for an unknown one."""
    with connections[ROTOR].cursor() as cursor:
        cursor.execute("SELECT kind, id FROM guard.scopes_of(%s)", [code])
        return list(cursor.fetchall())


def subject(scopes: Iterable[Scope], *, before: datetime, progress: Progress | None = None) -> Counts:
    """New keys for these persons and files in every compartment, and all their sealed values under them.

    A key younger than `before` is new already, so a run that was stopped makes no second one. Raises KeyForbidden where
    this process was not given a compartment.
    """
    numbers = set[int]()
    for kind, scope in scopes:
        numbers |= _renewed(DataKey.objects.using(KEYS).filter(scope_kind=kind, scope_uuid=scope), before)
    return turn(numbers, progress=progress)


def everyone(compartment: str, *, before: datetime, progress: Progress | None = None) -> Counts:
    """The same for every person and file in one compartment: when somebody who could read its keys has left."""
    kinds = DataKey.objects.using(KEYS).filter(compartment=compartment, scope_kind__in=("subject", "file", "evidence"))
    return turn(_renewed(kinds, before), progress=progress)


def _renewed(rows: Any, before: datetime) -> set[int]:
    """Renew the active keys among these that are older, and give the numbers of all that are retired."""
    for row in rows.filter(state=State.ACTIVE, created__lt=before):
        keyring.renew(row.scope_kind, row.scope_uuid, row.compartment)
    return set(rows.filter(state=State.RETIRED).values_list("id", flat=True))


def rest(*, progress: Progress | None = None) -> Counts:
    """What still lies under retired keys: left by a run that was stopped, or saved by somebody who held the old key."""
    retired = list(DataKey.objects.using(KEYS).filter(state=State.RETIRED).values_list("id", flat=True))
    return turn({row[0] for shelf in shelves() for row in _ask(shelf, IN_USE, retired)}, progress=progress)


def turn(numbers: Iterable[int], *, progress: Progress | None = None) -> Counts:
    """Seal everything that lies under these retired keys anew, under the active key of the same person or file.

    `progress` is told (done, all) after each page. Gives how many bundles were turned, still lie there, and could not be
    opened; the last are left as they are, for whoever looks into them.
    """
    wanted = sorted(set(numbers))
    run = _Run(sum(map(left, _parts(wanted))), progress or (lambda done, total: None))
    for part in _parts(wanted):
        run.turn(part)
    return Counts(run.rotated, sum(map(left, _parts(wanted))), run.failed)


def left(numbers: Sequence[int]) -> int:
    """How many bundles, live and history, lie under these keys."""
    return sum(row[0] for shelf in shelves() for row in _ask(shelf, COUNT, numbers))


def messages() -> dict[int, int]:
    """{key number: bundles that lie under it}; each revision of a row lies in its history, so none is missed."""
    found: dict[int, int] = {}
    for shelf in shelves():
        for number, count in _ask(shelf, WORN):
            found[number] = found.get(number, 0) + count
    return found


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), KEYS_AT_ONCE):
        yield numbers[start:start + KEYS_AT_ONCE]


def _ask(shelf: Shelf, text: str, *params: Any) -> list[tuple[Any, ...]]:
    with connections[ROTOR].cursor() as cursor:
        cursor.execute(shelf.say(text), [list(param) for param in params] or None)
        return list(cursor.fetchall())


class _Run:
    """One run over the shelves, and how far it is."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.total, self.progress = total, progress
        self.rotated = self.failed = 0

    def turn(self, numbers: Sequence[int]) -> None:
        """Everything under these keys."""
        old = keyring.keys(numbers)
        heirs = {number: (key, keyring.key_for(key.scope_kind, key.scope_uuid, key.compartment)) for number, key in old.items()}
        self.failed += left([number for number in numbers if number not in old])
        for shelf in shelves():
            mine = {number: pair for number, pair in heirs.items() if pair[0].compartment == shelf.compartment}
            if mine:
                self._shelf(shelf, mine)

    def _shelf(self, shelf: Shelf, heirs: dict[int, tuple[Key, Key]]) -> None:
        """One column, again until nothing is left there but what cannot be opened."""
        for _try in range(TRIES):
            broken = self._pass(shelf, heirs)
            if _ask(shelf, COUNT, heirs)[0][0] <= broken:
                break
            time.sleep(PAUSE)
        self.failed += broken

    def _pass(self, shelf: Shelf, heirs: dict[int, tuple[Key, Key]]) -> int:
        """Once through the column; gives how many bundles could not be opened."""
        after, broken = uuid.UUID(int=0), 0
        while True:
            with transaction.atomic(using=ROTOR), connections[ROTOR].cursor() as cursor:
                cursor.execute(shelf.say(READ), [list(heirs), after, PAGE])
                rows = cursor.fetchall()
                turned = [new for row in rows if (new := _turned(shelf, row, heirs)) is not None]
                for start in range(0, len(turned), TOLD):
                    columns = [list(column) for column in zip(*turned[start:start + TOLD], strict=True)]
                    cursor.execute(shelf.say(WRITE), columns)
                    self.rotated += cursor.rowcount
            broken += len(rows) - len(turned)
            self.progress(min(self.rotated, self.total), self.total)
            if len(rows) < PAGE:
                return broken
            after = rows[-1][0]


def _turned(shelf: Shelf, row: tuple[Any, ...], heirs: dict[int, tuple[Key, Key]]) -> tuple[Any, ...] | None:
    """What to write for this row: key of the row, revision, old key, bundle, new key; nothing when it does not open."""
    pk, record, stored, rev, number = row
    old, new = heirs[number]
    place = Place(shelf.label, shelf.compartment, record)
    try:
        sealed = bundle.reseal(bytes(stored or b""), place=place, old=old, new=new, rev=rev)
    except VaultError:
        return None
    return pk, rev, number, sealed, new.id


__all__ = ("Counts", "everyone", "left", "messages", "rest", "scopes_of", "shelves", "subject", "turn")
