"""States and the moves between them, said once: actions, the database trigger and the diagram read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Transition:
    """One permitted move; an empty `before` is the state in which a record begins."""

    before: str
    after: str
    event: str


Transitions = dict[str, tuple[Transition, ...]]


def may_move(moves: tuple[Transition, ...], before: str, after: str) -> bool:
    """Whether a record may go from one state to the other."""
    return any(move.before == before and move.after == after for move in moves)
