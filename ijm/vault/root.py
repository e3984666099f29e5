"""The root key: 32 random bytes in a file, sealed by a passphrase that lies in another file."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings

from ijm.vault.errors import RootSealed

MAGIC = b"IJMR1"
COST, BLOCK, LANES = 2**15, 8, 1  # scrypt, about 32 MiB and a tenth of a second, once a process


def _lock(passphrase: bytes, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES).derive(passphrase))


def create(path: Path, passphrase: bytes) -> None:
    """Make a new root key of 32 random bytes, sealed under the passphrase; raises FileExistsError rather than overwrite.

    File: "IJMR1" | salt(16) | nonce(12) | AES-256-GCM(scrypt(passphrase, salt), key), "IJMR1" as associated data.
    """
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = _lock(passphrase.strip(), salt).encrypt(nonce, os.urandom(32), MAGIC)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(MAGIC + salt + nonce + sealed)


def unseal(path: Path, passphrase: bytes) -> bytes:
    """The 32 bytes of the root key; raises RootSealed when a file is missing, cut or the passphrase is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RootSealed(path.name) from error
    if raw[:5] != MAGIC or len(raw) != 5 + 16 + 12 + 48:
        raise RootSealed(path.name)
    try:
        return _lock(passphrase.strip(), raw[5:21]).decrypt(raw[21:33], raw[33:], MAGIC)
    except InvalidTag as error:
        raise RootSealed(path.name) from error


@lru_cache(maxsize=1)
def root() -> bytes:
    """The root key of this process, unsealed once."""
    try:
        passphrase = settings.ROOT_PASSPHRASE_FILE.read_bytes()
    except OSError as error:
        raise RootSealed(settings.ROOT_PASSPHRASE_FILE.name) from error
    return unseal(settings.ROOT_KEY_FILE, passphrase)


def derived(label: str) -> AESGCM:
    """A key of its own for one purpose, HKDF-Expand (RFC 5869) from the root with the label as info."""
    return AESGCM(HKDFExpand(algorithm=SHA256(), length=32, info=label.encode()).derive(root()))


def seal_secret(text: str, *, label: str) -> str:
    """A short secret of the system itself (a TOTP seed) as hex of nonce and ciphertext, bound to its label."""
    nonce = os.urandom(12)
    return (nonce + derived(label).encrypt(nonce, text.encode(), label.encode())).hex()


def open_secret(sealed: str, *, label: str) -> str:
    """The secret sealed by `seal_secret` under the same label; raises RootSealed when it does not open."""
    try:
        raw = bytes.fromhex(sealed)
        return derived(label).decrypt(raw[:12], raw[12:], label.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise RootSealed(label) from error
