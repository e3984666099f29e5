"""Reading the log as the auditor's database role: the one room of this wing that speaks SQL.

That role sees the log, its indexes and who stood on which file; it can read no record and no name of the register.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connections

AUDITOR = "auditor"
ROUNDS = 10_000
Body = dict[str, Any]

# Index and tail in one statement, so in one snapshot: the cursor moves only together with the index, hence an
# event lies either at or below it and is indexed, or above it and is read here one by one.
NAMED = """
WITH beyond AS MATERIALIZED (
  SELECT e.id, guard.readable(e.body) AS b FROM guard.cursor c
  JOIN audit_event e ON (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.id) WHERE c.name = 'subjects'),
wanted AS (
  SELECT event_id AS id, true AS indexed FROM audit_subject WHERE subject = ANY (%(ids)s::uuid[])
  UNION SELECT event_id, true FROM audit_code WHERE code = ANY (%(codes)s::text[])
  UNION SELECT t.id, false FROM beyond t
    WHERE EXISTS (SELECT FROM guard.named_in(t.b) s WHERE s = ANY (%(ids)s::uuid[]))
       OR EXISTS (SELECT FROM guard.codes_in(t.b) s WHERE s = ANY (%(codes)s::text[])))
SELECT e.id, e.at, w.indexed, convert_from(e.body, 'UTF8') FROM wanted w JOIN audit_event e USING (id)
WHERE e.at >= %(since)s AND e.at < %(until)s ORDER BY e.id
"""
DONE_BY = """
WITH beyond AS MATERIALIZED (
  SELECT e.id, guard.readable(e.body) AS b FROM guard.cursor c
  JOIN audit_event e ON (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.id) WHERE c.name = 'subjects'),
