"""All thirteen groups are attacked, and the table of the threat model says of each what these tests show."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import tests.vault
from tests.vault.attacks import GROUPS, TABLE, Outcome

MODEL = Path(__file__).parents[2] / "docs" / "threat-model.md"


def counted() -> dict[int, Counter[Outcome]]:
    """How many attacks of each group have which outcome."""
    for module in pkgutil.iter_modules(tests.vault.__path__):
        if module.name.startswith("test_"):
            importlib.import_module(f"tests.vault.{module.name}")
    found: dict[int, Counter[Outcome]] = {group: Counter() for group in GROUPS}
    for one in {(attack.group, attack.outcome, attack.test) for attack in TABLE}:
        found[one[0]][one[1]] += 1
    return found


def table() -> list[str]:
    """The lines of the threat model's table."""
    lines = []
    for group, outcomes in counted().items():
        numbers = " | ".join(str(outcomes[outcome] or "") for outcome in Outcome)
        lines.append(re.sub(" +", " ", f"| {group} | {GROUPS[group]} | {numbers} |"))
    return lines


def test_every_group_is_attacked() -> None:
    assert [group for group, outcomes in counted().items() if not outcomes] == []


def test_the_threat_model_says_the_same() -> None:
    said = [re.sub(" +", " ", line) for line in MODEL.read_text().splitlines()]
    assert [line for line in table() if line not in said] == []
