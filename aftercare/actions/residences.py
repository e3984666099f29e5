"""Where a survivor lives."""

from __future__ import annotations

from datetime import date

from aftercare import policy
from aftercare.models import Residence, Survivor
from aftercare.states import Event
from ijm.accounts.models import User
from ijm.ids import new_code
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.errors import Stale


def move(survivor: Survivor, *, by: User, placement: str, address: str, since_on: date, reason: str = "",
         directions: str = "", phone_there: str = "", replaces: str | None = None) -> Residence:
    """End the current residence and begin a new one.

    `replaces` is the code of the residence that the person saw when she wrote the new one (empty: none, None: do not
    compare); Stale when somebody else has moved her in between.
    """
    current = policy.current_residence(by, survivor)
    require(policy.may_move_since(by, survivor, current, since_on))
    if replaces is not None and replaces != (current.code if current else ""):
        raise Stale(f"residence of {survivor.code}")
    new = Residence(code=new_code("RS"), file=survivor.file, survivor=survivor, placement=placement, since_on=since_on)
    new.address, new.directions, new.phone_there, new.reason = address, directions, phone_there, reason
    with entry(Event.RESIDENCE_CHANGED, by=by, about=new):
        if current is not None:
            current.until_on = since_on
            current.save(update_fields=["until_on"])
        new.save()
    return new
