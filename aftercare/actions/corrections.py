"""Correcting what was recorded wrongly; what stood there before stays in the history."""

from __future__ import annotations

from typing import Any

from aftercare import policy
from aftercare.models import Survivor
from aftercare.states import Event
from ijm.accounts.models import User
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def correct_survivor(survivor: Survivor, *, by: User, **answers: Any) -> Survivor:
    """Correct sex, age and what brought her here; `answers` are the changed ones by column, an empty account is none."""
    require(policy.may_correct(by, survivor))
    with entry(Event.SURVIVOR_CORRECTED, by=by, about=survivor, why=Purpose.CORRECTION):
        for name, value in answers.items():
            setattr(survivor, name, value or None if name == "account" else value)
        survivor.save()
    return survivor
