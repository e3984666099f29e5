"""What lies under a seal for ever: a changed label makes old values unreadable, names that change places make them false."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.apps import apps

from ijm.vault.keyring import SCOPE_BYTES
from ijm.vault.sealed import compartments
from tests.vault.attacks import AT_READ, attack

FROZEN = Path(__file__).parent / "frozen.json"


def declared() -> dict[str, dict[str, Any]]:
    """Every compartment of the house by its label: what of its declaration is under the seal, or tells values apart."""
    return {field.label: {"compartment": field.compartment, "kind": field.kind, "names": list(field.names)}
            for model in apps.get_models() if not model.__name__.startswith("Historical") for field in compartments(model)}


@attack(8, AT_READ)
def test_nothing_that_is_under_a_seal_was_changed() -> None:
    """A model may be renamed, moved, given more names at the end. A new compartment gets a line in frozen.json."""
    frozen, now = json.loads(FROZEN.read_text()), declared()
    assert now.keys() == frozen.keys()
    for label, was in frozen.items():
        is_now = now[label]
        assert (is_now["compartment"], is_now["kind"]) == (was["compartment"], was["kind"]), label
        assert is_now["names"][:len(was["names"])] == was["names"], f"{label}: names are only ever added at the end"


@attack(8, AT_READ)
def test_the_kinds_of_scope_keep_their_numbers() -> None:
    assert {"subject": 1, "file": 2, "own": 3, "evidence": 4}.items() <= SCOPE_BYTES.items()
