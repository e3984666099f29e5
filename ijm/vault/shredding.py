"""Destroying every key of a person, a file or a thing at once, under the number of a certificate."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from ijm.vault import keyring
from ijm.vault.models import KEYS, DataKey, State

Scope = tuple[keyring.ScopeKind, uuid.UUID]


def shred(scopes: Iterable[Scope], *, by: uuid.UUID, certificate: str) -> int:
    """Destroy the keys of these scopes in every compartment; says how many were destroyed by this call.

    Each scope is committed on its own in the key database, so what was destroyed stays destroyed whatever becomes of
    the caller's transaction; doing it twice is harmless. After NIST SP 800-88 Rev. 1, 2.5 (cryptographic erase).
    """
    return sum(keyring.destroy_all(kind, scope, by=by, certificate=certificate) for kind, scope in scopes)


def come_back(erased: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Those of these erased scopes that have a key again: somebody put it back from a copy."""
    found = DataKey.objects.using(KEYS).filter(scope_uuid__in=list(erased)).exclude(state=State.DESTROYED)
    return sorted(set(found.values_list("scope_uuid", flat=True)))


__all__ = ("Scope", "come_back", "shred")
