"""How the keys stand: counts by compartment and state, for the page of the keys; no key and no content."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from ijm.vault import canary, roots
from ijm.vault.errors import VaultError
from ijm.vault.keyring import KEYS, DataKey, Kek, State
from ijm.vault.opened import WORN


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
    by_state["worn"] = Count("id", filter=Q(messages__gte=WORN) & ~Q(state=State.DESTROYED))
    found = DataKey.objects.using(KEYS).values("compartment").annotate(**by_state).order_by()
    counts = {row["compartment"]: row for row in found}
    versions = Kek.objects.using(KEYS).values_list("compartment").annotate(Max("version")).order_by("compartment")
    return [_line(name, version, counts.get(name, {})) for name, version in versions]


def _line(compartment: str, version: int, counts: dict[str, int]) -> Line:
    active, retired, destroyed, worn = (counts.get(name, 0) for name in (*State.values, "worn"))
    return Line(compartment, version, active, retired, destroyed, worn)


def provider() -> str:
    """Where the root key is kept: `file` or `transit`."""
    return roots.root().name


def proven() -> tuple[int, str]:
    """How many compartments the root key of this process opens now, and the code of what is wrong, if anything is."""
    try:
        return len(canary.check()), ""
    except VaultError as error:
        return 0, error.code


__all__ = ("Line", "lines", "proven", "provider")
