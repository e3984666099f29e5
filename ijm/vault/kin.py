"""Marks of surnames and of whole names: who shares one is known, and what it is, is not.

HMAC-SHA256 cut to 128 bits, under the key that marks numbers in one epoch of the search, in a domain of their own. Surnames
are few, so whoever has the marks alone can count which are frequent; they lie where nobody who serves reads them.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from ijm.vault.numbers import LENGTH, marks_key
from ijm.vault.skeletons import plain


def surname(name: str, *, epoch: int) -> bytes:
    """The 16 bytes by which a surname is known in one epoch; empty when nothing is left of it."""
    return _mark("surname", plain(name), epoch)


def whole(name: str, *, epoch: int) -> bytes:
    """The same of a whole name, whichever of its words stands first; empty for fewer than two words."""
    words = sorted(plain(name).split())
    return _mark("whole", " ".join(words) if len(words) > 1 else "", epoch)


def _mark(domain: str, said: str, epoch: int) -> bytes:
    return hmac.new(marks_key(epoch), f"bidx|people.Name|{domain}|{said}".encode(), sha256).digest()[:LENGTH] if said else b""


__all__ = ("surname", "whole")
