"""How the keys stand: counts by compartment and state, for the page of the keys; no key and no content."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from ijm.vault.keyring import KEYS, DataKey, Kek, State


@dataclass(frozen=True)
class Line:
    """One compartment: the version of its key, and how many keys of persons, files and others hang on it."""

    compartment: str
    version: int
    active: int
    retired: int
    destroyed: int
    worn: int


def lines() -> list[Line]:
    """Every compartment that has a key, by name; two statements."""
    by_state = {state: Count("id", filter=Q(state=state)) for state in State.values}
    found = DataKey.objects.using(KEYS).values("compartment").annotate(**by_state).order_by()
    counts = {row["compartment"]: row for row in found}
    versions = Kek.objects.using(KEYS).values_list("compartment").annotate(Max("version")).order_by("compartment")
    return [Line(name, version, *(counts.get(name, {}).get(state, 0) for state in State.values), worn=0)
            for name, version in versions]


__all__ = ("Line", "lines")
