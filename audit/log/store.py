"""The log as it is kept: which event stands at which place, the tiles of hashes over it, the checkpoints that were made.

Only reading; who writes is the sequencer with its own login. A store that lives on sees what is added meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connections

from audit.log import tiles, tree
from audit.log.tree import Read, Whole

AUDITOR = "auditor"
PORTION = 5_000  # events that a stream holds in memory
KEPT = 50_000  # hashes of whole subtrees that a store remembers: they never change again

SIZE = "SELECT coalesce(max(idx) + 1, 0) FROM audit_leaf"
TILES = """
SELECT level, n, bytes FROM audit_tile JOIN unnest(%s::int[], %s::bigint[]) AS wanted (level, n) USING (level, n)
"""
RECORDS = """
SELECT l.idx, l.event_id, coalesce(e.body, '') FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id
WHERE l.idx >= %s AND l.idx < %s ORDER BY l.idx
"""
CHECKPOINTS = "SELECT size, root, note, at, stamp FROM audit_checkpoint"


@dataclass(frozen=True)
class Held:
    """A checkpoint as it is kept: its size, root (32 bytes), signed note, when it was made, and its time stamp (DER)."""

    size: int
    root: bytes
    note: str
    at: datetime
    stamp: bytes | None


class Store:
    """The log behind one of the database logins that may read it: `auditor`, or `log` in the log's own process."""

    def __init__(self, alias: str = AUDITOR) -> None:
        self.alias = alias
        self._known: dict[Whole, bytes] = {}

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a question; bytes come as they are, without being spelled out on the way."""
        connection = connections[self.alias]
        connection.ensure_connection()
        with psycopg.Cursor(connection.connection) as cursor:
            return list(cursor.execute(sql, list(params) or None, binary=True).fetchall())

    def size(self) -> int:
        """How many events have their place in the log."""
        return int(self.rows(SIZE)[0][0])

    def tile(self, level: int, n: int) -> bytes:
        """The hashes of a tile, 32 bytes each, as far as it is filled; raises LookupError for one that is not there."""
        return self._tiles([(level, n)])[level, n]

    def _tiles(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        levels, numbers = [level for level, _n in wanted], [n for _level, n in wanted]
        found = {(level, n): bytes(held) for level, n, held in (self.rows(TILES, [levels, numbers]) if wanted else ())}
        for level, n in wanted:
            if (level, n) not in found:
                raise LookupError(f"tile {level}/{n} is not there")
        return found

    @property
    def read(self) -> Read:
        """How whole subtrees are read at this moment: a tile is fetched once by each reader."""
        return tiles.reader(self.tile)

    def _at_once(self, prove: Callable[[Read], list[bytes]]) -> list[bytes]:
        """The same proof with one question to the database: first which tiles it needs, then those tiles."""
        needed: dict[tuple[int, int], None] = {}

        def note(whole: Whole) -> bytes:
            if whole not in self._known:
                level, height = divmod(whole.level, tiles.HEIGHT)
                needed[level, (whole.place << height) // tiles.WIDTH] = None
            return b""

        prove(note)
        held = self._tiles(list(needed))
        fetched = tiles.reader(lambda level, n: held[level, n])

        def read(whole: Whole) -> bytes:
            found = self._known.get(whole)
            if found is None:
                found = fetched(whole)
                if len(self._known) < KEPT:
                    self._known[whole] = found
            return found

        return prove(read)

    def leaf_of(self, event_id: int) -> int | None:
        """The place of an event in the log; None while it waits to be sequenced."""
        rows = self.rows("SELECT idx FROM audit_leaf WHERE event_id = %s", [event_id])
        return int(rows[0][0]) if rows else None

    def records(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int, bytes]]:
        """(place, event, its bytes) in the order of the log from `start` to before `stop`, without holding them all.

        The bytes of an event that has vanished are empty: no event of ours is.
        """
        end = self.size() if stop is None else stop
        for first in range(start, end, PORTION):
            for idx, event_id, body in self.rows(RECORDS, [first, min(first + PORTION, end)]):
                yield idx, event_id, bytes(body)

    def inclusion(self, idx: int, size: int) -> list[bytes]:
        """The proof that this leaf is in the tree of `size` leaves (RFC 9162); raises IndexError beyond it."""
        return self._at_once(lambda read: tree.inclusion(idx, size, read))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `old` leaves is the beginning of that of `new` leaves (RFC 9162)."""
        return self._at_once(lambda read: tree.consistency(old, new, read))

    def root(self, size: int) -> bytes:
        """The root hash (32 bytes) over the first `size` leaves, out of the tiles."""
        return self._at_once(lambda read: [tree.root(size, read)])[0]

    def checkpoints(self, beyond: int = -1) -> list[Held]:
        """Every checkpoint of a log larger than `beyond`, the smallest first."""
        return [_held(row) for row in self.rows(f"{CHECKPOINTS} WHERE size > %s ORDER BY size", [beyond])]

    def latest(self, most: int) -> list[Held]:
        """The largest checkpoints, the largest first."""
        return [_held(row) for row in self.rows(f"{CHECKPOINTS} ORDER BY size DESC LIMIT %s", [most])]

    def epoch(self) -> int:
        """The life of the database: 1 in an office that was never restored."""
        return int(self.rows("SELECT epoch FROM guard.epoch")[0][0])

    def newest(self, *, stamped: bool = False) -> Held | None:
        """The largest checkpoint, or the largest that bears a time stamp; None before the first."""
        which = " WHERE stamp IS NOT NULL" if stamped else ""
        rows = self.rows(f"{CHECKPOINTS}{which} ORDER BY size DESC LIMIT 1")
        return _held(rows[0]) if rows else None


def _held(row: tuple[Any, ...]) -> Held:
    size, root, note, at, stamp = row
    return Held(size, bytes(root), note, at, None if stamp is None else bytes(stamp))


__all__ = ("AUDITOR", "Held", "Store")
