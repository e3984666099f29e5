"""The measures of searching names: twenty thousand invented people, asked for as somebody else would spell them.

Beside trigrams on plain names: pg_trgm where the extension is there, else the same measure of likeness in plain SQL.
"""

from __future__ import annotations

import itertools
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg
from django.db import connections

from ijm.measuring import Measure
from ijm.vault import segments
from ijm.vault.likeness import Listed, Names
from ijm.vault.segments import Line

Search = Callable[[str], set[int]]
PEOPLE, ASKED, BEST = 20_000, 400, 20
FAMILIES = ("Sok Chea Chan Keo Long Heng Mao Tep Sun Kim Meas Prak Yim Ouk Nhem Sar Chhim Ros Sam Ly Lim Ung Vong Pich Som Nou "
            "Khiev Hun Phan Thach Kong Mey Seng Tan Um Var Yin Chhoun Dy Eng Hang Ith Khun Lay Men Neang Oum Phal Rin San "
            "Tith Uch Vann Yos Chum Duong Em Huot Im Kea Leng Mok Nop Pen Sao Sin Tum Vin Yang")
BEGINNINGS = ("So Sam Sre Srey Chan Vi Bo Da Ra Ri Ro Sa Se Si Thi Tha Vu Va Ma Mo Na Ne Ny Ka Kun Li Lak Phal Pi Pov Sok "
              "Sovan Sophea Mony Kosal Dara Vireak Rath")
ENDS = ("phea vann nary tha thy rith chenda mom leak neang ny na pheap kunthea bopha malis dalin roth rany lina sith seth chhay "
        "keo da ra vuth virak samnang chantha phalla noch nida sreymom thida kanha vattey pisey reaksmey sovath sambath")
# How one sound is spelt otherwise by somebody else: the usual romanisations of Khmer, and what people mistype.
SPELT = ("th:t ph:p kh:k chh:ch ch:c v:w w:v ey:ei ei:ey ea:ia oeu:eu ou:u u:ou o:or ar:a r: h: nh:n ng:n y:i i:y nn:n n:nn "
         "eak:eac k:ck t:th p:ph d:t ea:e a:aa e:eh s:ss eo:ev ao:au j:ch b:p")
WITH_EXTENSION = """
SELECT person FROM bench_name WHERE name %% %(asked)s ORDER BY similarity(name, %(asked)s) DESC LIMIT 20"""
IN_SQL = """
SELECT person FROM (SELECT n.person, g.both::real / (n.grams + cardinality(%(grams)s::text[]) - g.both) AS likeness
  FROM (SELECT person, count(*) AS both FROM bench_gram WHERE gram = ANY (%(grams)s) GROUP BY person) g
  JOIN bench_name n USING (person)) l
WHERE likeness >= 0.3 ORDER BY likeness DESC LIMIT 20"""
TABLES = """
DROP TABLE IF EXISTS bench_name, bench_gram;
CREATE TABLE bench_name (person integer PRIMARY KEY, name text NOT NULL, grams integer NOT NULL);
CREATE TABLE bench_gram (person integer NOT NULL, gram text NOT NULL)"""
INDEX = {True: "CREATE INDEX ON bench_name USING gin (name gin_trgm_ops)", False: "CREATE INDEX ON bench_gram (gram, person)"}


