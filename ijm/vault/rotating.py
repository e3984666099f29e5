"""The four changes of keys under one name each, for the command and for long work."""

from __future__ import annotations

from datetime import datetime

from django.utils.module_loading import import_string

from ijm import bridges
from ijm.roles.table import Open
from ijm.vault import keyring, rotation
from ijm.vault.keyring import Counts
from ijm.vault.rotation import Progress

OTHERS = (keyring.PARCEL, keyring.SEARCH, keyring.EVIDENCE)


def change(kind: str, target: str = "", *, before: datetime, progress: Progress | None = None) -> Counts:
    """Change the keys of this kind and target; keys younger than `before` are new already.

    `subject`: the code of a person or case file. `compartment`: its name, or "all". `index`, `root`: no target. Gives how
    many bundles, keys or entries were turned, remain and failed. Raises ValueError for an unknown target.
    """
    if kind == "subject":
        return _subject(target, before, progress)
    if kind == "compartment":
        return _compartments(target, progress)
    if kind == "index":
        renew: rotation.Index = import_string(bridges.INDEX)
        return renew(progress=progress)
    return _root(progress)


def known(compartment: str) -> bool:
    """Whether there is such a compartment; "all" means every one."""
    return compartment == "all" or compartment in Open.values or compartment in OTHERS


def _subject(code: str, before: datetime, progress: Progress | None) -> Counts:
    scopes = rotation.scopes_of(code)
    if not scopes:
        raise ValueError(code)
    return rotation.subject(scopes, before=before, progress=progress)


def _compartments(target: str, progress: Progress | None) -> Counts:
    if not known(target):
        raise ValueError(target)
    found = [keyring.renew_kek(name, progress=progress) for name in ((*Open.values, *OTHERS) if target == "all" else (target,))]
    return total(found)


def total(found: list[Counts]) -> Counts:
    """The sum of several changes."""
    return Counts(sum(one.rotated for one in found), sum(one.remaining for one in found), sum(one.failed for one in found))


def _root(progress: Progress | None) -> Counts:
    raise NotImplementedError
