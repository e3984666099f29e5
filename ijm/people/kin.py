"""Who bears the name of whom: compared in the worker's memory, nothing is kept, and nobody is told a name.

A keyed index of surnames would be the natural way, and the wrong one: whoever counts its equal marks names most people (see
the threat model). So the worker's own login opens the names of the few persons in question and forgets them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from django.db import connections

from ijm.people.index import COLUMNS, ROTOR
from ijm.people.models import Name
from ijm.vault.errors import VaultError
from ijm.vault.skeletons import plain
from ijm.vault.texts import each

Alike = Literal["self", "surname"]
Pair = tuple[uuid.UUID, uuid.UUID]


def shared(pairs: Iterable[Pair], names: Mapping[uuid.UUID, Sequence[str]]) -> dict[Pair, Alike]:
    """{(colleague, person): how alike} of these pairs, given the names of the colleagues; a surname may stand first or last.

    Nothing where this process has no login for it: no page of anybody has. No look is recorded, because nobody looks.
    """
    wanted = set(pairs)
    if not wanted or not connections[ROTOR].settings_dict["USER"]:
        return {}
    borne = _names({person for _colleague, person in wanted})
    found = {pair: _alike(names.get(pair[0], ()), borne.get(pair[1], ())) for pair in wanted}
    return {pair: alike for pair, alike in found.items() if alike is not None}


def _names(persons: set[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """Family and given name of these persons, folded; a name that does not open is passed over."""
    rows = Name.objects.using(ROTOR).filter(person_id__in=persons).only(*COLUMNS)
    found: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for row, values in each(list(rows)):
        if not isinstance(values, VaultError):
            found.setdefault(row.person_id, []).append((plain(str(values["family"] or "")), plain(str(values["given"] or ""))))
    return found


def _alike(hers: Sequence[str], borne: Sequence[tuple[str, str]]) -> Alike | None:
    words = [said for name in hers if (said := plain(name).split())]
    if any(sorted(said) == sorted(f"{family} {given}".split()) for said in words for family, given in borne):
        return "self"
    ends = {end for said in words for end in (said[0], said[-1])}
    return "surname" if any(family in ends for family, _given in borne) else None


__all__ = ("shared",)
