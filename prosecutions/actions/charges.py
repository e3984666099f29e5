"""Charging an accused."""

from __future__ import annotations

import datetime as dt

from ijm.accounts.models import User
from ijm.ids import new_code
from ijm.reference.models import Offence
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from prosecutions import policy
from prosecutions.models import Accused, Charge
from prosecutions.states import Event, Stage


def file(accused: Accused, *, by: User, offence: Offence, is_aggravated: bool, filed_on: dt.date,
         note: str = "") -> Charge:
    """Charge an accused under one article of the law; a case without an open charge becomes a charged one."""
    prosecution = accused.prosecution
    require(policy.may_charge(by, prosecution, offence))
    made = Charge(code=new_code("CH"), file=prosecution.file, accused=accused, offence=offence,
                  is_aggravated=is_aggravated, filed_on=filed_on)
    with entry(Event.CHARGE_FILED, by=by, about=made, why=Purpose.COURT):
        if note:
            made.note = note
        made.save()
        if prosecution.state in (Stage.REFERRED, Stage.JUDGED):
            prosecution.move_to(Stage.CHARGED, on=filed_on)
    return made
