"""Sealed lists of names, 256 persons each: opened whole and searched in memory, so that the database learns nothing.

A line is one name: the person, the name in plain small letters with its words sorted, its bones (`skeletons`), the row it
stands in. A segment is derived data: it can be made anew from the register, so it is in no backup and outlives no shredding.
All segments of one epoch share one key, which goes with the epoch. How they are searched: `likeness`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from ijm.vault import epochs, keyring
from ijm.vault.boxes import Box
from ijm.vault.skeletons import bones, plain, skeleton

PERSONS, BUCKET = 256, 4096
LABEL, HOUSE = "vault.segment.v1", uuid.UUID(int=0)


@dataclass(frozen=True)
class Line:
    """One name of one person as it is searched: words and bones sorted, and the bones of it all run together."""

    person: uuid.UUID
    words: str
    bones: str
    joined: str
    row: uuid.UUID = HOUSE

    @classmethod
    def of(cls, person: uuid.UUID, name: str, row: uuid.UUID = HOUSE) -> Line:
        """The line of a name as it was written, in any script; `row` is where it stands in the register."""
        spoken = plain(name)
        return cls(person, " ".join(sorted(spoken.split())), skeleton(spoken), bones(spoken), row)


def seal(segment: uuid.UUID, rev: int, lines: Iterable[Line], *, epoch: int = 0) -> tuple[bytes, int]:
    """The sealed list and the number of its key; its length tells neither names nor, within a bucket, how many."""
    body = "".join("\t".join((line.person.hex, line.row.hex, line.words, line.bones, line.joined)) + "\n"
                   for line in lines).encode()
    return _box(segment, rev, epoch).seal(body + b"\0" * (-len(body) % BUCKET))


def unseal(segment: uuid.UUID, rev: int, stored: bytes, *, epoch: int = 0) -> list[Line]:
    """The names of a list; raises VaultError when it is not whole or not of this revision and epoch."""
    rows = _box(segment, rev, epoch).open(stored).rstrip(b"\0").decode().splitlines()
    parts = (row.split("\t") for row in rows)
    return [Line(uuid.UUID(hex=person), words, skeletons, joined, uuid.UUID(hex=row))
            for person, row, words, skeletons, joined in parts]


def _box(segment: uuid.UUID, rev: int, epoch: int) -> Box:
    return Box(LABEL, keyring.SEARCH, epochs.lists(epoch), segment, rev)


__all__ = ("PERSONS", "Line", "seal", "unseal")
