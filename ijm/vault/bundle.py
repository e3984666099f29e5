"""The version-1 bundle: all sealed values of one compartment of one row as one ciphertext.

0 magic 0xE1 | 1 suite 0x01 AES-256-GCM | 2-5 key number | 6-9 revision | 10-21 nonce | ciphertext and tag.
Associated data: header | lp(label) | lp(compartment) | scope kind | scope uuid | row uuid (lp: 16-bit length before).
Body: n u16 | null bitmap | n x u32 length | UTF-8 values | zeros up to a multiple of 64. The number of names is the
schema: names are only ever added at the end, so a bundle of fewer names is an older one.
"""

from __future__ import annotations

import os
import struct
import uuid
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from cryptography.exceptions import InvalidTag

from ijm.vault.errors import BadFormat, KeyForbidden, PlainText, Replayed, Tampered
from ijm.vault.keyring import SCOPE_BYTES, Key, header

BUCKET = 64
HEAD, NONCE, TAG = 10, 12, 16
Value = str | None


class Place(NamedTuple):
    """Where a bundle belongs: frozen label, compartment, row. Nothing else opens it."""

    label: str
    compartment: str
    row: uuid.UUID

    def aad(self, head: bytes, key: Key) -> bytes:
        """What the seal covers beside the values themselves."""
        return b"".join((head, _named(self.label, self.compartment, key.scope_kind), key.scope_uuid.bytes, self.row.bytes))


@lru_cache(maxsize=1_000)
def _named(label: str, compartment: str, scope_kind: str) -> bytes:
    """The part that is the same for all rows of one compartment of a model."""
    return _lp(label) + _lp(compartment) + bytes([SCOPE_BYTES[scope_kind]])


def _lp(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def pack(values: Sequence[Value]) -> bytes:
    """The padded body of these values; raises PlainText for text that UTF-8 cannot hold."""
    try:
        raw = [None if value is None else value.encode() for value in values]
    except UnicodeEncodeError as error:
        raise PlainText from error
    bitmap = bytearray((len(raw) + 7) // 8)
    for index, item in enumerate(raw):
        if item is None:
            bitmap[index // 8] |= 1 << (index % 8)
    body = b"".join((struct.pack(">H", len(raw)), bytes(bitmap), *(struct.pack(">I", len(item or b"")) for item in raw),
                     *(item or b"" for item in raw)))
    return body + bytes(-len(body) % BUCKET)


@lru_cache(maxsize=100)
def _layout(packed: int) -> struct.Struct:
    """What stands before the values of so many names: the null bitmap and the lengths."""
    return struct.Struct(f">{(packed + 7) // 8}s{packed}I")


def unpack(body: bytes, count: int) -> list[Value]:
    """The values of a body that was packed with up to `count` names; names added since are None. Raises BadFormat."""
    try:
        packed = int.from_bytes(body[:2])
        if packed > count or len(body) < 2:
            raise BadFormat("names")
        layout = _layout(packed)
        bitmap, *lengths = layout.unpack_from(body, 2)
        ends = list(accumulate(lengths, initial=2 + layout.size))
        if ends[-1] > len(body):
            raise BadFormat("length")
        values: list[Value] = [body[at:end].decode() for at, end in pairwise(ends)]
        if nulls := int.from_bytes(bitmap, "little"):
            values = [None if nulls >> index & 1 else value for index, value in enumerate(values)]
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise BadFormat("body") from error
    return values + [None] * (count - packed)


def seal(values: Sequence[Value], *, place: Place, key: Key, rev: int) -> bytes:
    """The bundle of these values for this place, at this revision of the compartment."""
    head, nonce = header(key.id, rev), os.urandom(NONCE)
    return head + nonce + key.aead.encrypt(nonce, pack(values), place.aad(head, key))


def key_number(bundle: bytes) -> int:
    """The number of the key that sealed a bundle; raises BadFormat when the bytes are no bundle of a known suite."""
    if len(bundle) < HEAD + NONCE + TAG or bundle[0] != 0xE1 or bundle[1] != 1:
        raise BadFormat("header")
    return int(struct.unpack_from(">I", bundle, 2)[0])


def unseal(bundle: bytes, *, place: Place, key: Key, rev: int, count: int) -> list[Value]:
    """The values of a bundle; raises Replayed, KeyForbidden, Tampered or BadFormat, never returns other text."""
    return unpack(_body(bundle, place, key, rev), count)


def reseal(bundle: bytes, *, place: Place, old: Key, new: Key, rev: int) -> bytes:
    """The same values at the same revision under another key; raises what `unseal` raises."""
    head, nonce = header(new.id, rev), os.urandom(NONCE)
    return head + nonce + new.aead.encrypt(nonce, _body(bundle, place, old, rev), place.aad(head, new))


def _body(bundle: bytes, place: Place, key: Key, rev: int) -> bytes:
    number, head = key_number(bundle), bundle[:HEAD]
    if struct.unpack_from(">I", bundle, 6)[0] != rev:
        raise Replayed(place.label)
    if number != key.id:
        raise Tampered(place.label)
    if key.compartment != place.compartment:
        raise KeyForbidden(place.label)
    try:
        return key.aead.decrypt(bundle[HEAD:HEAD + NONCE], bundle[HEAD + NONCE:], place.aad(head, key))
    except InvalidTag as error:
        raise Tampered(place.label) from error
