"""Referring an investigation to prosecution, closing it, giving it to another lead."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ijm import bridges
from ijm.accounts.models import User
from ijm.casefiles.models import Status
from ijm.messages import CaseReferred
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from investigations import policy
from investigations.models import Investigation
from investigations.states import Event, Stage


def refer(investigation: Investigation, *, by: User, at: datetime | None = None) -> Investigation:
    """Hand the case to prosecution: its suspects as accused, the rescued persons as possible witnesses."""
    require(policy.may_refer(by, investigation))
    moment = at or timezone.now()
    with entry(Event.INVESTIGATION_REFERRED, by=by, about=investigation):
        investigation.stage, investigation.stage_since = Stage.REFERRED, moment
        investigation.save(update_fields=["stage", "stage_since"])
        bridges.send(CaseReferred(
            file=investigation.file_id, at=moment, summary=investigation.form_of_exploitation,
            accused=_persons(policy.accused(by, investigation)),
            witnesses=_persons(policy.witnesses(by, investigation))), by=by)
    return investigation


def close(investigation: Investigation, *, by: User, at: datetime | None = None) -> Investigation:
    """Close the file: nothing more is done on it unless it is opened again."""
    require(policy.may_close(by, investigation))
    with entry(Event.INVESTIGATION_CLOSED, by=by, about=investigation):
        investigation.stage, investigation.stage_since = Stage.CLOSED, at or timezone.now()
        investigation.save(update_fields=["stage", "stage_since"])
        investigation.file.move_to(Status.CLOSED)
    return investigation


def give(investigation: Investigation, *, by: User, lead: User) -> Investigation:
    """Another colleague leads the investigation from now on."""
    require(policy.may_give(by, investigation, lead))
    with entry(Event.INVESTIGATION_GIVEN, by=by, about=investigation, why=Purpose.SUPERVISION):
        investigation.lead = lead
        investigation.save(update_fields=["lead"])
    return investigation


def _persons(rows: QuerySet[Any]) -> tuple[uuid.UUID, ...]:
    return tuple(rows.values_list("alias__person_id", flat=True))
