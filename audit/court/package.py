"""What a package holds, put together from what was gathered: no database is asked here."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from audit.court import bag, proofs
from audit.log import tree
from audit.log.store import Held
from audit.log.tree import Read

FORMAT = "ijm-court-package/1"
EACH = 200  # up to so many events have a proof each, more of them share one
VERIFIER = Path(__file__).with_name("verify_package.py")
Line = dict[str, Any]


class Log(Protocol):
    """What proves the place of an event."""

    @property
    def read(self) -> Read:
        """How whole subtrees are read."""

    def inclusion(self, idx: int, size: int) -> list[bytes]:
        """The proof of one leaf."""

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the smaller tree is the beginning of the larger."""


@dataclass(frozen=True)
class Logged:
    """An event at its place in the log; one that names other files too is told of by its hash alone."""

    idx: int
    event: int
    at: datetime
    body: bytes
    is_withheld: bool = False

    @property
    def line(self) -> Line:
        """What is told of its place."""
        told: Line = {"idx": self.idx, "event": self.event, "at": self.at.isoformat(), "leaf": tree.leaf(self.body).hex()}
        return told | {"withheld": True} if self.is_withheld else told

    @property
    def frame(self) -> bytes:
        """Its bytes with their length in two bytes before them; nothing of an event that is withheld."""
        body = b"" if self.is_withheld else self.body
        return len(body).to_bytes(2, "big") + body


@dataclass
class Content:
    """Everything that goes into one package."""

    about: dict[str, Any]  # whose package it is and what was asked: codes and days
    origin: str
    key: str  # the log's public key, as a line
    events: list[Logged]
    checkpoints: list[Held]
    history: dict[str, list[Line]] | None = None
    openings: list[Line] = field(default_factory=list)
    files: list[Line] = field(default_factory=list)
    has_content: bool = False

    @property
    def withheld(self) -> int:
        """How many events are told of by their hash alone."""
        return sum(event.is_withheld for event in self.events)


def payload(content: Content, log: Log) -> bag.Files:
    """The files below data/."""
    made = _lines(content) | _checkpoints(content.checkpoints, log) | _proofs(content, log)
    made["events.bin"] = b"".join(event.frame for event in content.events)
    made["keys/log.vkey"] = (content.key + "\n").encode()
    made["package.json"] = _json(content.about | _said(content, made))
    return made


def _said(content: Content, made: Mapping[str, bytes]) -> Line:
    """What the package says of itself: a part that is missing is missed."""
    lines = {f"data/{name}": held.count(b"\n") for name, held in sorted(made.items()) if name.endswith(".jsonl")}
    return {"format": FORMAT, "origin": content.origin, "events": len(content.events), "withheld": content.withheld,
            "history": content.history is not None, "content": content.has_content, "files": len(content.files), "lines": lines,
            "checkpoints": [held.size for held in content.checkpoints],
            "stamps": [held.size for held in content.checkpoints if held.stamp]}


def _lines(content: Content) -> bag.Files:
    parts = {"events": [event.line for event in content.events], "openings": content.openings, "files": content.files,
             **{f"history/{table}": rows for table, rows in (content.history or {}).items()}}
    return {f"{name}.jsonl": b"".join(map(_json, rows)) for name, rows in parts.items() if rows or name == "events"}


def _json(held: Any) -> bytes:
    return (json.dumps(held, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _checkpoints(held: Iterable[Held], log: Log) -> bag.Files:
    ordered = list(held)
    made = {f"checkpoints/{one.size}.note": one.note.encode() for one in ordered}
    made |= {f"tst/{one.size}.tsr": one.stamp for one in ordered if one.stamp}
    steps = [{"old": old.size, "new": new.size, "path": [proofs.coded(one) for one in log.consistency(old.size, new.size)]}
             for old, new in pairwise(ordered)]
    return made | {"proofs/consistency.json": _json(steps)}


def _proofs(content: Content, log: Log) -> bag.Files:
    newest, places = content.checkpoints[-1], [event.idx for event in content.events]
    if not places:
        return {}
    if len(places) <= EACH:
        return {f"proofs/{place}.tlog-proof": proofs.tlog_proof(place, log.inclusion(place, newest.size), newest.note)
                for place in places}
    hashes = [proofs.coded(one) for one in proofs.shared(places, newest.size, log.read)]
    return {"proofs/shared.json": _json({"size": newest.size, "hashes": hashes})}


def needed(held: Iterable[Held], places: Iterable[int]) -> list[Held]:
    """The newest checkpoint, and of those with a time of somebody else's the last before and the first after each event."""
    ordered = sorted(held, key=lambda one: one.size)
    timed = [one for one in ordered if one.stamp or one.note.count("\n— ") > 1]
    sizes, chosen = [one.size for one in timed], {ordered[-1].size: ordered[-1]}
    for place in places:
        after = bisect_right(sizes, place)
        chosen |= {one.size: one for one in timed[max(0, after - 1):after + 1]}
    return [chosen[size] for size in sorted(chosen) if size]


def archive(code: str, held: Mapping[str, bytes], certificates: Mapping[str, bytes], info: Mapping[str, str]) -> bytes:
    """The package as one ZIP archive, the program that checks it among the rest."""
    tags = {**certificates, VERIFIER.name: VERIFIER.read_bytes()}
    return bag.zipped(code, bag.bagged(held, tags, info))
