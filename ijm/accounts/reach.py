"""How far a role reaches: to its own office, and to the offices which that one supports."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Q, QuerySet

from ijm.accounts.models import Office, RoleGrant, User
from ijm.roles.table import Can, who_can

BOTH = (Can.OFFICE_RUN, Can.ROLE_APPROVE)


@dataclass(frozen=True)
class Session:
    """A session of somebody that goes on: the digest of its key opens nothing."""

    id: uuid.UUID
    session: str
    family: str
    factor: str
    begun_at: datetime
    ends_at: datetime


def _held(by: User, *what: Can) -> QuerySet[RoleGrant]:
    roles = [role for one in what for role in who_can(one)]
    return RoleGrant.objects.live().filter(user=by, role__in=roles)


def reaches(by: User, office: Office, what: Can) -> bool:
    """Whether one of her roles that may do this holds for this office or for the one that supports it."""
    near = [one for one in (office.pk, office.supported_by_id) if one]
    return _held(by, what).filter(office__in=near).exists()


def offices_of(by: User, *what: Can) -> QuerySet[Office]:
    """The offices that her roles reach, by name."""
    own = _held(by, *(what or BOTH)).values("office")
    return Office.objects.filter(Q(pk__in=own) | Q(supported_by__in=own)).order_by("name_en")


def deciders(office: Office) -> list[uuid.UUID]:
    """Who decides about roles and resets in this office."""
    near = [one for one in (office.pk, office.supported_by_id) if one]
    found = RoleGrant.objects.live().filter(role__in=who_can(Can.ROLE_APPROVE), office__in=near, user__is_active=True)
    return sorted(set(found.values_list("user_id", flat=True)))


def deciders_of(office: uuid.UUID) -> list[uuid.UUID]:
    """Who decides about roles by a role in this very office, not in one that supports it."""
    found = RoleGrant.objects.live().filter(role__in=who_can(Can.ROLE_APPROVE), office=office, user__is_active=True)
    return sorted(set(found.values_list("user_id", flat=True)))


def runners(office: Office) -> list[uuid.UUID]:
    """Who runs this office."""
    near = [one for one in (office.pk, office.supported_by_id) if one]
    found = RoleGrant.objects.live().filter(role__in=who_can(Can.OFFICE_RUN), office__in=near, user__is_active=True)
    return sorted(set(found.values_list("user_id", flat=True)))


def open_files(office: Office) -> int:
    """How many case files of an office are open: a number for who runs it, nothing else."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT guard.open_files_of(%s)", [office.pk])
        return int(cursor.fetchone()[0])


def leaves(user: User) -> list[tuple[str, int, int]]:
    """(kind of file, how many open ones she stands on, on how many of them a supervisor stands too): counts only."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT kind, number, supervised FROM guard.leaves(%s) ORDER BY kind", [user.pk])
        return [(str(kind), int(number), int(supervised)) for kind, number, supervised in cursor.fetchall()]


def heirs(user: User) -> list[uuid.UUID]:
    """Who supervises the open files on which she stands: they are told when she leaves."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT * FROM guard.heirs(%s)", [user.pk])
        return sorted(row[0] for row in cursor.fetchall())


def is_over(user: User) -> bool:
    """Whether her account has to be closed: nobody signed in for thirty days, or a guest's time or sponsor has ended."""
    return bool(_asked("SELECT guard.is_over(%s)", user))


def end_sessions(user: User) -> int:
    """End every session of hers in the table itself; how many there were."""
    return int(_asked("SELECT guard.end_sessions(%s)", user))


def end_account(user: User) -> int:
    """End what a closed account leaves: roles, places, factors, sessions, long work, calendars; how many roles ended."""
    return int(_asked("SELECT guard.end_account(%s)", user))


def sessions_of(user: User) -> list[Session]:
    """Her sessions that go on now, the latest first."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT id, session, family, factor, begun_at, ends_at FROM guard.sessions_of(%s)", [user.pk])
        return [Session(*row) for row in cursor.fetchall()]


def _asked(question: str, user: User) -> Any:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(question, [user.pk])
        return cursor.fetchone()[0]


def end_places(user: User) -> None:
    """End her places on files of wings in which she holds no role any more, expired ones included."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT guard.unseat(%s)", [user.pk])
