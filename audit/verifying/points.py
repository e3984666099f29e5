"""Signed moments of the log: the checkpoints that the database keeps, and those that the witness file remembers."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from audit.log import notes, stamps, witness
from audit.log.notes import WITNESSED, Checkpoint, NoteError, Verifier
from audit.log.stamps import NoStamp
from audit.log.store import Held, Store
from audit.verifying.report import Report

PORTION = 1_000
END = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
KEPT = "SELECT size, root, note, at, stamp FROM audit_checkpoint WHERE size > %s ORDER BY size LIMIT %s"


@dataclass(frozen=True)
class Point:
    """A size of the log with the root that was signed for it; `until`: when somebody outside knew it at the latest."""

    size: int
    root: bytes
    source: str  # "signature" of the database's own, "witness"
    at: float = 0.0  # seconds since 1970; the database's clock
    until: float | None = None


@dataclass
class Points:
    """Where signed moments come from, and who is known: the log's keys, witnesses, roots of time authorities."""

    store: Store
    keys: Sequence[Verifier]
    report: Report
    witnesses: Sequence[Verifier] = ()
    file: Path | None = None

    def __post_init__(self) -> None:
        self.roots = stamps.roots()

    def beyond(self, size: int) -> Iterator[Point]:
        """Every signed moment of a larger log, by size, without holding them all."""
        return heapq.merge(self._kept(size), (one for one in self._witnessed() if one.size > size), key=lambda one: one.size)

    def _kept(self, size: int) -> Iterator[Point]:
        while rows := self.store.rows(KEPT, [size, PORTION]):
            for size, root, note, at, stamp in rows:
                yield self._checked(size, bytes(root), note, at, None if stamp is None else bytes(stamp))

    def check(self, held: Held) -> Point:
        """One checkpoint as it is kept."""
        return self._checked(held.size, held.root, held.note, held.at, held.stamp)

    def _checked(self, size: int, root: bytes, note: str, at: datetime, stamp: bytes | None) -> Point:
        """One checkpoint: its signature, that note and columns say the same, signatures of witnesses, its time stamp."""
        self.report.looked["checkpoints"] += 1
        times = list[float]()
        try:
            text, signed = notes.opened(note, [*self.keys, *self.witnesses])
            said = Checkpoint.read(text)
            if not any(key in signed and key.name == said.origin for key in self.keys):
                raise NoteError("the log's own key has not signed it")
            if (said.size, said.root) != (size, root):
                raise NoteError("its note says something else")
            seen = notes.lines_of(note, [one for one in signed if one.kind == WITNESSED])
            times = [float(notes.seen_at(signature)) for _line, signature in seen.values()]
            self.report.looked["signatures of witnesses"] += len(times)
        except NoteError as error:
            self.report.trouble("checkpoint", "signature", f"The checkpoint of {size} events: {error}.", place=size)
        if stamp is not None and (stamped := self._stamped(size, note, stamp)) is not None:
            times.append(stamped)
        return Point(size, root, "signature", at.timestamp(), min(times, default=None))

    def _stamped(self, size: int, note: str, stamp: bytes) -> float | None:
        if not self.roots:
            self.report.looked["time stamps without a known root"] += 1
            return None
        self.report.looked["time stamps"] += 1
        try:
            return stamps.stamped_at(stamp, stamps.text_of(note), self.roots).timestamp()
        except NoStamp as error:
            self.report.trouble("stamp", "stamp", f"The checkpoint of {size} events: {error}.", place=size)
            return None

    def _witnessed(self) -> Iterator[Point]:
        """What the witness file remembers; an entry that nobody known signed is told and passed over."""
        if self.file is None or not self.file.is_file():
            return
        for text in _portions(self.file):
            found = witness.ENTRY.fullmatch(text)
            if found is None:
                self.report.unchecked.append("the end of the witness file is half written")
                continue
            self.report.looked["entries of the witness file"] += 1
            for key in self.keys:
                try:
                    said = witness.read(found.group(3), key)
                except witness.Damaged:
                    continue
                yield Point(said.size, said.root, "witness", until=self._seen(found.group(3)))
                break
            else:
                self.report.trouble("witness-file", "witness", "An entry of the witness file is not signed by the log's key.")


    def last_witnessed(self) -> Point | None:
        """The largest log that the witness file knows; None where there is no such file or nothing signed in it."""
        return max(self._witnessed(), key=lambda one: one.size, default=None)

    def _seen(self, note: str) -> float | None:
        """When the first known witness signed it; a signature that does not fit counts for nothing here."""
        try:
            signed = notes.opened(note, self.witnesses)[1]
        except NoteError:
            return None
        return min(float(notes.seen_at(signature)) for _line, signature in notes.lines_of(note, signed).values())


def _portions(path: Path) -> Iterator[str]:
    """The text of each entry."""
    held = list[str]()
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("old ") and held:
                yield "".join(held)
                held = []
            held.append(line)
    if held:
        yield "".join(held)


def clock(seconds: float) -> str:
    """A moment in words that every court reads the same; one that no calendar has, as the number it is."""
    if not 0 <= seconds < END:
        return f"{seconds:.0f} seconds after 1970"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


__all__ = ("Point", "Points", "clock")
