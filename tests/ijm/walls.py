"""Walls and sealed files for tests: set by the house's own verbs, or written past every rule."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import connections
from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles import walls
from ijm.casefiles.actions import seals
from ijm.casefiles.actions import walls as actions
from ijm.casefiles.models import CaseFile, Seal, Wall
from ijm.trail.context import acting_as
from tests import databases

WRITTEN = """INSERT INTO casefiles_wall (id, rev, code, user_id, file_id, person_id, about_code, kind, until, set_by_id, set_at)
 VALUES (gen_random_uuid(), 1, %s, %s, %s, %s, '', 'set', %s, %s, now() - interval '1 hour')"""


def walled(user: User, code: str, by: User) -> Wall:
    """A wall, set on the page of walls."""
    with acting_as(by):
        meant = walls.by_code(code)
        assert meant is not None
        return actions.set_(user, meant, by=by, until=timezone.now() + timedelta(days=90))


def sealed(file: CaseFile, people: list[User], by: User, named: User | None = None) -> list[Seal]:
    """A file sealed for these people."""
    with acting_as(by):
        meant = walls.by_code(file.code)
        assert meant is not None
        return seals.seal(meant, people, by=by, named=named)


def written(user: User, *, file: Any = None, person: Any = None, ends: timedelta = timedelta(days=1)) -> None:
    """A wall that stands beside a place that goes on: only the policies keep her out."""
    name = connections["default"].settings_dict["NAME"]
    with databases.superuser(name) as connection:
        connection.execute(WRITTEN, [f"WL-{uuid.uuid4().hex[:8]}", user.pk, file, person, timezone.now() + ends, user.pk])
