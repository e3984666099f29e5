"""The four changes of keys under one name each, for the command and for long work."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from ijm import bridges
from ijm.roles.table import Open
from ijm.vault import keyring, rotation
from ijm.vault.keyring import Counts
from ijm.vault.root import create
from ijm.vault.roots import FileRoot
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
        made = import_string(bridges.INDEX)(progress=progress)
        return Counts(made.rotated, made.remaining, made.failed)
    return root(progress=progress)


def known(compartment: str) -> bool:
    """Whether there is such a compartment; "all" means every one."""
    return compartment == "all" or compartment in Open.values or compartment in OTHERS


def _subject(code: str, before: datetime, progress: Progress | None) -> Counts:
    scopes = rotation.scopes_of(code)
    if not scopes:
        raise ValueError("no person and no case file has this code")
    return rotation.subject(scopes, before=before, progress=progress)


def _compartments(target: str, progress: Progress | None) -> Counts:
    if not known(target):
        raise ValueError(f"no such compartment: {target}")
    found = [keyring.renew_kek(name, progress=progress) for name in ((*Open.values, *OTHERS) if target == "all" else (target,))]
    return total(found)


def total(found: list[Counts]) -> Counts:
    """The sum of several changes."""
    return Counts(sum(one.rotated for one in found), sum(one.remaining for one in found), sum(one.failed for one in found))


def everyone(compartment: str, *, before: datetime, progress: Progress | None = None) -> Counts:
    """New keys for every person and file in one compartment. Raises ValueError for an unknown one."""
    if compartment not in (*Open.values, keyring.EVIDENCE):
        raise ValueError(f"no such compartment: {compartment}")
    return rotation.everyone(compartment, before=before, progress=progress)


def root(key_file: Path | None = None, passphrase_file: Path | None = None, *, to: str = "file",
         progress: Progress | None = None) -> Counts:
    """Wrap the keys of all compartments under a new root key, and put it in the old one's place.

    `to` "file": a new root key and passphrase lie ready in these two files (default: beside the old ones, with `.new` behind
    their names); afterwards they stand in the place of the old ones, which stay beside them with `.old` for old key back-ups.
    `to` "transit": the key server that the settings name; afterwards IJM_ROOT=transit is set by hand. Raises RootSealed and
    ProviderDown, and then nothing has changed.
    """
    if to == "transit":
        from ijm.vault.roots.transit import TransitRoot  # only here: its client is slow to load

        transit = settings.TRANSIT
        server = TransitRoot(transit.address, transit.mount, transit.key, transit.token_file, transit.ca_file)
        return keyring.rewrap_root(server, progress)
    old = settings.ROOT_KEY_FILE, settings.ROOT_PASSPHRASE_FILE
    new = key_file or beside(old[0], ".new"), passphrase_file or beside(old[1], ".new")
    counts = keyring.rewrap_root(FileRoot(*new), progress)
    for source, target in zip(reversed(new), reversed(old), strict=True):
        _put(source, target)
    return counts


def make() -> None:
    """A new root key and a new passphrase beside the old ones, for `root`. Raises FileExistsError where some lie there."""
    key, phrase = beside(settings.ROOT_KEY_FILE, ".new"), beside(settings.ROOT_PASSPHRASE_FILE, ".new")
    words = secrets.token_urlsafe(32).encode()
    with os.fdopen(os.open(phrase, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(words)
    create(key, words)


def beside(path: Path, ending: str) -> Path:
    """The file of the same name with an ending more."""
    return path.with_name(path.name + ending)


def _put(source: Path, target: Path) -> None:
    """The new file in the old one's place at once, never a moment without one."""
    ready = beside(target, ".ready")
    ready.unlink(missing_ok=True)
    with os.fdopen(os.open(ready, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(source.read_bytes())
    if target.exists():
        beside(target, ".old").unlink(missing_ok=True)
        os.link(target, beside(target, ".old"))
    os.replace(ready, target)
    source.unlink()
