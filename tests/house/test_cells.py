"""Every cell of the role table turned round, one at a time: the facts written by hand notice each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from ijm.roles import table
from ijm.roles.table import TABLE, WING_SUPERVISORS, Can, Kind, Open, Role
from tests import sentinels

COLUMNS: dict[str, Any] = {"can": Can, "opens": Open, "stands": Kind}
CELLS = [(column, role, cell) for column, cells in COLUMNS.items() for role in Role for cell in cells]


def test_the_table_is_what_was_written_by_hand() -> None:
    assert sentinels.wrong() == []
    facts = sum(map(len, (sentinels.MAY, sentinels.OPENS, sentinels.STANDS, sentinels.SUPERVISES, sentinels.APART)))
    assert facts >= 50


def turned() -> Iterator[tuple[str, Role, Any]]:
    """The table with one cell turned round, for each of its cells in turn."""
    for column, role, cell in CELLS:
        before = TABLE[role]
        TABLE[role] = replace(before, **{column: getattr(before, column) ^ {cell}})
        yield column, role, cell
        TABLE[role] = before


def test_every_cell_turned_round_is_noticed() -> None:
    unseen = [cell for cell in turned() if not sentinels.wrong()]
    assert unseen == []
    assert len(CELLS) == len(Role) * (len(Can) + len(Open) + len(Kind)) >= 400
    assert sentinels.wrong() == [], "the table stands as it stood"


@pytest.mark.parametrize(("one", "other"), list(combinations(Role, 2)), ids=lambda role: role.value)
def test_every_pair_of_roles_joined_or_parted_is_noticed(one: Role, other: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = table.exclusions()
    monkeypatch.setattr(table, "exclusions", lambda: pairs ^ {(one, other), (other, one)})
    assert f"{min(one, other)} and {max(one, other)} together" in sentinels.wrong()


@pytest.mark.parametrize("kind", Kind)
def test_every_other_supervisor_is_noticed(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in Role:
        changed = tuple(set(WING_SUPERVISORS[kind]) ^ {role})
        monkeypatch.setitem(WING_SUPERVISORS, kind, changed)
        assert sentinels.wrong() != []
        monkeypatch.undo()


def test_a_permission_that_nobody_wrote_down_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sentinels.MAY, "OFFICE_RUN")
    assert sentinels.wrong() == ["OFFICE_RUN: nobody wrote down who may this"]
