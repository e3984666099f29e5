"""Boxes: whole byte strings sealed to one place, for what is not a bundle of named values.

Layout: 0-1 magic 0xE2, suite 0x01 (AES-256-GCM) | 2-5 key number | 6-17 nonce | ciphertext and tag.
Associated data: the first six bytes | label (16-bit length before) | scope uuid | row uuid | revision, 4 bytes, where one counts.
"""

from __future__ import annotations

import os
import struct
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from ijm.vault import keyring
from ijm.vault.errors import BadFormat, Tampered

MAGIC, SUITE, HEAD, NONCE, TAG = 0xE2, 1, 6, 12, 16


@dataclass(frozen=True)
class Box:
    """A place for bytes: frozen label, whose key (scope uuid, kind "own"), which row, which revision (None: not counted)."""

    label: str
    compartment: str
    scope: uuid.UUID
    row: uuid.UUID
    rev: int | None = None

    def seal(self, content: bytes) -> tuple[bytes, int]:
        """The sealed bytes and the number of their key, which is made on first use. Raises KeyForbidden."""
        key = keyring.key_for("own", self.scope, self.compartment)
        head, nonce = struct.pack(">BBI", MAGIC, SUITE, key.id), os.urandom(NONCE)
        return head + nonce + key.aead.encrypt(nonce, content, self._covered(head)), key.id

    def open(self, stored: bytes) -> bytes:
        """The plain bytes; raises VaultError when the bytes or the key are not whole."""
        if len(stored) < HEAD + NONCE + TAG or stored[:2] != bytes((MAGIC, SUITE)):
            raise BadFormat(self.label)
        head, nonce = stored[:HEAD], stored[HEAD:HEAD + NONCE]
        number: int = struct.unpack(">I", head[2:])[0]
        key = keyring.keys([number]).get(number)
        if key is None:
            raise keyring.why_not(number)
        try:
            return key.aead.decrypt(nonce, stored[HEAD + NONCE:], self._covered(head))
        except InvalidTag as error:
            raise Tampered(self.label) from error

    def _covered(self, head: bytes) -> bytes:
        label, rev = self.label.encode(), b"" if self.rev is None else struct.pack(">I", self.rev)
        return b"".join((head, struct.pack(">H", len(label)), label, self.scope.bytes, self.row.bytes, rev))


__all__ = ("Box",)
