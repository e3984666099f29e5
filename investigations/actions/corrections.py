"""Correcting what was recorded wrongly; what stood there before stays in the history."""

from __future__ import annotations

from typing import Any

from ijm.accounts.models import User
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from ijm.vault.sealed import compartments
from investigations import names, policy
from investigations.models import Incident, Investigation, Suspect, Tip
from investigations.states import Event


def correct_tip(tip: Tip, *, by: User, **answers: Any) -> Tip:
    """Correct what was said, the place, the danger and who is affected; `answers` are the changed ones by column."""
    require(policy.may_correct_tip(by, tip))
    with entry(Event.TIP_CORRECTED, by=by, about=tip, why=Purpose.CORRECTION):
        _put(tip, answers)
    return tip


def correct_investigation(investigation: Investigation, *, by: User, **answers: Any) -> Investigation:
    """Correct what an investigation is about and where; `answers` are the changed ones by column."""
    require(policy.may_work(by, investigation))
    with entry(Event.INVESTIGATION_CORRECTED, by=by, about=investigation, why=Purpose.CORRECTION):
        _put(investigation, answers)
    return investigation


def correct_incident(incident: Incident, *, by: User, **answers: Any) -> Incident:
    """Correct the legal test and the account; `answers` are the changed ones by column."""
    require(policy.may_work(by, incident.investigation))
    with entry(Event.INCIDENT_CORRECTED, by=by, about=incident, why=Purpose.CORRECTION):
        _put(incident, answers)
    return incident


def correct_suspect(suspect: Suspect, *, by: User, role_in_process: str = "", **parts: str) -> Suspect:
    """Correct the part somebody had, and the names in the register; `parts` are the changed parts of the names."""
    require(policy.may_work(by, suspect.investigation))
    with entry(Event.SUSPECT_CORRECTED, by=by, about=suspect, why=Purpose.CORRECTION):
        names.correct(suspect.alias.person_id, policy.visible_names(by, suspect), parts)
        # Saved even where only a name changed: the suspect's version is what the forms compare.
        _put(suspect, {"role_in_process": role_in_process} if role_in_process else {})
    return suspect


def _put(record: Any, answers: dict[str, Any]) -> None:
    """Set the changed answers; an empty text takes a sealed one away."""
    sealed = {name for field in compartments(type(record)) for name in field.names}
    for name, value in answers.items():
        setattr(record, name, None if name in sealed and not value else value)
    record.save()
