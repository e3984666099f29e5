"""Measuring our way and an alternative in turn, in one process, and saying the ratio with its spread."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

WARM, ROUNDS = 5, 40


class Cost(NamedTuple):
    """What one way cost once: seconds by the clock of the measure, and by that of the wall."""

    clock: float
    wall: float


class Work:
    """A clock of work: seconds of the processors, of this process and of the server's processes that serve it.

    A busy machine disturbs it little. What it leaves out is waiting: for the network and for disks. Linux tells it.
    """

    def __init__(self, *servers: int) -> None:
        self._servers = [os.open(f"/proc/{server}/schedstat", os.O_RDONLY) for server in servers]

    def __call__(self) -> float:
        """Seconds so far."""
        return sum(int(os.pread(told, 80, 0).split()[0]) for told in self._servers) / 1e9 + time.process_time()


@dataclass(frozen=True)
class Measure:
    """One question: how long ours takes beside the other way, and what it may be at most (or at least).

    `peer` is a third way that is measured along, such as another library's. A `counted` measure compares what its ways
    return, bytes or shares, and not how long they take. A `heavy` one takes seconds, so it is repeated less often.
    `clock` gives seconds: of the wall, or with `time.process_time` of this process alone, which a busy machine disturbs less.
    """

    name: str
    about: str
    ours: Callable[[], object]
    other: Callable[[], object]
    goal: float
    at_most: bool = True
    peer: Callable[[], object] | None = None
    counted: bool = False
    heavy: bool = False
    clock: Callable[[], float] = time.perf_counter

    def ways(self) -> list[Callable[[], object]]:
        """Ours, the other, and the peer where there is one."""
        return [self.ours, self.other, *([self.peer] if self.peer else [])]

    def cost(self, way: Callable[[], object]) -> Cost:
        """By the clock, and of the wall; or the number itself."""
        wall, began = time.perf_counter(), self.clock()
        found: Any = way()
        by_clock, by_wall = self.clock() - began, time.perf_counter() - wall
        return Cost(float(found), float(found)) if self.counted else Cost(by_clock, by_wall)


@dataclass(frozen=True)
class Part:
    """Measures that share what is prepared for them: their names, and what prepares and then gives them.

    Nothing is prepared where no measure is wanted. `in_office` tells whether the tables of an office have to be there.
    """

    names: tuple[str, ...]
    prepared: Callable[[], Iterator[Measure]]
    in_office: bool = True


@dataclass(frozen=True)
class Figure:
    """The answer: the median of the paired ratios, the quartiles around it, the goal, whether it is met; the peer's median.

    `wall` is the median by the clock of the wall, where the measure has another.
    """

    name: str
    ratio: float
    low: float
    high: float
    goal: float
    ok: bool
    peer: float | None = None
    wall: float | None = None

    def line(self) -> str:
        """For a person."""
        mark = "met" if self.ok else "NOT MET"
        beside = "" if self.peer is None else f"  (peer {self.peer:.2f}x)"
        beside += "" if self.wall is None else f"  (by the wall {self.wall:.2f}x)"
        return f"{self.name:16} {self.ratio:6.2f}x  ({self.low:.2f} to {self.high:.2f})  goal {self.goal:g}x  {mark}{beside}"

    def json(self) -> str:
        """For a machine: one object on one line."""
        return json.dumps({"name": self.name, "ratio": round(self.ratio, 3), "low": round(self.low, 3),
                           "high": round(self.high, 3), "goal": self.goal, "ok": self.ok,
                           **({} if self.peer is None else {"peer": round(self.peer, 3)}),
                           **({} if self.wall is None else {"wall": round(self.wall, 3)})})


def _rounds(measure: Measure, rounds: int) -> Iterator[list[Cost]]:
    """The cost of each way, neighbours in time, each order as often as the other, so that a busy machine disturbs all alike."""
    ways = measure.ways()
    for number in range(rounds):
        turn = number % len(ways)
        costs = [measure.cost(way) for way in (*ways[turn:], *ways[:turn])]
        yield [*costs[-turn:], *costs[:-turn]] if turn else costs


def run(measure: Measure, *, rounds: int = ROUNDS) -> Figure:
    """Warm every way up, then time them in turn."""
    for way in measure.ways() * (1 if measure.heavy or measure.counted else WARM):
        way()
    found = list(_rounds(measure, max(2, rounds // 8) if measure.heavy else 2 if measure.counted else rounds))
    low, ratio, high = statistics.quantiles((ours.clock / other.clock for ours, other, *_peer in found), n=4)
    ok = ratio <= measure.goal if measure.at_most else ratio >= measure.goal
    peer = statistics.median(costs[2].clock / costs[1].clock for costs in found) if measure.peer else None
    is_of_wall = measure.counted or measure.clock is time.perf_counter
    wall = None if is_of_wall else statistics.median(ours.wall / other.wall for ours, other, *_peer in found)
    return Figure(measure.name, ratio, low, high, measure.goal, ok, peer, wall)
