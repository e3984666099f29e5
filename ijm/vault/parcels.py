"""Parcels: whole things of one person that are not a record yet (a draft, an import in preview, a result to fetch).

Layout: 0-1 magic 0xE2, suite 0x01 (AES-256-GCM) | 2-5 key number | 6-17 nonce | ciphertext and tag.
Associated data: the first six bytes | label (16-bit length before) | scope uuid | row uuid.
"""

from __future__ import annotations

import os
import struct
import uuid
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from django.db import models

from ijm.guard.declare import Private
from ijm.roles.decisions import Decision, Holder, require
from ijm.trail.events import TrailRef
from ijm.trail.looks import disclosed
from ijm.vault import keyring
from ijm.vault.errors import BadFormat, Tampered

if TYPE_CHECKING:
    Bytes = models.BinaryField[Any, Any]
else:
    Bytes = models.BinaryField

MAGIC, SUITE, HEAD, NONCE, TAG = 0xE2, 1, 6, 12, 16


class ParcelField(Bytes):
    """The sealed bytes of a parcel; nothing but a parcel opens them."""


class Parcel(models.Model):
    """Bytes that one person has not finished with: sealed, hers alone, thrown away when done."""

    guard = Private()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_id = models.UUIDField(db_index=True, editable=False)
    parcel = ParcelField(null=True, editable=False)
    parcel_key = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        abstract = True

    def parcel_scope(self) -> uuid.UUID:
        """Whose key seals it: a key of the row's own, unless the kind of parcel says otherwise."""
        return self.id

    def trail_ref(self) -> TrailRef:
        """How the trail names it: by its kind and row, never by what it holds."""
        return TrailRef(model=self._meta.label_lower, pk=str(self.pk), code=getattr(self, "code", ""))

    def seal(self, content: bytes) -> None:
        """Seal these bytes into the row, to be saved by the caller; the key is made on first use and committed."""
        key = keyring.key_for("own", self.parcel_scope(), keyring.PARCEL)
        head, nonce = _head(key.id), os.urandom(NONCE)
        self.parcel = head + nonce + key.aead.encrypt(nonce, content, self._covered(head))
        self.parcel_key = key.id

    def open(self, *, to: Holder, event: str) -> bytes:
        """The plain bytes, for their owner only; her look is recorded first, under `event`.

        Raises Refused for anybody else, NoDoor outside a door, VaultError when the bytes or the key are not whole.
        """
        require(Decision(to.pk == self.owner_id, to, self, "parcel.refused", reason="not-hers"))
        disclosed(self, ("parcel",), to=to, event=event)
        return self._opened()

    def _opened(self) -> bytes:
        stored = bytes(self.parcel or b"")
        if len(stored) < HEAD + NONCE + TAG or stored[:2] != bytes((MAGIC, SUITE)):
            raise BadFormat(self._meta.label_lower)
        head, nonce = stored[:HEAD], stored[HEAD:HEAD + NONCE]
        number: int = struct.unpack(">I", head[2:])[0]
        key = keyring.keys([number]).get(number)
        if key is None:
            raise keyring.why_not(number)
        try:
            return key.aead.decrypt(nonce, stored[HEAD + NONCE:], self._covered(head))
        except InvalidTag as error:
            raise Tampered(self._meta.label_lower) from error

    def _covered(self, head: bytes) -> bytes:
        label = self._meta.label_lower.encode()
        return b"".join((head, struct.pack(">H", len(label)), label, self.parcel_scope().bytes, self.id.bytes))


def _head(number: int) -> bytes:
    return struct.pack(">BBI", MAGIC, SUITE, number)


def shred(scope: uuid.UUID, *, by: Any) -> int:
    """Destroy the key of these parcels, so that no copy of their bytes opens again; says how many keys were destroyed."""
    return keyring.destroy("own", scope, keyring.PARCEL, by=by.pk)


__all__ = ("Parcel", "ParcelField", "shred")
