"""Sealed lists of names, 256 persons each: opened whole and searched in memory, so that the database learns nothing.

A line is one name: the person, the name in plain small letters with its words sorted, its bones (`skeletons`), the row it
stands in. A segment is derived data: it can be made anew from the register, so it is in no backup and outlives no shredding.
All segments of one epoch share one key, which goes with the epoch.
Method: fuzzy comparison by RapidFuzz's ratio over sorted words and over bones; the better of both counts, and a name of which
both agree counts more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ijm.vault import epochs, keyring
from ijm.vault.boxes import Box
from ijm.vault.skeletons import bones, plain, skeleton

PERSONS, BUCKET = 256, 4096
LABEL, HOUSE = "vault.segment.v1", uuid.UUID(int=0)
ACROSS = 0.8  # what sounds count alone, where one is written in Khmer script and the other in Latin letters
PARTIAL = 0.95  # what a name counts of which only some words were asked, against one that was asked whole
NEAR, MOST = 62, 150  # out of 100; names that are looked at more closely
CLEAR = 70  # of 200 people's names spelled otherwise 0.985 are found, with 1.7 people shown a question


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


@dataclass(frozen=True)
class Match:
    """A person whose name is near what was asked, 0 to 100."""

    person: uuid.UUID
    score: float


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


class Names:
    """All names that are searched together, column by column, as the comparison wants them."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = list(lines)
        self.words = [line.words for line in self.lines]
        self.bones = [line.bones for line in self.lines]
        self.joined = [line.joined for line in self.lines]

    def among(self, persons: Set[uuid.UUID]) -> Names:
        """The names of these persons only."""
        return Names(line for line in self.lines if line.person in persons)

    def partly(self, name: str, *, limit: int = 20) -> list[Match]:
        """As `nearest`, and also those of whose names only some words were asked, such as the given name alone.

        For the names of few people: each is compared with all of what was asked.
        """
        best = {match.person: match.score for match in self.nearest(name, limit=limit)}
        asked = Line.of(HOUSE, name)
        for line in self.lines if asked.words else ():
            best[line.person] = max(best.get(line.person, 0.0), _part(asked, line))
        return _ranked({person: score for person, score in best.items() if score >= CLEAR}, limit)

    def nearest(self, name: str, *, limit: int = 20) -> list[Match]:
        """The persons whose names are nearest to this one, best first; empty for a name without a sound we know."""
        asked = Line.of(HOUSE, name)
        if not asked.words:
            return []
        turned = bones(" ".join(reversed(plain(name).split())))
        near = {*_near(asked.words, self.words), *_near(asked.bones, self.bones), *_near(asked.joined, self.joined)}
        if turned != asked.joined:
            near.update(_near(turned, self.joined))
        best: dict[uuid.UUID, float] = {}
        for line in (self.lines[row] for row in near):
            best[line.person] = max(_score(asked, turned, line), best.get(line.person, 0.0))
        return _ranked(best, limit)


def _ranked(best: Mapping[uuid.UUID, float], limit: int) -> list[Match]:
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0].hex))
    return [Match(person, round(score, 1)) for person, score in ranked[:limit]]


def _part(asked: Line, line: Line) -> float:
    """How near the words are that both have, whatever else the name holds."""
    sounds = fuzz.token_set_ratio(asked.bones, line.bones)
    if _is_khmer(asked.words) != _is_khmer(line.words):
        return PARTIAL * ACROSS * sounds
    return PARTIAL * 0.5 * (fuzz.token_set_ratio(asked.words, line.words) + sounds)


def _is_khmer(words: str) -> bool:
    return max(words, default="") >= "\u1780"


def _near(asked: str, choices: Sequence[str]) -> list[int]:
    found = process.extract(asked, choices, scorer=fuzz.ratio, score_cutoff=NEAR, limit=MOST) if asked else []
    return [row for _choice, _score, row in found]


def _score(asked: Line, turned: str, line: Line) -> float:
    """Half the letters, half the sounds: by words in any order, or run together where words were parted otherwise."""
    sounds = max(fuzz.ratio(asked.bones, line.bones), fuzz.ratio(asked.joined, line.joined), fuzz.ratio(turned, line.joined))
    if _is_khmer(asked.words) != _is_khmer(line.words):
        return ACROSS * sounds
    letters = max(fuzz.ratio(asked.words, line.words), fuzz.ratio(asked.words.replace(" ", ""), line.words.replace(" ", "")))
    return 0.5 * sounds + 0.5 * letters


__all__ = ("PERSONS", "Line", "Match", "Names", "seal", "unseal")
