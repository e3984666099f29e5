"""Records that many tests stand on, made through the base alone: files, persons, a residence with two compartments."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from aftercare.models import Residence, Survivor
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile
from ijm.ids import new_code
from ijm.people.models import Alias, Name, Person, Wing
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests.cast import Cast

WINGS = {
    Kind.INVESTIGATION: ("SU", Wing.INVESTIGATIONS),
    Kind.CARE: ("SV", Wing.AFTERCARE),
    Kind.PROSECUTION: ("AC", Wing.PROSECUTIONS),
}


def file_of(by: User, kind: Kind = Kind.INVESTIGATION) -> CaseFile:
    """A new file, opened by this person."""
    with acting_as(by):
        return grants.open_file(kind, by=by)


def person_on(file: CaseFile, by: User, *, opens: bool = True) -> Alias:
    """A new person of the register, known on this file."""
    prefix, wing = WINGS[Kind(file.kind)]
    with acting_as(by), entry("person.added", by=by, about=file):
        person = Person(born_on="1999-01-02")
        person.save()
        return Alias.begin(person, prefix=prefix, wing=wing, file=file, opens_identity=opens)


def named(alias: Alias, by: User, family: str | None = "Sok", given: str | None = "Dara") -> Name:
    """A name of the person behind this alias."""
    with acting_as(by), entry("name.added", by=by, about=alias):
        name = Name(person_id=alias.person_id, script="latn", family=family, given=given)
        name.save()
        return name


def survivor_of(worker: User) -> Survivor:
    """A survivor in this worker's care."""
    file = file_of(worker, Kind.CARE)
    alias = person_on(file, worker)
    with acting_as(worker), entry("survivor.added", by=worker, about=alias):
        survivor = Survivor(file=file, code=alias.code, alias=alias, worker=worker, began_on=dt.date(2026, 5, 4))
        survivor.save()
        return survivor


def home_of(survivor: Survivor, by: User, **sealed: Any) -> Residence:
    """Where she lives: two compartments, whereabouts and narrative."""
    with acting_as(by), entry("residence.began", by=by, about=survivor):
        home = Residence(
            code=new_code("RS"),
            file_id=survivor.file_id,
            survivor=survivor,
            placement="kin",
            since_on=dt.date(2026, 5, 4),
            id=uuid.uuid4(),
            **sealed,
        )
        home.save()
        return home


def residence(cast: Cast, **sealed: Any) -> Residence:
    """A residence in the care of the cast's care worker."""
    worker = cast.care_worker
    values = {"address": "House 12, Street 271", "phone_there": "012 345 678", "reason": "her aunt asked"}
    return home_of(survivor_of(worker), worker, **(values | sealed))
