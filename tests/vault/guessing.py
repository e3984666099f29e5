"""The statistics attack: who has the tables and a public list of names, commonest first, matches by rank and says who is who.

Method: Naveed, Kamara and Wright 2015 ("frequency analysis"): the values of a column are put in the order of how often they
occur, and so are the names; the n-th value is said to be the n-th name. No key, no query, nothing but what lies there.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

# Common family names of the country, commonest first, as any telephone book or voters' list gives them.
FAMILIES = ("Sok", "Chea", "Chan", "Kim", "Heng", "Keo", "Long", "Seng", "Lim", "Meas", "Ouk", "Prak", "Nhem", "Tep", "Yim",
            "Sar", "Khiev", "Mao", "Pich", "Ros", "Sam", "Touch", "Ung", "Vann")


def population(size: int, *, seed: int = 7) -> list[str]:
    """Family names as they are spread in a country: the commonest far before the rest (Zipf's law)."""
    return random.Random(seed).choices(FAMILIES, weights=[1 / (rank + 1) for rank in range(len(FAMILIES))], k=size)


@dataclass(frozen=True)
class Guess:
    """How many rows one column let the attacker name rightly, beside what any column would: always say the commonest."""

    column: str
    right: float
    chance: float
    classes: int


def guess(column: str, values: Mapping[Hashable, Hashable], truth: Mapping[Hashable, str]) -> Guess:
    """Rank matching on one column; `values` and `truth` by row. Shares of 1."""
    ranked = [value for value, _count in Counter(values[row] for row in truth).most_common()]
    named = dict(zip(ranked, FAMILIES, strict=False))
    right = sum(named.get(values[row]) == family for row, family in truth.items())
    commonest = Counter(truth.values()).most_common(1)[0][1]
    return Guess(column, right / len(truth), commonest / len(truth), len(ranked))


def views(value: Any) -> Iterable[tuple[str, Hashable]]:
    """What can be read off one stored value: itself, its length, its first and its last bytes."""
    yield "", repr(value)
    if isinstance(value, bytes | memoryview | str):
        raw = value.encode() if isinstance(value, str) else bytes(value)
        yield from ((" length", len(raw)), (" head", raw[:4]), (" tail", raw[-2:]), (" second byte of the text", raw[22:24]))


def columns_of(connection: psycopg.Connection[Any], table: str, key: str) -> dict[str, dict[Hashable, Hashable]]:
    """Every column of a table, and what can be read off it, by the row's person."""
    cursor = connection.execute(f'SELECT *, "{key}" AS whose, ctid::text FROM {table}')
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    found: dict[str, dict[Hashable, Hashable]] = {}
    for row in cursor.fetchall():
        said = dict(zip(names, row, strict=True))
        for name, value in said.items():
            for view, seen in views(value):
                found.setdefault(f"{table}.{name}{view}", {})[said["whose"]] = seen
    return found


def guesses(connection: psycopg.Connection[Any], tables: Mapping[str, str], truth: Mapping[Hashable, str]) -> Sequence[Guess]:
    """The attack on every column of these tables (table -> its column of the person), best guess first."""
    made = []
    for table, key in tables.items():
        for column, values in columns_of(connection, table, key).items():
            known = {row: family for row, family in truth.items() if row in values}
            if len(known) >= len(truth) / 2:
                made.append(guess(column, values, known))
    return sorted(made, key=lambda one: one.right - one.chance, reverse=True)
