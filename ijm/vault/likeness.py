"""Which names are near one that is asked: twenty thousand are sifted by the pairs of letters they share, few are compared.

A name is held as text: its words and its bones (`skeletons`). Every pair of neighbouring letters that was ever asked for has
one byte a name, 1 where the name holds it, all in one long number; the sum of those numbers is how many pairs each name shares.
Those that share most are compared closely, so that what is asked costs no step of Python for each name of the register.
Method: q-gram counting as a filter (Ukkonen 1992), q = 2, then RapidFuzz's ratio over sorted words and over bones; the better of
both counts, and a name of which both agree counts more. All of this lies in memory only, and goes with the opened list.
"""

from __future__ import annotations

import re
import uuid
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain, islice, pairwise, repeat
from operator import contains

from rapidfuzz import fuzz

from ijm.vault.segments import HOUSE, Line
from ijm.vault.skeletons import bones, plain

ACROSS = 0.8  # what sounds count alone, where one is written in Khmer script and the other in Latin letters
PARTIAL = 0.95  # what a name counts of which only some words were asked, against one that was asked whole
NEAR = 62  # out of 100
WHOLE, PART = (100, 300), (500, 1500)  # how few and how many names of each script are compared; a part shares fewer pairs
CLEAR = 70  # of 200 people's names spelled otherwise 0.985 are found, with 1.7 people shown a question
PAIRS, COUNTED = 1024, 126  # pairs that are held for a list, and that are counted of one question: a byte holds no more


@dataclass(frozen=True)
class Match:
    """A person whose name is near what was asked, 0 to 100."""

    person: uuid.UUID
    score: float


class Listed:
    """The names of one opened list, column by column as the comparison wants them, and which of them hold which pairs."""

    def __init__(self, lines: Iterable[Line]) -> None:
        held = list(lines)
        self.persons = [line.person.bytes for line in held]
        self.words = [line.words for line in held]
        self.run = [words.replace(" ", "") for words in self.words]
        self.bones = [line.bones for line in held]
        self.joined = [line.joined for line in held]
        self.khmer = bytes(map(_is_khmer, self.words))
        self.pairs = _Pairs([f"{_spaced(line)}{_marked(line)}" for line in held])


