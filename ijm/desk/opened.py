"""What one person herself opened: her own events, by her own context, never anybody else's."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

# The application's role cannot read the log, and shall not learn to: this function gives the person whom the signed
# context names her own events and nothing else, so that no mistake in a view can show a colleague's.
MINE = "SELECT id, at, body FROM guard.my_events(%s, %s)"
THEIRS = "SELECT at, file_id, who, act, purpose, relation FROM guard.looks_at_mine(%s, %s)"
MOST = 1000


@dataclass(frozen=True)
class Look:
    """One thing she did today, with the codes it named."""

    at: datetime
    act: str
    kind: str
    codes: tuple[str, ...]
    rows: int
    fields: tuple[str, ...]
    purpose: str
    relation: str


def today() -> datetime:
    """The beginning of this day in the office's own time."""
    return timezone.make_aware(datetime.combine(timezone.localdate(), time.min))


def mine(since: datetime, most: int = MOST) -> list[Look]:
    """Her looks, changes and refusals since then, the newest first; nothing outside a door."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(MINE, [since, most])
        rows = cursor.fetchall()
    return [_look(at, body if isinstance(body, dict) else json.loads(body)) for _id, at, body in rows]


def _look(at: datetime, body: dict[str, Any]) -> Look:
    about, why = body.get("obj", {}), body.get("why", {})
    fields = tuple(name for name in body.get("fields", ()) if name != "list")
    return Look(at, body.get("act", ""), body.get("cat", ""), tuple(about.get("codes", ())), len(about.get("rows", ())),
                fields, why.get("code", ""), why.get("ref", ""))


@dataclass(frozen=True)
class Visit:
    """Somebody else's looks at one of her files today, taken together."""

    file: uuid.UUID
    who: uuid.UUID
    acts: tuple[str, ...]
    purposes: tuple[str, ...]
    relation: str
    number: int
    first: datetime
    last: datetime


def others(since: datetime, most: int = MOST) -> list[Visit]:
    """Who else looked at the files that are hers since then, the latest first; nothing outside a door."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(THEIRS, [since, most])
        rows = cursor.fetchall()
    found: dict[tuple[uuid.UUID, uuid.UUID], list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault((row[1], row[2]), []).append(row)
    return [Visit(file, who, tuple(dict.fromkeys(row[3] for row in mine)), tuple(dict.fromkeys(row[4] or "" for row in mine)),
                  mine[0][5] or "", len(mine), mine[-1][0], mine[0][0]) for (file, who), mine in found.items()]


def codes(looks: list[Look], most: int = 6) -> list[str]:
    """The records she opened one by one, the latest first, each once."""
    single = [look.codes[0] for look in looks if look.kind == "look" and look.rows == 1 and look.codes]
    return list(dict.fromkeys(single))[:most]
