"""What a colleague left behind, for those who supervise the files on which she stood."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections

from ijm.accounts.models import User
from ijm.casefiles import policy
from ijm.casefiles.models import CaseAccess, Status
from ijm.notices.models import Subject

MOST = 50


@dataclass(frozen=True)
class Left:
    """A file on which she stood, since when not any more, and why the wing still names her."""

    place: CaseAccess
    until: datetime
    needed: str


@dataclass(frozen=True)
class Undone:
    """One thing that she meant to do: about which record, what, when."""

    file_id: uuid.UUID
    code: str
    path: str
    subject: str
    at: datetime


def files(user: User, person: User) -> list[Left]:
    """The open files of hers, as far as this person stands on them, the newest end first."""
    live = CaseAccess.objects.live().filter(user=person).values("file_id")
    ended = CaseAccess.objects.filter(user=person, file__status=Status.OPEN).exclude(file__in=live)
    newest = ended.order_by("file_id", "-expires_at").distinct("file_id").select_related("file", "user")
    lines = sorted(((one, min(one.expires_at, one.revoked_at or one.expires_at)) for one in newest),
                   key=lambda line: line[1], reverse=True)
    return [Left(one, until, policy.why_needed(user, one)) for one, until in lines[:MOST] if policy.supervises(user, one)]


def reminders(person: User) -> list[Undone]:
    """What she wanted to be told again about, on files that the person in the door supervises; without her notes."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT file_id, about_code, path, subject, at FROM guard.left_reminders(%s) LIMIT %s", [person.pk, MOST])
        return [Undone(key, code, path, str(Subject(subject).label), at) for key, code, path, subject, at in cursor.fetchall()]
