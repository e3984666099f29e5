"""The thirteen groups of attacks, and what must come of each: a test says so in its first line, and the table is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])


class Outcome(Enum):
    """What becomes of an attack."""

    AT_READ = "refused at read"
    AT_WRITE = "refused at write"
    HARMLESS = "does no harm"
    FOUND = "found by the reconciler"
    LEFT = "not noticed"


GROUPS = {
    1: "swaps", 2: "changed bits", 3: "cuts and additions", 4: "replays", 5: "downgrades", 6: "key numbers", 7: "texts",
    8: "the ORM", 9: "many at once", 10: "leaks", 11: "erasure", 12: "nonces", 13: "oracles",
}


@dataclass(frozen=True)
class Attack:
    """One attack of one group, by the name of its test."""

    group: int
    outcome: Outcome
    test: str


TABLE: list[Attack] = []


def attack(group: int, outcome: Outcome) -> Callable[[Test], Test]:
    """Put this test into the table."""
    assert group in GROUPS

    def listed(test: Test) -> Test:
        TABLE.append(Attack(group, outcome, test.__qualname__))
        return test

    return listed


AT_READ, AT_WRITE, HARMLESS, FOUND, LEFT = Outcome
