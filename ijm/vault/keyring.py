"""Keys per compartment and scope, in their own database. Nobody outside `ijm.vault` imports this module."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterable, Sequence
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction

from ijm.roles.table import Open
from ijm.vault import opened
from ijm.vault.errors import KeyDestroyed, KeyForbidden, KeyUnknown, KeyWorn, VaultError
from ijm.vault.lifecycle import Counts, destroy, destroy_all, renew_kek, retire, rewrap_root, worn
from ijm.vault.making import active_kek, numbers, write_key
from ijm.vault.models import KEYS, DataKey, Kek, State
from ijm.vault.opened import CACHE_LIFE, CACHE_SIZE, SCOPE_BYTES, Key, ScopeKind, forget

PARCEL = "parcel"  # what a person has not finished yet; every process may hold hers
SEARCH = "search"  # sealed lists of names, and digests by which equal things are known as equal
EVIDENCE = "evidence"  # what stored files are sealed with
TRIES = 3


EVERY = frozenset((*Open.values, EVIDENCE))


def allowed(compartment: str) -> bool:
    """Whether this process was given the compartment; who is given names is given the search through them."""
    given = settings.COMPARTMENTS or EVERY
    return compartment == PARCEL or compartment in given or (compartment == SEARCH and Open.IDENTITY in given)


def keys(numbers: Iterable[int]) -> dict[int, Key]:
    """The opened keys of these numbers, with one query for all that this process does not hold.

    Absent: a number that the key database lacks, a destroyed key, a forbidden compartment, a wrapped key that does not open,
    a root that is not at hand; `why_not` says which. Raises no VaultError, so that one broken key takes down no page.
    """
    opened.heed()
    wanted = set(numbers)
    held = opened.held(wanted)
    if len(held) < len(wanted):
        with opened.loading:
            held |= _fetched(wanted - held.keys())
    return held


def _fetched(numbers: set[int]) -> dict[int, Key]:
    """With the lock held: what another thread fetched meanwhile, and the rest from the database."""
    held = opened.held(numbers)
    missing = {number for number in numbers - held.keys() if opened.refused(number) is None}
    rows = {row.id: row for row in DataKey.objects.using(KEYS).filter(id__in=missing)} if missing else {}
    for number in missing - rows.keys():
        opened.refuse(number, partial(KeyUnknown, str(number)))
    mine = [row for row in rows.values() if row.state == State.DESTROYED or allowed(row.compartment)]
    for row in rows.values():
        if row not in mine:
            opened.refuse(row.id, partial(KeyForbidden, row.compartment))
    return held | opened.open_rows(mine)


def why_not(number: int) -> VaultError:
    """Why `keys` did not give this number; without a query where it was asked for just now."""
    if opened.refused(number) is None:
        keys([number])
    return opened.refused(number) or KeyUnknown(str(number))


def key_for(kind: ScopeKind, scope: uuid.UUID, compartment: str) -> Key:
    """The active key of one person, file or exhibit in one compartment, made on first use and committed before any data.

    Raises KeyForbidden when this process was not given the compartment, KeyDestroyed when the scope was erased, KeyWorn,
    and RootSealed, ProviderDown or Tampered when the compartment's own key does not open.
    """
    if allowed(compartment):
        opened.heed()
        key = opened.fresh_active(kind, scope, compartment)
        if key is not None and key.is_active:
            return key
    return keys_for(kind, [scope], compartment)[scope]


def keys_for(kind: ScopeKind, scopes: Iterable[uuid.UUID], compartment: str) -> dict[uuid.UUID, Key]:
    """The active keys of many persons or files in one compartment; those that are missing are made in one go.

    One statement for those that exist and three for those that do not, whatever their number. Raises as `key_for`.
    """
    if not allowed(compartment):
        raise KeyForbidden(compartment)
    opened.heed()
    wanted = set(scopes)
    held = {scope: key for scope in wanted if (key := opened.fresh_active(kind, scope, compartment)) is not None}
    if wanted - held.keys():
        with opened.loading:
            held |= _found_or_made(kind, wanted - held.keys(), compartment)
    for key in held.values():
        if not key.is_active:
            raise KeyWorn(str(key.id))
    return held


def _found_or_made(kind: ScopeKind, scopes: set[uuid.UUID], compartment: str) -> dict[uuid.UUID, Key]:
    """A compartment's key may be renewed, or another process may be faster, between our look and our insert: look again."""
    mine = DataKey.objects.using(KEYS).filter(scope_kind=kind, compartment=compartment, state=State.ACTIVE,
                                              scope_uuid__in=scopes)
    for left in reversed(range(TRIES)):
        rows = list(mine.all())
        missing = scopes - {row.scope_uuid for row in rows}
        if not missing:
            return _all_open(rows)
        _refuse_erased(kind, missing)
        try:
            _make(kind, sorted(missing), compartment)
        except IntegrityError:
            if not left:
                raise
    return _all_open(list(mine.all()))


def _make(kind: ScopeKind, scopes: Sequence[uuid.UUID], compartment: str) -> None:
    """New keys under the compartment's key of this moment; one that another process made first stays."""
    kek, cipher = active_kek(compartment)
    made = [write_key(number, kind, scope, kek, cipher)
            for number, scope in zip(numbers("vault_key_number", len(scopes)), scopes, strict=True)]
    with transaction.atomic(using=KEYS):
        DataKey.objects.using(KEYS).bulk_create(made, ignore_conflicts=True)


def _all_open(rows: Sequence[DataKey]) -> dict[uuid.UUID, Key]:
    found = opened.open_rows(rows)
    for row in rows:
        if row.id not in found:
            raise opened.refused(row.id) or KeyUnknown(str(row.id))
    return {key.scope_uuid: key for key in found.values()}


def _refuse_erased(kind: ScopeKind, scopes: set[uuid.UUID]) -> None:
    erased = DataKey.objects.using(KEYS).filter(scope_kind=kind, scope_uuid__in=scopes).exclude(certificate="").first()
    if erased is not None:
        raise KeyDestroyed(str(erased.id), erased.destroyed_at, erased.certificate)


def renew(kind: ScopeKind, scope: uuid.UUID, compartment: str) -> Key:
    """A new active key for this scope and compartment; the old one is retired: it still opens and seals no more.

    Committed on its own. Other processes seal under the new key within `opened.HEED` seconds. Raises as `key_for`.
    """
    if not allowed(compartment):
        raise KeyForbidden(compartment)
    _refuse_erased(kind, {scope})
    retire(kind, scope, compartment, into=partial(_make, kind, [scope], compartment))
    return key_for(kind, scope, compartment)


def header(number: int, rev: int) -> bytes:
    """The ten bytes at the head of a bundle: magic and version, suite, key number, revision."""
    return struct.pack(">BBII", 0xE1, 1, number, rev)


__all__ = (
    "CACHE_LIFE", "CACHE_SIZE", "EVIDENCE", "KEYS", "PARCEL", "SCOPE_BYTES", "SEARCH", "Counts", "DataKey", "Kek", "Key",
    "ScopeKind", "State", "allowed", "destroy", "destroy_all", "forget", "header", "key_for", "keys", "keys_for",
    "renew", "renew_kek", "rewrap_root", "why_not", "worn",
)
