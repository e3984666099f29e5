"""Measuring our way and an alternative in turn, in one process, and saying the ratio with its spread."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

WARM, ROUNDS = 5, 40


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

    def cost(self, way: Callable[[], object]) -> float:
        """Seconds, or the number itself."""
        began = self.clock()
        found: Any = way()
        return float(found) if self.counted else self.clock() - began


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
    """The answer: the median of the paired ratios, the quartiles around it, the goal, whether it is met; the peer's median."""

    name: str
    ratio: float
    low: float
    high: float
    goal: float
    ok: bool
    peer: float | None = None

    def line(self) -> str:
        """For a person."""
        mark = "met" if self.ok else "NOT MET"
        beside = "" if self.peer is None else f"  (peer {self.peer:.2f}x)"
        return f"{self.name:16} {self.ratio:6.2f}x  ({self.low:.2f} to {self.high:.2f})  goal {self.goal:g}x  {mark}{beside}"

    def json(self) -> str:
        """For a machine: one object on one line."""
        return json.dumps({"name": self.name, "ratio": round(self.ratio, 3), "low": round(self.low, 3),
                           "high": round(self.high, 3), "goal": self.goal, "ok": self.ok,
                           **({} if self.peer is None else {"peer": round(self.peer, 3)})})


def _rounds(measure: Measure, rounds: int) -> Iterator[list[float]]:
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
    low, ratio, high = statistics.quantiles((ours / other for ours, other, *_peer in found), n=4)
    ok = ratio <= measure.goal if measure.at_most else ratio >= measure.goal
    peer = statistics.median(costs[2] / costs[1] for costs in found) if measure.peer else None
    return Figure(measure.name, ratio, low, high, measure.goal, ok, peer)
