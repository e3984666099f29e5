"""Measuring our way and an alternative in turn, in one process, and saying the ratio with its spread."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WARM, ROUNDS = 5, 40


@dataclass(frozen=True)
class Measure:
    """One question: how long ours takes beside the other way, and what it may be at most (or at least)."""

    name: str
    about: str
    ours: Callable[[], object]
    other: Callable[[], object]
    goal: float
    at_most: bool = True


@dataclass(frozen=True)
class Figure:
    """The answer: the median of the paired ratios, the quartiles around it, the goal, whether it is met."""

    name: str
    ratio: float
    low: float
    high: float
    goal: float
    ok: bool

    def line(self) -> str:
        """For a person."""
        mark = "met" if self.ok else "NOT MET"
        return f"{self.name:16} {self.ratio:6.2f}x  ({self.low:.2f} to {self.high:.2f})  goal {self.goal:g}x  {mark}"

    def json(self) -> str:
        """For a machine: one object on one line."""
        return json.dumps({"name": self.name, "ratio": round(self.ratio, 3), "low": round(self.low, 3),
                           "high": round(self.high, 3), "goal": self.goal, "ok": self.ok})


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _pairs(measure: Measure, rounds: int) -> Iterator[float]:
    """Ratios of neighbours in time, each order as often as the other, so that a busy machine disturbs both alike."""
    for number in range(rounds):
        if number % 2:
            other, ours = _seconds(measure.other), _seconds(measure.ours)
        else:
            ours, other = _seconds(measure.ours), _seconds(measure.other)
        yield ours / other


def run(measure: Measure, *, rounds: int = ROUNDS) -> Figure:
    """Warm both ways up, then time them in turn."""
    for _ in range(WARM):
        measure.ours()
        measure.other()
    low, ratio, high = statistics.quantiles(_pairs(measure, rounds), n=4)
    ok = ratio <= measure.goal if measure.at_most else ratio >= measure.goal
    return Figure(measure.name, ratio, low, high, measure.goal, ok)
