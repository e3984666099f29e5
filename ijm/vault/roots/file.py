"""The root key in a file: 32 random bytes sealed by a passphrase that lies in another file.

File, 81 bytes: "IJMR1" | salt(16) | nonce(12) | AES-256-GCM(scrypt(passphrase, salt), key), "IJMR1" as associated data.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ijm.vault.errors import RootSealed
from ijm.vault.wrapping import unwrap, wrap

MAGIC = b"IJMR1"
COST, BLOCK, LANES = 2**15, 8, 1  # scrypt, about 32 MiB and a tenth of a second, once a process
Stamp = tuple[int, ...]


def _lock(passphrase: bytes, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES).derive(passphrase.strip()))


def create(path: Path, passphrase: bytes, key: bytes = b"") -> None:
    """Write a root key (32 new random bytes unless given) sealed under the passphrase, readable by its owner only.

    Raises FileExistsError rather than overwrite.
    """
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = _lock(passphrase, salt).encrypt(nonce, key or os.urandom(32), MAGIC)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(MAGIC + salt + nonce + sealed)


def unseal(path: Path, passphrase: bytes) -> bytes:
    """The 32 bytes of the root key; raises RootSealed when the file is missing, cut or the passphrase is wrong."""
    raw = _read(path)
    if raw[:5] != MAGIC or len(raw) != 5 + 16 + 12 + 48:
        raise RootSealed(path.name)
    try:
        return _lock(passphrase, raw[5:21]).decrypt(raw[21:33], raw[33:], MAGIC)
    except InvalidTag as error:
        raise RootSealed(path.name) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RootSealed(path.name) from error


class FileRoot:
    """The root key of the two files. Read once; read again when a file has changed, so that a new root needs no new start."""

    name = "file"

    def __init__(self, key_file: Path, passphrase_file: Path) -> None:
        self.key_file, self.passphrase_file = key_file, passphrase_file
        self._held: AESGCM | None = None
        self._stamp: Stamp = ()

    def is_at_hand(self) -> bool:
        """Whether the file of the key is there."""
        return self.key_file.exists()

    def reveal(self) -> bytes:
        """The key itself, for a copy in escrow. Raises RootSealed."""
        return unseal(self.key_file, _read(self.passphrase_file))

    def wrap(self, plains: Sequence[bytes | bytearray], aads: Sequence[bytes]) -> list[bytes]:
        """Wrapped copies of these keys. Raises RootSealed."""
        cipher = self._cipher()
        return [wrap(cipher, plain, aad) for plain, aad in zip(plains, aads, strict=True)]

    def unwrap_many(self, wrapped: Sequence[bytes], aads: Sequence[bytes]) -> list[bytearray | None]:
        """The keys; None where a seal does not match. Raises RootSealed."""
        cipher = self._cipher()
        return [_opened(cipher, one, aad) for one, aad in zip(wrapped, aads, strict=True)]

    def _cipher(self) -> AESGCM:
        """The files may be taken away after the start; while a new pair is being put in place the old one serves."""
        stamp = self._stamp_now()
        if self._held is None:
            self._held, self._stamp = AESGCM(self.reveal()), stamp
        elif stamp and stamp != self._stamp:
            with suppress(RootSealed):
                self._held, self._stamp = AESGCM(self.reveal()), stamp
        return self._held

    def _stamp_now(self) -> Stamp:
        try:
            seen = [os.stat(path) for path in (self.key_file, self.passphrase_file)]
        except OSError:
            return ()
        return tuple(part for one in seen for part in (one.st_ino, one.st_mtime_ns, one.st_size))


def _opened(cipher: AESGCM, wrapped: bytes, aad: bytes) -> bytearray | None:
    try:
        return unwrap(cipher, wrapped, aad)
    except InvalidTag:
        return None
