"""Destroying every key of a person, a file or a thing at once, under the number of a certificate."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from ijm.vault import keyring

Scope = tuple[keyring.ScopeKind, uuid.UUID]


def shred(scopes: Iterable[Scope], *, by: uuid.UUID, certificate: str) -> int:
    """Destroy the keys of these scopes in every compartment; says how many were destroyed by this call.

    Each scope is committed on its own in the key database, so what was destroyed stays destroyed whatever becomes of
    the caller's transaction; doing it twice is harmless. After NIST SP 800-88 Rev. 1, 2.5 (cryptographic erase).
    """
    return sum(keyring.destroy_all(kind, scope, by=by, certificate=certificate) for kind, scope in scopes)


__all__ = ("Scope", "shred")
