"""Recording suspects and their numbers, and how they stand."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from ijm.accounts.models import User
from ijm.messages import Event as BaseEvent
from ijm.people.models import Alias, Identifier, Person, Wing
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from investigations import policy
from investigations.models import Investigation, Suspect
from investigations.names import Names
from investigations.states import Event


def record(investigation: Investigation, *, by: User, role_in_process: str, names: Names,
           at: datetime | None = None) -> Suspect:
    """Put a person under suspicion on the file; her names go into the register, sealed."""
    require(policy.may_work(by, investigation))
    suspect = Suspect(file=investigation.file, investigation=investigation, role_in_process=role_in_process,
                      state_since=at or timezone.now())
    with entry(Event.SUSPECT_RECORDED, by=by, about=suspect):
        person = Person()
        person.save()
        suspect.alias = Alias.begin(person, prefix="SU", wing=Wing.INVESTIGATIONS, file=investigation.file,
                                    opens_identity=True)
        names.save(person)
        suspect.save()
    return suspect


def record_number(suspect: Suspect, *, by: User, kind: str, value: str) -> Identifier:
    """Write a number of a suspect into the register, sealed; the suspect is found by it from now on."""
    require(policy.may_work(by, suspect.investigation))
    number = Identifier(person_id=suspect.alias.person_id, kind=kind)
    number.value = value
    with entry(BaseEvent.NUMBER_ADDED, by=by, about=suspect):
        number.save()
    return number


def move(suspect: Suspect, *, by: User, state: str, at: datetime | None = None) -> Suspect:
    """Say that a suspect was arrested, released or is suspected no longer."""
    require(policy.may_move_suspect(by, suspect, state))
    with entry(Event.SUSPECT_MOVED, by=by, about=suspect):
        suspect.state, suspect.state_since = state, at or timezone.now()
        suspect.save(update_fields=["state", "state_since"])
    return suspect