@dataclass
class Crowd:
    """Invented people, the same in each run, and how they are asked for."""

    count: int
    say: random.Random = field(default_factory=lambda: random.Random(7))  # nosec B311: invented people
    names: list[str] = field(default_factory=list)
    asked: list[tuple[str, set[int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = [self._name() for _ in range(self.count)]
        same: dict[str, set[int]] = {}
        for person, name in enumerate(self.names):
            same.setdefault(name, set()).add(person)
        for name in self.say.sample(self.names, min(ASKED, self.count)):
            self.asked.append((self._otherwise(name), same[name]))

    def _name(self) -> str:
        given = self.say.choice(BEGINNINGS.split()) + self.say.choice(ENDS.split())
        second = f" {self.say.choice(ENDS.split())}" if self.say.random() < 0.25 else ""
        return f"{self.say.choice(FAMILIES.split())} {given}{second}".lower()

    def _otherwise(self, name: str) -> str:
        """One to three sounds spelt otherwise; one in four turned round, one in five parted otherwise, one in five mistyped."""
        pairs = [pair.split(":") for pair in SPELT.split() if pair.partition(":")[0] in name]
        for was, now in self.say.sample(pairs, min(len(pairs), self.say.randint(1, 3))):
            name = name.replace(was, now, 1)
        if self.say.random() < 0.25:
            name = " ".join(self.say.sample(name.split(), len(name.split())))
        half, at = len(name) // 2 + 1, self.say.randrange(len(name))
        name = self.say.choices((name, name.replace(" ", "", 1), f"{name[:half]} {name[half:]}"), (8, 1, 1))[0]
        letter = self.say.choice(("", name[at:at + 1] * 2, self.say.choice("aeiounkst")))
        return self.say.choices((name, name[:at] + letter + name[at + 1:]), (4, 1))[0]


def grams(name: str) -> list[str]:
    """The trigrams of a name as pg_trgm makes them: two blanks before each word, one behind."""
    padded = [f"  {word} " for word in name.split()]
    return sorted({word[at:at + 3] for word in padded for at in range(len(word) - 2)})


def measures(superuser: str) -> Iterator[Measure]:
    """The measures of searching; loads the plain names for the other way first."""
    crowd = Crowd(PEOPLE)
    with psycopg.connect(superuser, autocommit=True) as connection:
        has_extension = _load(connection, crowd)
    sql, held = WITH_EXTENSION if has_extension else IN_SQL, _from_segments(crowd)
    way = "pg_trgm" if has_extension else "trigrams in plain SQL, as pg_trgm is not installed"

    def ours(asked: str) -> set[int]:
        return {match.person.int for match in held.nearest(asked, limit=BEST)}

    def other(asked: str) -> set[int]:
        with connections["default"].cursor() as cursor:
            cursor.execute(sql, {"asked": asked, "grams": [] if has_extension else grams(asked)})
            return {person for (person,) in cursor.fetchall()}

    first = _milliseconds(crowd, ours, 1)
    yield Measure("name_recall20", f"who is among the first {BEST} of {PEOPLE:,} people, spelt otherwise: "
                  f"{_recall(crowd, ours):.3f} of those asked for, beside {_recall(crowd, other):.3f} by {way}",
                  lambda: _recall(crowd, ours), lambda: _recall(crowd, other), 1.0, at_most=False, counted=True)
    yield Measure("name_latency", f"one search in memory ({_milliseconds(crowd, ours, 20):.1f} ms; "
                  f"the first of a process {first:.1f} ms), beside {way}", _each(crowd, ours), _each(crowd, other), 1.5)


def _load(connection: psycopg.Connection, crowd: Crowd) -> bool:
    """The plain names, and whether the extension serves them."""
    connection.execute("DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; EXCEPTION WHEN OTHERS THEN NULL; END $$")
    has_extension = bool(connection.execute("SELECT FROM pg_extension WHERE extname = 'pg_trgm'").rowcount)
    connection.execute(TABLES)
    split = [grams(name) for name in crowd.names]
    with connection.cursor() as cursor:
        with cursor.copy("COPY bench_name FROM STDIN") as copy:
            for person, name in enumerate(crowd.names):
                copy.write_row((person, name, len(split[person])))
        with cursor.copy("COPY bench_gram FROM STDIN") as copy:
            for person, parts in enumerate(split):
                for part in parts:
                    copy.write_row((person, part))
    connection.execute(INDEX[has_extension].encode())
    connection.execute("ANALYZE bench_name, bench_gram; GRANT SELECT ON bench_name, bench_gram TO ijm_app")
    return has_extension


def _from_segments(crowd: Crowd) -> Names:
    """The names as a process holds them: sealed in lists of 256 persons, opened once."""
    lines = [Line.of(uuid.UUID(int=person), name) for person, name in enumerate(crowd.names)]
    opened = list[Listed]()
    for at in range(0, len(lines), segments.PERSONS):
        segment = uuid.UUID(int=at + 1)
        sealed, _number = segments.seal(segment, 1, lines[at:at + segments.PERSONS])
        opened.append(Listed(segments.unseal(segment, 1, sealed)))
    return Names(opened)


def _recall(crowd: Crowd, search: Search) -> float:
    return sum(bool(search(name) & persons) for name, persons in crowd.asked) / len(crowd.asked)


def _each(crowd: Crowd, search: Search) -> Callable[[], object]:
    """Ask for the next of them each time."""
    names = itertools.cycle([name for name, _persons in crowd.asked])
    return lambda: search(next(names))


def _milliseconds(crowd: Crowd, search: Search, count: int) -> float:
    """The middle one of so many searches."""
    def once(name: str) -> float:
        began = time.perf_counter()
        search(name)
        return time.perf_counter() - began

    return 1000 * statistics.median(once(name) for name, _persons in crowd.asked[:count])
