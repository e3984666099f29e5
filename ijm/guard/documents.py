"""Two pages of docs/ that are rendered from the models: the database's own rules, and the states of every record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from ijm.guard.render import Model, declared, render
from ijm.guard.states import Transition

ABOUT = """\
# States

Rendered from the models by `python -m ijm.guard`; never edited by hand. Each arrow is a move that the database permits,
with the event it leaves in the trail; every other move is refused by a trigger.
"""


def machines() -> Iterator[tuple[Model, str, tuple[Transition, ...]]]:
    """Every column that holds a state, with its moves, in the order of their tables."""
    for model, _guard in declared():
        for column, moves in sorted(getattr(model, "transitions", {}).items()):
            yield model, column, moves


def _machine(model: Model, column: str, moves: tuple[Transition, ...]) -> str:
    """One chapter: a diagram that GitHub and editors draw."""
    arrows = "\n".join(f"    {move.before or '[*]'} --> {move.after}: {move.event}" for move in moves)
    ends = "\n".join(f"    {state} --> [*]" for state in sorted(final(moves)))
    name = f"\n## {model._meta.label}.{column}\n"
    return "\n".join(filter(None, (name, "```mermaid", "stateDiagram-v2", arrows, ends, "```")))


def final(moves: tuple[Transition, ...]) -> set[str]:
    """The states that nothing leaves."""
    return {str(move.after) for move in moves} - {str(move.before) for move in moves}


def states_page() -> str:
    """docs/states.md."""
    return "\n".join((ABOUT.rstrip(), *(_machine(*machine) for machine in machines()))) + "\n"


def pages() -> dict[Path, str]:
    """{file: what it holds} for both."""
    docs = Path(settings.BASE_DIR) / "docs"
    return {docs / "database.sql": render(), docs / "states.md": states_page()}


def write() -> list[Path]:
    """Write both files anew and say which they are."""
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return list(pages())
