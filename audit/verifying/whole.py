"""The whole log, or what came after a checkpoint, against itself and against everything that was signed about it.

Every leaf is computed from the stored bytes; no hash is believed. In one pass, in memory that does not grow with the log: the
tree, each tile, the root of each checkpoint and of each entry of the witness file, their signatures, and the bounds of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from audit.log import checkpoints, sequencer, tiles
from audit.log.notes import Verifier
from audit.log.store import Held, Store
from audit.log.tiles import HASH, WIDTH
from audit.verifying.points import Point, Points
from audit.verifying.report import Report
from audit.verifying.rising import Rising
from audit.verifying.times import Bounds, moment

PORTION = 2_048  # events that are hashed at once
OUT_OF_BAND = b'{"act":"record.out_of_band"'
WITHOUT_PLACE = """
SELECT e.id FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.id,
  (SELECT p.epoch, p.xid, p.id FROM audit_leaf l JOIN audit_event p ON p.id = l.event_id ORDER BY l.idx DESC LIMIT 1) last
WHERE l.event_id IS NULL AND e.epoch = last.epoch AND (e.epoch, e.xid, e.id) <= (last.epoch, last.xid, last.id)
ORDER BY e.id LIMIT 50
"""
Progress = Callable[[int, int], object]  # (events looked at, events in all)


@dataclass
class Check:
    """One verification: whose keys count, which witness file, whom progress is told."""

    store: Store = field(default_factory=Store)
    keys: Sequence[Verifier] = ()
    witnesses: Sequence[Verifier] = ()
    file: Path | None = None
    progress: Progress = lambda done, total: None
    report: Report = field(default_factory=Report)
    out_of_band: list[int] = field(default_factory=list)  # numbers of events that the database told of changes past the rules
    _next: int = 0

    @classmethod
    def of_office(cls, *, keys: Sequence[Verifier] = (), file: Path | None = None,
                  progress: Progress = lambda done, total: None) -> Check:
        """With the keys and the witness file that lie in this office, unless others are given."""
        own = checkpoints.public()
        return cls(keys=keys or ([own] if own else []), witnesses=checkpoints.known(),
                   file=file or checkpoints.witness_file(), progress=progress)

    def run(self, since: int = 0) -> Report:
        """Verify the log from the last checkpoint that is not larger than `since`; the whole of it without."""
        if not self._can_begin():
            return self.report
        size = self.store.size()
        rising, bounds = self._beginning(since), Bounds(self.report)
        self._next = rising.size
        points = iter(Points(self.store, self.keys, self.report, self.witnesses, self.file).beyond(rising.size))
        point, signed = next(points, None), 0
        for portion in self._portions(rising.size, size):
            while point is not None and point.size < rising.size + len(portion):
                at = max(0, point.size - rising.size)
                self._take(rising, bounds, portion[:at])
                portion = portion[at:]
                self._compare(point, rising, bounds)
                signed, point = point.size, next(points, None)
            self._take(rising, bounds, portion)
            self.progress(rising.size, size)
        while point is not None:
            self._compare(point, rising, bounds)
            signed, point = point.size, next(points, None)
        self._finish(rising, size, signed)
        return self.report

    def _can_begin(self) -> bool:
        if not self.keys:
            self.report.missing.append("the log's public key (log.pub): without it no signature tells anything")
        if self.store.newest() is None:
            self.report.missing.append("a checkpoint: nothing has been signed yet")
        if self.file is None or not self.file.is_file():
            self.report.missing.append("the witness file: without it nobody can tell whether the end of the log was cut off")
        return bool(self.keys)

    def _beginning(self, since: int) -> Rising:
        """The tree at the checkpoint to begin with: its edge comes from the tiles, and its root must be the signed one."""
        held = max((one for one in self._checkpoints_until(since)), key=lambda one: one.size, default=None)
        if held is None:
            return Rising(self._tile)
        last = self._stored(held.size // WIDTH)[:HASH * (held.size % WIDTH)]
        rising = Rising.at(held.size, tiles.reader(self.store.tile), last, self._tile)
        Points(self.store, self.keys, self.report, self.witnesses).check(held)
        if rising.root() != held.root:
            self._wrong_root(held.size, "signature")
        self.report.looked["events taken from the checkpoint"] = held.size
        return rising

    def _checkpoints_until(self, since: int) -> Iterator[Held]:
        rows = self.store.rows("SELECT max(size) FROM audit_checkpoint WHERE size <= %s", [since]) if since else []
        if rows and rows[0][0] is not None:
            yield self.store.checkpoints(beyond=int(rows[0][0]) - 1)[0]

    def _portions(self, start: int, stop: int) -> Iterator[list[tuple[int, int, bytes]]]:
        records = self.store.records(start, stop)
        while portion := list(islice(records, PORTION)):
            yield portion

    def _take(self, rising: Rising, bounds: Bounds, portion: list[tuple[int, int, bytes]]) -> None:
        """These events follow; each in the place that is next."""
        for idx, event, body in portion:
            if idx != self._next:
                self.report.trouble("place", "place", f"Place {self._next} of the log is empty.", place=self._next)
            self._next = idx + 1
            if not body:
                self.report.trouble("vanished", "tree", f"The event in place {idx} has vanished.", place=idx)
            elif body.startswith(OUT_OF_BAND):
                self.out_of_band.append(event)
            at = moment(body)
            if at is not None:
                bounds.see(idx, at)
        rising.add(body for _idx, _event, body in portion)
        self.report.looked["events"] += len(portion)

    def _compare(self, point: Point, rising: Rising, bounds: Bounds) -> None:
        if point.size > rising.size:
            self.report.trouble("shorter", point.source, f"The log has {rising.size} events; {point.size} were signed.",
                                place=point.size)
        elif point.size < rising.size:
            self.report.trouble("order", point.source, f"The checkpoint of {point.size} events stands after a larger one.",
                                place=point.size)
        elif point.root != rising.root():
            self._wrong_root(point.size, point.source)
        bounds.close(point)

    def _wrong_root(self, size: int, source: str) -> None:
        signed = "the witness file says" if source == "witness" else "its checkpoint says"
        self.report.trouble("root", source, f"The first {size} events are not those of which {signed} the root.", place=size)

    def _tile(self, n: int, held: bytes) -> None:
        self.report.looked["tiles"] += 1
        if self._stored(n) != held:
            self.report.trouble("tile", "tree", f"Tile {n} does not hold the hashes of its events.", place=n * WIDTH)

    def _stored(self, n: int) -> bytes:
        try:
            return self.store.tile(0, n)
        except LookupError:
            return b""

    def _finish(self, rising: Rising, size: int, signed: int) -> None:
        """The last tile, the end of the log, events that have no place."""
        if rising.last and self._stored(rising.size // WIDTH)[:len(rising.last)] != rising.last:
            self.report.trouble("tile", "tree", "The last tile does not hold the hashes of its events.", place=size)
        if rising.size > signed:
            self.report.unchecked.append(f"{rising.size - signed} events newer than the last checkpoint: they are signed next")
        for (event,) in self.store.rows(WITHOUT_PLACE):
            self.report.trouble("unplaced", "place", f"The event with the number {event} was passed over.", place=event)
        horizon = sequencer.horizon(self.store.alias)
        if horizon.is_stalled or horizon.is_late:
            self.report.missing.append(f"places for {horizon.waiting} events, the oldest of which waits {horizon.seconds:.0f} s")
        if unknown := self.report.looked.get("time stamps without a known root"):
            self.report.unchecked.append(f"{unknown} time stamps: no root certificate of an authority is named")


__all__ = ("Check",)
