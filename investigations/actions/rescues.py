"""Planning, approving and concluding rescue operations, and handing the rescued persons over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ijm import bridges
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.approvals.states import RequestState
from ijm.ids import new_code
from ijm.messages import PersonsRescued
from ijm.messages import RescuedPerson as Handed
from ijm.people.models import Alias, Person, Wing
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from investigations import policy
from investigations.models import Investigation, RescuedPerson, RescueOperation
from investigations.names import Names
from investigations.states import Event, RescueState, Stage


@dataclass(frozen=True)
class FoundPerson:
    """Somebody found in an operation: what those who receive her must know at once."""

    names: Names
    sex: str
    age_band: str
    languages: Sequence[str] = ("khm",)
    needs: str = ""


def plan(investigation: Investigation, *, by: User, place: str, time: str, plan: str, risk: str, expected_persons: int,
         expected_children: int = 0, languages: Sequence[str] = (), checks: Sequence[str] = (),
         at: datetime | None = None) -> RescueOperation:
    """Write down where, when and how; a second person is asked to approve. `time` is an ISO moment."""
    require(policy.may_plan(by, investigation))
    operation = RescueOperation(
        code=new_code("RO"), file=investigation.file, investigation=investigation, risk=risk,
        expected_persons=expected_persons, expected_children=expected_children, languages=list(languages),
        checks=list(checks))
    operation.place, operation.time, operation.plan = place, time, plan
    with entry(Event.RESCUE_PLANNED, by=by, about=operation):
        operation.request = requests.ask("rescue", about=operation.code, thing={**operation.thing, "plan": 1}, by=by,
                                         office=investigation.file.office, file_id=operation.file_id, at=at)
        operation.save()
    return operation


def begin(operation: RescueOperation, *, by: User) -> RescueOperation:
    """It goes ahead, as a second person has just agreed."""
    require(policy.may_begin(by, operation))
    with entry(Event.RESCUE_APPROVED, by=by, about=operation):
        operation.state = RescueState.APPROVED
        operation.save(update_fields=["state"])
        _enter_operation(operation.investigation, by=by, at=operation.request.decided_at or timezone.now())
    return operation


def cancel(operation: RescueOperation, *, by: User, at: datetime | None = None) -> RescueOperation:
    """Call an operation off before it happens; what she herself asked for and nobody decided is taken back with it."""
    require(policy.may_cancel(by, operation))
    with entry(Event.RESCUE_CANCELLED, by=by, about=operation):
        operation.state, operation.cancelled_at = RescueState.CANCELLED, at or timezone.now()
        operation.save(update_fields=["state", "cancelled_at"])
        if operation.request.state == RequestState.ASKED and operation.request.asked_by_id == by.pk:
            requests.withdraw(operation.request, by=by)
    return operation


def conclude(operation: RescueOperation, *, by: User, outcome: str, persons: Sequence[FoundPerson],
             at: datetime | None = None) -> RescueOperation:
    """Say how it ended, and hand every rescued person to aftercare: all of it, or nothing.

    When this returns, nobody of this wing can read a name of the persons any more.
    """
    require(policy.may_conclude(by, operation))
    moment = at or timezone.now()
    with entry(Event.RESCUE_CONCLUDED, by=by, about=operation):
        operation.state, operation.outcome, operation.concluded_at = RescueState.CONCLUDED, outcome, moment
        operation.save(update_fields=["state", "outcome", "concluded_at"])
        if persons:
            _hand_over(operation, persons, by=by, at=moment)
    return operation


def _hand_over(operation: RescueOperation, persons: Sequence[FoundPerson], *, by: User, at: datetime) -> None:
    """Enter the persons, send them, and let go of their identity."""
    rescued = [_rescued(operation, person, at) for person in persons]
    with entry(Event.PERSON_HANDED_OVER, by=by, about=rescued):
        for row, found in zip(rescued, persons, strict=True):
            _enter(row, found)
        RescuedPerson.objects.bulk_create(rescued)
        bridges.send(PersonsRescued(
            operation=operation.pk, file=operation.file_id, at=at,
            persons=tuple(_handed(row, found) for row, found in zip(rescued, persons, strict=True))), by=by)
        Alias.objects.filter(pk__in=[row.alias_id for row in rescued]).update(opens_identity=False)


def _rescued(operation: RescueOperation, found: FoundPerson, at: datetime) -> RescuedPerson:
    return RescuedPerson(rev=1, file=operation.file, operation=operation, sex=found.sex, age_band=found.age_band,
                         languages=list(found.languages), handed_over_at=at)


def _enter(row: RescuedPerson, found: FoundPerson) -> None:
    """Write her into the register under a code of this wing, which still opens her identity."""
    person = Person()
    person.save()
    row.alias = Alias.begin(person, prefix="RP", wing=Wing.INVESTIGATIONS, file=row.file, opens_identity=True)
    found.names.save(person)


def _handed(row: RescuedPerson, found: FoundPerson) -> Handed:
    return Handed(person=row.alias.person_id, rescued=row.pk, sex=row.sex, age_band=row.age_band,
                  languages=",".join(row.languages), needs=found.needs)


def _enter_operation(investigation: Investigation, *, by: User, at: datetime) -> None:
    """The first approved operation takes the investigation out of the enquiry."""
    if investigation.stage != Stage.ENQUIRY:
        return
    with entry(Event.INVESTIGATION_OPERATED, by=by, about=investigation):
        investigation.stage, investigation.stage_since = Stage.OPERATION, at
        investigation.save(update_fields=["stage", "stage_since"])
