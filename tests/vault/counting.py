"""A cipher that counts what it does, by what it does it to: a key unwrapped, a bundle opened, a bundle sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ijm.vault import keyring, wrapping

REAL = wrapping.AESGCM


class Counted:
    """A cipher under a data key or a compartment's key; `done` counts (what, under which associated data)."""

    done: Counter[tuple[str, bytes]] = Counter()

    def __init__(self, plain: Any) -> None:
        self.cipher = REAL(plain)

    def encrypt(self, nonce: bytes, plain: bytes, aad: bytes | None) -> bytes:
        Counted.done["sealed", bytes(aad or b"")] += 1
        return self.cipher.encrypt(nonce, plain, aad)

    def decrypt(self, nonce: bytes, sealed: bytes, aad: bytes | None) -> bytes:
        Counted.done["opened", bytes(aad or b"")] += 1
        return self.cipher.decrypt(nonce, sealed, aad)


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Counted]]:
    """Counts from here on; no key is open at the beginning and none stays open."""
    keyring.forget()
    with monkeypatch.context() as patched:
        patched.setattr(wrapping, "AESGCM", Counted)
        Counted.done = Counter()
        yield Counted
    keyring.forget()


def bundles(what: str) -> int:
    """How many bundles were "sealed" or "opened"."""
    return sum(count for (done, aad), count in Counted.done.items() if done == what and aad[:1] == b"\xe1")


def unwrapped() -> dict[bytes, int]:
    """How often each data key was unwrapped, by its wrapping's associated data."""
    return {aad: count for (done, aad), count in Counted.done.items() if done == "opened" and aad.startswith(b"IJMK1|")}
