"""Group 12: a nonce is never used twice under one key, whichever process seals."""

from __future__ import annotations

import os
import time
import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ijm.vault import bundle, keyring
from ijm.vault.bundle import Place
from ijm.vault.keyring import Key
from tests.vault.attacks import HARMLESS, attack
from tests.vault.conftest import Ground

# A million takes four seconds: set this to 1000000 where that time is given (the figure of docs/threat-model.md).
HOW_MANY = int(os.environ.get("IJM_TEST_NONCES", "20000"))
PLACE = Place("people.name.v1", "identity", uuid.UUID(int=1))


def a_key() -> Key:
    """A key that is in no database."""
    return Key(id=7, scope_kind="subject", scope_uuid=uuid.UUID(int=9), compartment="identity", aead=AESGCM(bytes(32)),
               until=time.monotonic() + 60)


def nonce(key: Key) -> bytes:
    """The nonce of one more sealing of the same words in the same place."""
    return bundle.seal(("Sok",), place=PLACE, key=key, rev=1)[10:22]


@attack(12, HARMLESS)
def test_very_many_sealings_share_no_nonce() -> None:
    key = a_key()
    assert len({nonce(key) for _ in range(HOW_MANY)}) == HOW_MANY


@attack(12, HARMLESS)
def test_nonces_that_are_drawn_together_differ_too() -> None:
    key, drawn = a_key(), list(bundle.nonces(HOW_MANY))
    assert len(set(drawn)) == HOW_MANY and {len(one) for one in drawn} == {12}
    assert bundle.seal(("Sok",), place=PLACE, key=key, rev=1, nonce=drawn[0])[10:22] == drawn[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@attack(12, HARMLESS)
def test_processes_forked_from_one_share_no_nonce(ground: Ground) -> None:
    """A web server forks its workers after the keys may have been opened: they must not go on from one state."""
    key = keyring.key_for("own", uuid.UUID(int=12), keyring.SEARCH)
    seen, children = [nonce(key) for _ in range(500)], []
    for _ in range(3):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, b"".join(nonce(key) for _ in range(500)))
            os._exit(0)
        os.close(writing)
        children.append((child, reading))
    for child, reading in children:
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        assert os.waitpid(child, 0)[1] == 0 and len(told) == 6000
        seen += [told[at:at + 12] for at in range(0, len(told), 12)]
    assert len(set(seen)) == len(seen) == 2000


@attack(12, HARMLESS)
def test_two_keys_of_one_scope_are_not_alike(ground: Ground) -> None:
    sealed = {keyring.key_for("own", uuid.UUID(int=number), keyring.SEARCH).aead.encrypt(bytes(12), bytes(32), b"")
              for number in range(100, 112)}
    assert len(sealed) == 12
