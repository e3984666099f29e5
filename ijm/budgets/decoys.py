"""Decoy files: they look like any other in the lists of those who may see them; whoever opens one is asked why.

Which files they are is kept where only the auditor's side reads. The alarm stands in the log with the look itself, in the
same transaction; the notices to auditor and data-protection officer follow when that is committed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.http import HttpRequest
from django.urls import reverse

from ijm.accounts.models import RoleGrant, User
from ijm.bridges import tell
from ijm.messages import Event
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.looks import disclosed
from ijm.trail.purposes import Purpose

TOLD = "decoy.opened"
WATCHERS = (Role.AUDITOR, Role.DATA_PROTECTION)
ALL = "SELECT file_id, code, office_id, made_by, made_at, openings, opened_at FROM guard.decoys()"
MARK = "SELECT guard.mark_decoy(%s)"
REAL = "SELECT guard.without_decoys(%s::uuid[])"


@dataclass(frozen=True)
class Decoy:
    """One decoy as the auditor's side knows it."""

    file: uuid.UUID
    code: str
    office: uuid.UUID
    made_by: uuid.UUID
    made_at: datetime
    openings: int
    opened_at: datetime | None


def every() -> list[Decoy]:
    """The decoys of the offices that her role as auditor or data-protection officer reaches; nobody else has any."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(ALL)
        return [Decoy(*row) for row in cursor.fetchall()]


def mark(file: uuid.UUID) -> None:
    """Mark a file that this very transaction opened; the database refuses any other, and anybody but the officer."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(MARK, [file])


def real(files: list[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these files that are about somebody: figures and exports count nothing else."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(REAL, [files])
        return set(cursor.fetchone()[0] or ())


def alarm(request: HttpRequest) -> None:
    """Somebody opened a decoy: said in the log at once, and to those who watch when it is committed."""
    user = cast(User, request.user)
    code = str(request.resolver_match.kwargs.get("code", "")) if request.resolver_match else ""
    disclosed(None, (), to=user, event=Event.DECOY_OPENED, query={"code": code})
    transaction.on_commit(lambda: warn(user, code), robust=True)


def warn(user: User, code: str) -> None:
    """Tell auditor and data-protection officer of her office, and of the one that supports it."""
    offices = {user.office_id, user.office.supported_by_id} - {None}
    watchers = RoleGrant.objects.live().filter(role__in=WATCHERS, office__in=offices, user__is_active=True)
    with acting_as(user, "w", Purpose.AUDIT), entry(Event.DECOY_TOLD, by=user, about=None):
        tell(list(watchers.values_list("user_id", flat=True).distinct()), TOLD, about=user.code, path=reverse("budgets:decoys"))
