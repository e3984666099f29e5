"""Days in court: scheduling them, recording what happened."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ijm.accounts.models import User
from ijm.bridges import send
from ijm.ids import new_code
from ijm.messages import HearingPutOff, HearingScheduled
from ijm.reference.models import Court
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from prosecutions import policy
from prosecutions.models import Hearing, Prosecution
from prosecutions.states import Event, HearingKind, HearingState, Stage


def schedule(prosecution: Prosecution, *, by: User, court: Court, kind: HearingKind, at: dt.datetime,
             room_note: str = "") -> Hearing:
    """Set a day in court; aftercare is told in the same transaction, unless the day is already over."""
    require(policy.may_schedule(by, prosecution))
    made = Hearing(code=new_code("HR"), file=prosecution.file, prosecution=prosecution, court=court, kind=kind, at=at)
    with entry(Event.HEARING_SCHEDULED, by=by, about=made, why=Purpose.COURT):
        if room_note:
            made.room_note = room_note
        made.save()
        if at > timezone.now():
            send(HearingScheduled(made.pk, at, court.code, prosecution.witness_aliases()), by=by)
    return made


def hold(hearing: Hearing, *, by: User, outcome_note: str = "") -> Hearing:
    """Record that a hearing took place; the first day of trial brings a charged case into trial."""
    require(policy.may_hold(by, hearing))
    with entry(Event.HEARING_HELD, by=by, about=hearing, why=Purpose.COURT):
        _record(hearing, HearingState.HELD, outcome_note)
        if hearing.kind == HearingKind.TRIAL and hearing.prosecution.state == Stage.CHARGED:
            hearing.prosecution.move_to(Stage.TRIAL, on=timezone.localdate(hearing.at))
    return hearing


def adjourn(hearing: Hearing, *, by: User, outcome_note: str = "") -> Hearing:
    """Record that a hearing was put off; a new day is scheduled as a hearing of its own, and aftercare is told at once."""
    require(policy.may_adjourn(by, hearing))
    with entry(Event.HEARING_ADJOURNED, by=by, about=hearing, why=Purpose.COURT):
        _record(hearing, HearingState.ADJOURNED, outcome_note)
        _tell(hearing, by)
    return hearing


def cancel(hearing: Hearing, *, by: User, outcome_note: str = "") -> Hearing:
    """Record that a hearing will not be held at all; aftercare is told at once."""
    require(policy.may_adjourn(by, hearing))
    with entry(Event.HEARING_CANCELLED, by=by, about=hearing, why=Purpose.COURT):
        _record(hearing, HearingState.CANCELLED, outcome_note)
        _tell(hearing, by)
    return hearing


def _tell(hearing: Hearing, by: User) -> None:
    """Those who were told of the day hear that it is off, so that nobody prepares for it or goes there."""
    send(HearingPutOff(hearing.pk, hearing.at, hearing.court_id, hearing.state, hearing.prosecution.witness_aliases()), by=by)


def _record(hearing: Hearing, state: HearingState, note: str) -> None:
    hearing.state = state
    if note:
        hearing.outcome_note = note
    hearing.save(update_fields=["state"])
