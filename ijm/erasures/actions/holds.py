"""Placing and lifting a legal hold."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from ijm.accounts.models import User
from ijm.erasures import policy
from ijm.erasures.meant import Meant
from ijm.erasures.models import LegalHold
from ijm.erasures.states import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def place(meant: Meant, *, by: User, reason: str, until_on: date) -> LegalHold:
    """Keep a person's records from being erased until a day; she is known here by her code only."""
    require(policy.may_hold(by, meant, until_on))
    hold = LegalHold(person_id=meant.person_id, file_id=meant.file_id, office_id=meant.office_id, about_code=meant.code,
                     reason=reason, until_on=until_on, placed_by=by)
    with entry(Event.HOLD_PLACED, by=by, about=hold, why=Purpose.ERASURE):
        hold.save()
    return hold


def lift(hold: LegalHold, *, by: User) -> None:
    """End a hold before its day."""
    require(policy.may_lift(by, hold))
    hold.lifted_by, hold.lifted_at = by, timezone.now()
    with entry(Event.HOLD_LIFTED, by=by, about=hold, why=Purpose.ERASURE):
        hold.save(update_fields=["lifted_by", "lifted_at"])
