"""The sequencer: gives every event its place in the log, in an order that no late commit can change.

Numbers of rows are no order: a row with a lower number may be committed later. Events are taken in the order of epoch,
transaction and number, and only below the oldest transaction that still runs, for nothing can be committed there any more.
What is taken is written in one transaction; the tables decide where to go on, and no state is kept in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections, transaction

from audit.log import tiles
from audit.log.store import AUDITOR, Store

LOG = "log"
LOCK = 0x1A06  # advisory: one sequencer at a time, whoever it is
STALLED = 60.0  # seconds that committed events may wait for a transaction that does not end
ROUNDS = 10_000

PLACE = """
SELECT g.epoch, coalesce(g.opened < pg_snapshot_xmin(pg_current_snapshot()), false), coalesce(l.idx + 1, 0), e.epoch,
       e.xid::text, e.id
FROM guard.epoch g LEFT JOIN (SELECT idx, event_id FROM audit_leaf ORDER BY idx DESC LIMIT 1) l ON true
LEFT JOIN audit_event e ON e.id = l.event_id
"""
# what an earlier epoch left: all of it is committed, or never will be
LEFT = r"""
SELECT a.id, sha256('\x00'::bytea || a.body) FROM audit_event a
WHERE a.epoch < %s AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = a.id)
ORDER BY a.epoch, a.xid, a.id LIMIT %s
"""
NEXT = r"""
SELECT a.id, sha256('\x00'::bytea || a.body) FROM audit_event a
WHERE (a.epoch, a.xid, a.id) > (%s, %s::text::xid8, %s) AND a.epoch = %s AND a.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY a.epoch, a.xid, a.id LIMIT %s
"""
ADD = "INSERT INTO audit_leaf (idx, event_id) SELECT %s + o - 1, id FROM unnest(%s::bigint[]) WITH ORDINALITY AS e (id, o)"
GROW = """
INSERT INTO audit_tile (level, n, bytes) SELECT * FROM unnest(%s::int[], %s::bigint[], %s::bytea[]) t (level, n, bytes)
ORDER BY level, n ON CONFLICT (level, n) DO UPDATE SET bytes = EXCLUDED.bytes
"""
HORIZON = """
WITH last AS MATERIALIZED (
  SELECT l.idx + 1 AS size, p.epoch, p.xid, p.id FROM audit_leaf l JOIN audit_event p ON p.id = l.event_id
  ORDER BY l.idx DESC LIMIT 1),
beyond AS (
  SELECT e.at, e.epoch = g.epoch AND e.xid >= pg_snapshot_xmin(pg_current_snapshot()) AS held FROM guard.epoch g, audit_event e
  WHERE (e.epoch, e.xid, e.id) > (coalesce((SELECT epoch FROM last), 0), coalesce((SELECT xid FROM last), '0'::xid8),
                                  coalesce((SELECT id FROM last), 0)))
SELECT coalesce((SELECT size FROM last), 0), count(*), clock_timestamp(), min(at), min(at) FILTER (WHERE held) FROM beyond
"""


class LogBroken(Exception):
    """The log does not go on: the sentence says why, and names no record."""


@dataclass(frozen=True)
class Horizon:
    """How far the log has come: `size` places, events that wait, and for how many seconds the oldest of them does."""

    size: int
    waiting: int
    at: datetime
    seconds: float
    held: float

    @property
    def is_stalled(self) -> bool:
        """Whether a transaction that does not end holds back events that were committed a minute ago."""
        return self.held > STALLED

    @property
    def is_late(self) -> bool:
        """Whether events wait that nothing holds back: then the sequencer does not run."""
        return self.seconds > STALLED and not self.is_stalled


def sequence(most: int = 5_000) -> int:
    """Give the next events their places, at most so many, in one transaction; how many they were.

    Nothing where another sequencer is at work, or where all that remains is above the horizon. Raises LogBroken when the
    event in the last place has vanished, and the database's own error when somebody has put a hand in between.
    """
    store = Store(LOG)
    with transaction.atomic(using=LOG), connections[LOG].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        size, due = _due(store, most)
        if due:
            cursor.execute(ADD, [size, [event for event, _hash in due]])
            changed = tiles.grown(size, (bytes(hashed) for _event, hashed in due), store.tile)
            cursor.execute(GROW, [[key[0] for key in changed], [key[1] for key in changed], list(changed.values())])
    return len(due)


def _due(store: Store, most: int) -> tuple[int, list[tuple[Any, ...]]]:
    """The size of the log, and what follows: [(event, leaf hash)]."""
    epoch, is_open, size, *last = store.rows(PLACE)[0]
    if size and last[0] is None:
        raise LogBroken(f"The event in place {size - 1} of the log has vanished.")
    if last[0] == epoch:
        return size, store.rows(NEXT, [*last, epoch, most])
    left = store.rows(LEFT, [epoch, most])
    if left or not is_open:
        return size, left
    return size, store.rows(NEXT, [epoch, "0", 0, epoch, most])


def index() -> int:
    """Index the persons and codes of what is surely committed, as the auditor's question would; how many events."""
    with connections[LOG].cursor() as cursor:
        cursor.execute("SELECT guard.index_subjects()")
        return int(cursor.fetchone()[0])


def catch_up(most: int = 5_000) -> int:
    """Sequence and index until nothing is left that may be taken; how many new places."""
    total = 0
    for _round in range(ROUNDS):
        new = sequence(most)
        total += new
        if not new:
            break
    while index():
        pass
    return total


def horizon(alias: str = AUDITOR) -> Horizon:
    """How far the log has come at this moment, as the auditor's login sees it."""
    size, waiting, now, oldest, held = Store(alias).rows(HORIZON)[0]
    return Horizon(size, waiting, now, _age(now, oldest), _age(now, held))


def _age(now: datetime, since: datetime | None) -> float:
    return (now - since).total_seconds() if since else 0.0


__all__ = ("LOG", "Horizon", "LogBroken", "catch_up", "horizon", "index", "sequence")
