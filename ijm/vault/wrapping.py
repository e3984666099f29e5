"""How one key is wrapped under another: nonce(12) | AES-256-GCM of 32 bytes, bound to whose key it is.

Associated data of a compartment's key: "IJMKEK1|compartment|version". Of a data key: "IJMK1" | compartment | number of the
compartment's key | scope kind | scope uuid (16 bytes) | number of the key, with "|" between.
"""

from __future__ import annotations

import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE, LENGTH, TAG = 12, 32, 16
WRAPPED = NONCE + LENGTH + TAG


def fresh() -> bytearray:
    """32 random bytes for a new key."""
    return bytearray(os.urandom(LENGTH))


def kek_aad(compartment: str, version: int) -> bytes:
    """What the seal of a compartment's key covers."""
    return f"IJMKEK1|{compartment}|{version}".encode()


def key_aad(compartment: str, kek: int, kind: str, scope: uuid.UUID, number: int) -> bytes:
    """What the seal of a data key covers: the same bytes under another number, scope or compartment do not open."""
    return b"|".join((b"IJMK1", compartment.encode(), str(kek).encode(), kind.encode(), scope.bytes, str(number).encode()))


def wrap(cipher: AESGCM, plain: bytes | bytearray, aad: bytes) -> bytes:
    """The wrapped key, 60 bytes."""
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, plain, aad)


def unwrap(cipher: AESGCM, wrapped: bytes, aad: bytes) -> bytearray:
    """The 32 bytes of a key, for the caller to wipe; raises InvalidTag when the seal does not match, or the length."""
    if len(wrapped) != WRAPPED:
        raise InvalidTag
    return bytearray(cipher.decrypt(bytes(wrapped[:NONCE]), bytes(wrapped[NONCE:]), aad))


def cipher_of(plain: bytearray) -> AESGCM:
    """The cipher of a key, whose bytes are wiped."""
    made = AESGCM(plain)
    plain[:] = bytes(len(plain))
    return made
