"""`disclose`: the only way to plain text. The look is recorded before any value is returned."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload

from django.db import DEFAULT_DB_ALIAS, connections

from ijm.roles.budgets import FILE, IDENTITY
from ijm.roles.decisions import Decision, Holder, require
from ijm.roles.table import Open, opens
from ijm.trail import spending
from ijm.trail.context import current
from ijm.trail.looks import disclosed
from ijm.vault.bundle import Value
from ijm.vault.errors import KeyDestroyed, VaultError
from ijm.vault.sealed import Compartment, SealedModel, compartments

OWN = frozenset({"assignment", "supervision", "referral"})  # places by which a person works on a file
PLACES = "SELECT file, source FROM guard.places(%s::uuid[])"
PLACES_BY_PERSON = ("SELECT file, source FROM guard.places(ARRAY(SELECT file_id FROM people_alias"
                    " WHERE opens_identity AND person_id = ANY (%s::uuid[])))")


@dataclass(frozen=True)
class Broken:
    """Stands where a value could not be opened; the rest of the row and of the list is unharmed."""

    code: str
    mend: str
    since: datetime | None = None  # of an erased value: when its key was destroyed, and under which certificate
    certificate: str = ""

    def __str__(self) -> str:
        return self.code

    def __bool__(self) -> bool:
        return False


Shown = dict[str, Value | Broken]


@overload
def disclose(records: SealedModel, *names: str, to: Holder, purpose: str = "") -> Shown: ...
@overload
def disclose(records: Iterable[SealedModel], *names: str, to: Holder, purpose: str = "") -> dict[uuid.UUID, Shown]: ...


def disclose(records: SealedModel | Iterable[SealedModel], *names: str, to: Holder,
             purpose: str = "") -> Shown | dict[uuid.UUID, Shown]:
    """The plain values of these sealed names, for this person, for this purpose (of the open door when empty).

    Returns {name: value} for one record, {primary key: {name: value}} for many; a value that cannot be opened is a
    `Broken` with its code. One event names every row and every field, and is written first. Raises Refused when her
    roles do not open a compartment, NoDoor outside a door, KeyError for a name that is not sealed.
    """
    rows: Sequence[SealedModel] = [records] if isinstance(records, SealedModel) else list(records)
    if not rows or not names:
        return {}
    fields = admit(rows, names, to=to, purpose=purpose)
    if isinstance(records, SealedModel):
        spending.one(FILE, records.trail_ref().file)
    shown = {row.pk: Shown() for row in rows}
    for field, wanted in fields.items():
        keys = field.keys_of(rows)
        for row in rows:
            shown[row.pk].update(_opened(field, row, wanted, keys))
    return shown[rows[0].pk] if isinstance(records, SealedModel) else shown


def admit(rows: Sequence[SealedModel], names: Sequence[str], *, to: Holder, purpose: str = "") -> dict[Compartment, list[str]]:
    """The compartments of these names, once she may open them and her look is recorded; raises as `disclose` does."""
    fields = _fields(type(rows[0]), names)
    _allow(to, rows, fields)
    how = relation(rows)
    disclosed(rows, names, to=to, purpose=purpose, relation=how)
    if any(field.compartment == Open.IDENTITY for field in fields) and not OWN.issuperset(how.split(",")):
        _resolved(rows)
    return fields


def _resolved(rows: Iterable[SealedModel]) -> None:
    """Note whose identity is opened without a place of one's own on a file that opens it."""
    for row in rows:
        if not OWN & set(relation([row]).split(",")):
            for person in row.trail_ref().subjects:
                spending.one(IDENTITY, person)


def _fields(model: type[SealedModel], names: Iterable[str]) -> dict[Compartment, list[str]]:
    owner = {name: field for field in compartments(model) for name in field.names}
    found: dict[Compartment, list[str]] = {}
    for name in names:
        found.setdefault(owner[name], []).append(name)
    return found


def _allow(to: Holder, rows: Sequence[SealedModel], fields: Iterable[Compartment]) -> None:
    for field in fields:
        require(Decision(opens(to.role_codes, field.compartment), to, rows, "field.refused",
                         Open(field.compartment).label, "compartment"))


def _opened(field: Compartment, row: SealedModel, wanted: list[str], keys: dict[int, Any]) -> Shown:
    try:
        values = field.open(row, keys)
    except VaultError as error:
        return dict.fromkeys(wanted, broken(error))
    return {name: values[name] for name in wanted}


def broken(error: VaultError) -> Broken:
    """What stands in place of a value that this error kept closed; of an erased one also since when, and by which certificate."""
    if isinstance(error, KeyDestroyed):
        return Broken(error.code, error.mend, error.destroyed_at, error.certificate)
    return Broken(error.code, error.mend)


def relation(rows: Iterable[Any]) -> str:
    """How the person in the door stands to the files of these rows now: assignment, supervision, referral, ...

    A row of the register has no file of its own: there it is how she stands to the files that open its person to her.
    """
    shown = list(rows)
    files = {str(row.file_id) for row in shown if getattr(row, "file_id", None)}
    if files:
        return ",".join(sorted(_sources(files)))
    people = {str(person) for row in shown if hasattr(row, "trail_subjects") for person in row.trail_subjects()}
    return ",".join(sorted({source for _file, source in _asked(PLACES_BY_PERSON, people)}))


def _sources(files: set[str]) -> set[str]:
    """The places on these files; while she only looks, a file is asked about once."""
    opened = current()
    known = opened.places if opened and opened.mode == "r" else {}
    if new := files - known.keys():
        known.update((file, set()) for file in new)
        for file, source in _asked(PLACES, new):
            known[file].add(source)
    return set[str]().union(*(known[file] for file in files))


def _asked(sql: str, keys: set[str]) -> list[tuple[str, str]]:
    if not keys:
        return []
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, [sorted(keys)])
        return [(str(file), source) for file, source in cursor.fetchall()]
