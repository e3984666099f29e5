"""A survivor's way through care, and who walks with her."""

from __future__ import annotations

from datetime import date

from aftercare import policy
from aftercare.models import Survivor
from aftercare.states import Event, SurvivorState
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import Status
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

STEPS = {
    SurvivorState.IN_CARE: Event.SURVIVOR_BEGUN,
    SurvivorState.FOLLOWED_UP: Event.SURVIVOR_FOLLOWED,
    SurvivorState.CLOSED: Event.SURVIVOR_CLOSED,
}


def begin(survivor: Survivor, *, by: User, worker: User, began_on: date) -> Survivor:
    """Begin to care for her: she goes by the code of her alias, and her worker is put on the file."""
    require(policy.may_begin(by, survivor))
    survivor.code, survivor.worker, survivor.began_on = survivor.alias.code, worker, began_on
    with entry(Event.SURVIVOR_BEGUN, by=by, about=survivor):
        survivor.save()
        if not policy.stands_on(worker, survivor.file):
            grants.seat(survivor.file, [worker], by=by, owns=True)
    return survivor


def advance(survivor: Survivor, *, by: User, to: SurvivorState) -> None:
    """Go on to follow-up, back to care, or close her file."""
    require(policy.may_advance(by, survivor, to))
    with entry(STEPS[to], by=by, about=survivor):
        survivor.state = to
        survivor.save(update_fields=["state"])
        if to == SurvivorState.CLOSED:
            survivor.file.move_to(Status.CLOSED)


def entrust(survivor: Survivor, *, by: User, worker: User) -> None:
    """Another worker walks with her from now on; she stands on the file, and the former one stays until her day."""
    require(policy.may_entrust(by, survivor, worker))
    with entry(Event.SURVIVOR_ENTRUSTED, by=by, about=survivor, why=Purpose.SUPERVISION):
        survivor.worker = worker
        survivor.save(update_fields=["worker"])
        if not policy.stands_on(worker, survivor.file):
            grants.seat(survivor.file, [worker], by=by, owns=True)


def add_colleague(survivor: Survivor, *, by: User, colleague: User) -> None:
    """Put a colleague on her file, for as long as an assignment lasts."""
    require(policy.may_add_colleague(by, survivor, colleague))
    with entry(Event.COLLEAGUE_ADDED, by=by, about=survivor, why=Purpose.SUPERVISION):
        grants.seat(survivor.file, [colleague], by=by)
