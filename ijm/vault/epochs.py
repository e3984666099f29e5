"""Epochs of the search: every index has keys of its own, which go when it goes, and nothing else is sealed under them."""

from __future__ import annotations

import uuid

from ijm.vault import keyring

LISTS, MARKS = 1 << 64, 2 << 64  # no other key's scope is such a number
NOBODY = uuid.UUID(int=0)


def lists(epoch: int) -> uuid.UUID:
    """Whose key seals the lists of names of one epoch."""
    return uuid.UUID(int=LISTS | epoch)


def marks(epoch: int) -> uuid.UUID:
    """Whose key makes the marks of numbers of one epoch."""
    return uuid.UUID(int=MARKS | epoch)


def drop_keys(epoch: int) -> int:
    """Destroy the keys of an epoch that is out of use; says how many."""
    return sum(keyring.destroy("own", scope, keyring.SEARCH, by=NOBODY) for scope in (lists(epoch), marks(epoch)))


__all__ = ("drop_keys", "lists", "marks")
