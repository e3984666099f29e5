"""Saying what was done outside this system."""

from __future__ import annotations

from datetime import date

from ijm.accounts import policy
from ijm.accounts.models import Assurance, AssuranceKind, Office, User
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def assure(kind: AssuranceKind, *, by: User, office: Office, done_on: date) -> Assurance:
    """Say that something was done on that day; the record shows who said so."""
    require(policy.may_assure(by, office))
    said = Assurance(kind=kind, office=office, done_on=done_on, by=by)
    with entry(Event.ASSURED, by=by, about=office, why=Purpose.ADMINISTRATION):
        said.save()
    return said