class _Pairs(dict[str, bytes]):
    """For a pair of letters one byte a name, 1 where it holds the pair; made when the pair is first asked for."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self.texts = texts

    def __missing__(self, pair: str) -> bytes:
        if len(self) >= PAIRS:
            self.clear()
        found = self[pair] = bytes(map(contains, self.texts, repeat(pair)))
        return found


class _Asked:
    """A name that is asked for, as the names of the register are held, and with its words turned round."""

    def __init__(self, name: str) -> None:
        self.line = Line.of(HOUSE, name)
        self.run = self.line.words.replace(" ", "")
        self.turned = bones(" ".join(reversed(plain(name).split())))
        self.is_khmer = _is_khmer(self.line.words)
        self.sounds, self.letters = _pairs(_marked(self.line)), _pairs(_spaced(self.line))


class Names:
    """All names that are searched together: the lists one after the other, each a column of rows."""

    def __init__(self, lists: Iterable[Listed] = ()) -> None:
        self.lists = list(lists)
        self.persons = list(chain.from_iterable(one.persons for one in self.lists))
        self.words = list(chain.from_iterable(one.words for one in self.lists))
        self.run = list(chain.from_iterable(one.run for one in self.lists))
        self.bones = list(chain.from_iterable(one.bones for one in self.lists))
        self.joined = list(chain.from_iterable(one.joined for one in self.lists))
        self.ones = int.from_bytes(b"\1" * len(self.persons))
        self.all = 255 * self.ones
        self.khmer = _mask(b"".join(one.khmer for one in self.lists))

    def nearest(self, name: str, *, but: Set[uuid.UUID] = frozenset(), limit: int = 20) -> list[Match]:
        """The persons whose names are nearest to this one, best first; empty for a name without a sound we know.

        Of the persons in `but` none.
        """
        return self._found(_Asked(name), self.all ^ self._rows_of(but), self._scores, WHOLE, limit)

    def partly(self, name: str, *, among: Set[uuid.UUID], limit: int = 20) -> list[Match]:
        """As `nearest`, of these persons only, and also those of whose names only some words were asked, such as the given
        name alone; nobody whose name is not clearly near.
        """
        found = self._found(_Asked(name), self._rows_of(among), self._parts, PART, limit)
        return [match for match in found if match.score >= CLEAR]

    def _rows_of(self, persons: Set[uuid.UUID]) -> int:
        if not persons:
            return 0
        wanted = {person.bytes for person in persons}
        return _mask(bytes(map(wanted.__contains__, self.persons)))

    def _found(self, asked: _Asked, among: int, scores: Callable[[_Asked, list[int], bool], Iterable[float]],
               compared: tuple[int, int], limit: int) -> list[Match]:
        found: list[tuple[float, bytes]] = []
        for rows, is_across in self._shortlists(asked, among, compared) if asked.line.words else ():
            scored = zip(scores(asked, rows, is_across), rows, strict=True)
            found += [(-score, self.persons[row]) for score, row in scored if score]
        return _ranked(found, limit)

    def _shortlists(self, asked: _Asked, among: int, compared: tuple[int, int]) -> Iterator[tuple[list[int], bool]]:
        """The rows that share most with what was asked: those of its own script, and those of the other by sounds alone."""
        other = self.khmer ^ (self.all if asked.is_khmer else 0)
        sounds, letters = self._shared(asked.sounds), self._shared(asked.letters)
        pairs = len(asked.sounds) + len(asked.letters)
        yield self._most((sounds + letters) & among & (self.all ^ other), pairs, *compared), False
        yield self._most(sounds & among & other, len(asked.sounds), *compared), True

    def _shared(self, pairs: Iterable[str]) -> int:
        """How many of these pairs each row holds, a byte a row."""
        return sum(int.from_bytes(b"".join([one.pairs[pair] for one in self.lists]), "little") for pair in pairs)

    def _most(self, counts: int, at_most: int, fewest: int, most: int) -> list[int]:
        """The rows that share most pairs, `most` or fewer; more only where else they would be fewer than `fewest`."""

        def sharing(least: int) -> int:
            """The highest bit of each row's byte, where the row shares so many pairs."""
            return (counts + (128 - least) * self.ones) & (128 * self.ones)

        least = bisect_left(range(at_most), -most, key=lambda below: -sharing(below + 1).bit_count()) + 1
        found = sharing(least)
        if least > 1 and found.bit_count() < fewest:
            found = sharing(least - 1)
        return [at.start() for at in re.finditer(b"\x80", found.to_bytes(len(self.persons), "little"))]

    def _scores(self, asked: _Asked, rows: list[int], is_across: bool) -> list[float]:
        """Half the letters, half the sounds: by words in any order, or run together where words were parted otherwise."""
        sounds = map(max, _ratios(asked.line.bones, self.bones, rows), _ratios(asked.line.joined, self.joined, rows),
                     _ratios(asked.turned, self.joined, rows))
        if is_across:
            return [ACROSS * sound if sound >= NEAR else 0.0 for sound in sounds]
        letters = map(max, _ratios(asked.line.words, self.words, rows), _ratios(asked.run, self.run, rows))
        return [0.5 * (sound + letter) if max(sound, letter) >= NEAR else 0.0
                for sound, letter in zip(sounds, letters, strict=True)]

    def _parts(self, asked: _Asked, rows: list[int], is_across: bool) -> Iterator[float]:
        """How near the words are that both have, whatever else the name holds; or the whole names, where those are nearer."""
        sounds = (fuzz.token_set_ratio(asked.line.bones, self.bones[row]) for row in rows)
        if is_across:
            parts = (PARTIAL * ACROSS * sound for sound in sounds)
        else:
            parts = (PARTIAL * 0.5 * (fuzz.token_set_ratio(asked.line.words, self.words[row]) + sound)
                     for row, sound in zip(rows, sounds, strict=True))
        return map(max, self._scores(asked, rows, is_across), parts)


def _ratios(asked: str, column: Sequence[str], rows: Iterable[int]) -> Iterator[float]:
    return map(fuzz.ratio, repeat(asked), [column[row] for row in rows])


def _ranked(found: list[tuple[float, bytes]], limit: int) -> list[Match]:
    """Each person once, by the nearest of her names."""
    best: dict[bytes, float] = {}
    for score, person in sorted(found):
        if len(best) == limit:
            break
        best.setdefault(person, score)
    return [Match(uuid.UUID(bytes=person), round(-score, 1)) for person, score in best.items()]


def _mask(rows: bytes) -> int:
    """All bits of a byte set for each row that has a 1."""
    return 255 * int.from_bytes(rows, "little")


def _spaced(line: Line) -> str:
    return f" {line.words} "  # so that the first and the last letter of a word make a pair, too


def _marked(line: Line) -> str:
    return f"^{line.joined}$"


def _pairs(text: str) -> list[str]:
    """The pairs of neighbouring letters in a text, each once; of a very long one not all."""
    return list(islice(dict.fromkeys(map("".join, pairwise(text))), COUNTED // 2))


def _is_khmer(words: str) -> bool:
    return max(words, default="") >= "\u1780"


__all__ = ("Listed", "Match", "Names")
