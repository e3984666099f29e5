"""Parcels: whole things of one person that are not a record yet (a draft, an import in preview, a result to fetch)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models

from ijm.guard.declare import Private
from ijm.roles.decisions import Decision, Holder, require
from ijm.trail.events import TrailRef
from ijm.trail.looks import disclosed
from ijm.vault import keyring
from ijm.vault.boxes import Box

if TYPE_CHECKING:
    Bytes = models.BinaryField[Any, Any]
else:
    Bytes = models.BinaryField


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
        self.parcel, self.parcel_key = self._box().seal(content)

    def open(self, *, to: Holder, event: str) -> bytes:
        """The plain bytes, for their owner only; her look is recorded first, under `event`.

        Raises Refused for anybody else, NoDoor outside a door, VaultError when the bytes or the key are not whole.
        """
        require(Decision(to.pk == self.owner_id, to, self, "parcel.refused", reason="not-hers"))
        disclosed(self, ("parcel",), to=to, event=event)
        return self._opened()

    def _opened(self) -> bytes:
        return self._box().open(bytes(self.parcel or b""))

    def _box(self) -> Box:
        return Box(self._meta.label_lower, keyring.PARCEL, self.parcel_scope(), self.id)


def shred(scope: uuid.UUID, *, by: Any) -> int:
    """Destroy the key of these parcels, so that no copy of their bytes opens again; says how many keys were destroyed."""
    return keyring.destroy("own", scope, keyring.PARCEL, by=by.pk)


__all__ = ("Parcel", "ParcelField", "shred")