wanted AS (
  SELECT event_id AS id, true AS indexed FROM audit_subject WHERE subject = %(user)s::uuid AND actor = %(user)s
  UNION SELECT t.id, false FROM beyond t WHERE t.b #>> '{who,ref}' = %(user)s)
SELECT e.id, e.at, w.indexed, convert_from(e.body, 'UTF8') FROM wanted w JOIN audit_event e USING (id)
WHERE e.at >= %(since)s AND e.at < %(until)s ORDER BY e.id
"""
# The bytes are compared first, since every body of ours is written one way; what is left is read.
OF_KIND = """
SELECT id, at, true, convert_from(body, 'UTF8') FROM audit_event
WHERE at >= %(since)s AND at < %(until)s AND position(convert_to(%(said)s, 'UTF8') IN body) > 0
  AND guard.readable(body) ->> %(key)s = %(value)s ORDER BY id
"""
BETWEEN = "SELECT id, at, true, convert_from(body, 'UTF8') FROM audit_event WHERE at >= %s AND at < %s ORDER BY id"
THESE = "SELECT id, at, true, convert_from(body, 'UTF8') FROM audit_event WHERE id = ANY (%s) ORDER BY id"
# What somebody looked at on each day, in the office's own days, and how much of it outside office hours.
DAYS = """
SELECT b #>> '{who,ref}', max(b #>> '{who,role}'), d.day,
  sum(greatest(1, coalesce(jsonb_array_length(nullif(b #> '{obj,rows}', 'null')), 1))),
  count(*) FILTER (WHERE extract(hour FROM d.here) NOT BETWEEN %(opens)s AND %(closes)s - 1 OR extract(isodow FROM d.here) > 5)
FROM audit_event e, guard.readable(e.body) b, LATERAL (SELECT e.at AT TIME ZONE %(zone)s AS here) h,
  LATERAL (SELECT h.here::date AS day, h.here) d
WHERE e.at >= %(since)s AND e.at < %(until)s AND b ->> 'cat' = 'look' AND b ->> 'act' <> 'audit.asked'
GROUP BY 1, 3
"""
SAMPLE = """
SELECT who, (array_agg(id ORDER BY random()))[1:%(most)s] FROM (
  SELECT e.id, b #>> '{who,ref}' AS who FROM audit_event e, guard.readable(e.body) b
  WHERE e.at >= %(since)s AND e.at < %(until)s AND b ->> 'cat' = 'look' AND b ->> 'act' <> 'audit.asked'
    AND (b #> '{obj,subjects}' IS NOT NULL OR b #> '{obj,file}' IS NOT NULL OR b #> '{obj,files}' IS NOT NULL)) looks
WHERE who IS NOT NULL GROUP BY who
"""
STATE = """
SELECT clock_timestamp(), count(*) FROM audit_event e, guard.cursor c
WHERE c.name = 'subjects' AND (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.id)
"""
BY_KIND = """
SELECT guard.readable(body) ->> 'cat', count(*) FROM audit_event WHERE at >= %s GROUP BY 1
"""
LATEST = """
SELECT id, at, true, convert_from(body, 'UTF8') FROM audit_event
WHERE at >= %s AND guard.readable(body) ->> %s = %s ORDER BY id DESC LIMIT %s
"""


@dataclass(frozen=True)
class Meaning:
    """What a code stands for, in ids only: persons, files, every code of theirs, and the files about them alone."""

    code: str
    persons: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()

    @property
    def ids(self) -> list[str]:
        """The ids by which events name her: her own, and those of files about her alone."""
        return sorted(self.persons | self.whole)


@dataclass(frozen=True)
class Recorded:
    """One event of the log with its body as it was written."""

    id: int
    at: datetime
    indexed: bool
    body: Body


@dataclass(frozen=True)
class Stay:
    """Somebody's time on a file, and where the place came from."""

    user: str
    file: str
    source: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Told:
    """A file as the auditor knows it: its code, and since when it is closed."""

    code: str
    closed: datetime | None


@dataclass(frozen=True)
class Day:
    """How many records somebody looked at on one day, how many of the looks lay outside office hours."""

    user: str
    role: str
    on: date
    looks: int
    odd: int


@dataclass(frozen=True)
class LogState:
    """How far the log is read: the database's clock, and how many events the index has still to take."""

    at: datetime
    beyond: int


def _rows(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    with connections[AUDITOR].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def bring_up_to_date() -> None:
    """Index every event that is surely committed; what is not is read from the tail."""
    for _round in range(ROUNDS):
        if not _rows("SELECT guard.index_subjects()")[0][0]:
            return


def meaning(code: str) -> Meaning:
    """Whom a code means. A code of another kind of record stands for that record alone."""
    rows = _rows("SELECT person_id, file_id, code, file_code, is_whole FROM guard.meant_by(%s)", [code])
    return Meaning(
        code,
        persons=frozenset(str(row[0]) for row in rows if row[0]),
        files=frozenset(str(row[1]) for row in rows),
        whole=frozenset(str(row[1]) for row in rows if row[4]),
        codes=frozenset({code} | {row[2] for row in rows if row[2]} | {row[3] for row in rows if row[4]}),
    )


def events(meant: Meaning, *, since: datetime, until: datetime) -> list[Recorded]:
    """Every event in [since, until) that names these persons, files or codes; complete at the moment of asking."""
    given = {"ids": meant.ids, "codes": sorted(meant.codes), "since": since, "until": until}
    return [_recorded(row) for row in _rows(NAMED, given)]


def done_by(user: str, *, since: datetime, until: datetime) -> list[Recorded]:
    """Everything this colleague did in [since, until); complete at the moment of asking."""
    return [_recorded(row) for row in _rows(DONE_BY, {"user": user, "since": since, "until": until})]


def of_kind(key: str, value: str, *, since: datetime, until: datetime) -> list[Recorded]:
    """Every event in [since, until) whose body says this under this key: its category, or its act."""
    given = {"since": since, "until": until, "key": key, "value": value, "said": f'"{key}":"{value}"'}
    return [_recorded(row) for row in _rows(OF_KIND, given)]


def between(since: datetime, until: datetime) -> list[Recorded]:
    """Every event in [since, until)."""
    return [_recorded(row) for row in _rows(BETWEEN, [since, until])]


def these(numbers: Iterable[int]) -> list[Recorded]:
    """The events of these numbers."""
    return [_recorded(row) for row in _rows(THESE, [list(numbers)])]


def days(*, since: datetime, until: datetime, hours: tuple[int, int], zone: str) -> list[Day]:
    """How much each colleague looked at on each day of the office's own time; `hours` are those of the office."""
    given = {"since": since, "until": until, "opens": hours[0], "closes": hours[1], "zone": zone}
    return [Day(row[0] or "", row[1] or "", row[2], int(row[3]), row[4]) for row in _rows(DAYS, given)]


def sample(most: int, *, since: datetime, until: datetime) -> dict[str, list[int]]:
    """{colleague: numbers of some of her looks of that time, drawn at random by the database}."""
    return {row[0]: list(row[1]) for row in _rows(SAMPLE, {"most": most, "since": since, "until": until})}


def files_told(files: Iterable[str]) -> dict[str, Told]:
    """{file: its code, and since when it is closed}."""
    rows = _rows("SELECT file_id, code, closed_since FROM guard.files_told(%s::uuid[])", [sorted(files)])
    return {str(row[0]): Told(row[1], row[2]) for row in rows}


def homes(persons: Iterable[str]) -> dict[str, set[str]]:
    """{person: the files on which she is known}."""
    found: dict[str, set[str]] = {}
    for person, file in _rows("SELECT person_id, file_id FROM guard.homes(%s::uuid[])", [sorted(persons)]):
        found.setdefault(str(person), set()).add(str(file))
    return found


def standing(files: Iterable[str]) -> list[Stay]:
    """Who stood on these files and when, also those whose place has ended."""
    rows = _rows("SELECT user_id, file_id, source, since, until FROM guard.standing(%s::uuid[])", [sorted(files)])
    return [Stay(str(row[0]), str(row[1]), row[2], row[3], row[4]) for row in rows]


def state() -> LogState:
    """How far the log is read at this moment."""
    return LogState(*_rows(STATE)[0])


def by_kind(since: datetime) -> dict[str, int]:
    """{category: number of events} since a moment; an unreadable body counts under ""."""
    return {row[0] or "": row[1] for row in _rows(BY_KIND, [since])}


def latest(key: str, value: str, *, since: datetime, most: int = 50) -> list[Recorded]:
    """The newest events whose body says this under this key."""
    return [_recorded(row) for row in _rows(LATEST, [since, key, value, most])]


def _recorded(row: tuple[Any, ...]) -> Recorded:
    return Recorded(row[0], row[1], row[2], _body(row[3]))


def _body(text: str) -> Body:
    """The body as a dictionary; one that Python cannot read is shown as an event of nobody rather than left out."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def is_key(text: str) -> bool:
    """Whether a reference in a body is a key of ours; a hostile body may hold anything."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
