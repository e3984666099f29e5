"""What the database says across all files of a person: whom a code means, what stands against forgetting her."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from ijm.accounts.models import Office
from ijm.erasures.models import Erasure
from ijm.ids import normalise_code
from ijm.vault.shredding import Scope


@dataclass(frozen=True)
class Meant:
    """A person and the file by which somebody came to her, in ids."""

    person_id: uuid.UUID
    file_id: uuid.UUID
    office_id: uuid.UUID
    kind: str
    code: str


@dataclass(frozen=True)
class Obstacle:
    """A hold by its number, or open files: of which wing and office only where the asker may know it."""

    code: str | None
    reason: str | None
    until_on: date | None
    kind: str | None
    office: Office | None
    number: int


def by_code(text: str) -> Meant | None:
    """Whom a code means, for who works on that file or guards the rights of its office's people; else nobody."""
    rows = _rows("SELECT * FROM guard.meant_for_erasure(%s)", normalise_code(text) or "")
    return Meant(*rows[0]) if rows else None


def obstacles(erasure: Erasure) -> list[Obstacle]:
    """Everything that stands against this erasure today, holds first."""
    rows = _rows("SELECT code, reason, until_on, kind, office_id, number FROM guard.holds_on(%s)"
                 " ORDER BY code NULLS LAST, kind DESC", erasure.pk)
    offices = Office.objects.in_bulk({row[4] for row in rows if row[4]})
    return [Obstacle(code, reason, until, kind, offices.get(office), number)
            for code, reason, until, kind, office, number in rows]


def numbers(found: list[Obstacle]) -> str:
    """The numbers of the holds among them."""
    return ", ".join(one.code for one in found if one.code)


def keys_of(erasure: Erasure) -> list[Scope]:
    """Whose keys end with her: her own, and those of her own files and of what is kept on them."""
    return [(kind, scope) for kind, scope in _rows("SELECT kind, id FROM guard.erasure_keys(%s) ORDER BY 1, 2", erasure.pk)]


def hold_still(erasure: Erasure) -> None:
    """Until this transaction ends no hold is placed on her: it comes before, or after."""
    _rows("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", str(erasure.person_id))


def drop_drafts(erasure: Erasure) -> int:
    """Throw away what colleagues typed into forms about her and have not sent; says how many forms."""
    return int(_rows("SELECT guard.drop_drafts(%s)", erasure.pk)[0][0])


def _rows(sql: str, *params: Any) -> list[Any]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
