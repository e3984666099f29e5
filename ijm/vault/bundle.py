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
from collections.abc import Collection, Hashable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from cryptography.exceptions import InvalidTag

from ijm.vault.errors import BadFormat, KeyForbidden, PlainText, Replayed, Tampered
from ijm.vault.keyring import Key, header

BUCKET = 64
HEAD, NONCE, TAG = 10, 12, 16
START, HEADER = b"\xe1\x01", struct.Struct(f">2sII{NONCE}s")  # magic and suite, key number, revision, nonce
Name = TypeVar("Name", bound=Hashable)
Value = str | None
Where = tuple[str, str, uuid.UUID]  # a Place without its name: on the way of every row of a list


class Place(NamedTuple):
    """Where a bundle belongs: frozen label, compartment, row. Nothing else opens it."""

    label: str
    compartment: str
    row: uuid.UUID


def _covered(head: bytes, place: Where, key: Key) -> bytes:
    """What the seal covers beside the values themselves."""
    label, compartment, row = place
    return head + _named(label, compartment) + key.scope + row.bytes


@lru_cache(maxsize=1_000)
def _named(label: str, compartment: str) -> bytes:
    """The part that is the same for all rows of one compartment of a model."""
    return _lp(label) + _lp(compartment)


def _lp(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


@lru_cache(maxsize=100)
def _layout(packed: int) -> tuple[struct.Struct, bytes]:
    """What stands before the values of so many names (how many, null bitmap, lengths), and the bitmap where none is null."""
    octets = (packed + 7) // 8
    return struct.Struct(f">H{octets}s{packed}I"), bytes(octets)


def pack(values: Sequence[Value]) -> bytes:
    """The padded body of these values; raises PlainText for text that UTF-8 cannot hold."""
    try:
        raw = [b"" if value is None else value.encode() for value in values]
    except UnicodeEncodeError as error:
        raise PlainText from error
    layout, nulls = _layout(len(raw))
    if None in values:
        nulls = sum(1 << index for index, value in enumerate(values) if value is None).to_bytes(len(nulls), "little")
    body = layout.pack(len(raw), nulls, *map(len, raw)) + b"".join(raw)
    return body + bytes(-len(body) % BUCKET)


def unpack(body: bytes, names: Collection[Name]) -> dict[Name, Value]:
    """The values of a body that was packed with these names or the first of them; later ones are None. Raises BadFormat."""
    try:
        packed = body[0] << 8 | body[1]
        if packed > len(names):
            raise BadFormat("names")
        layout, whole = _layout(packed)
        _packed, bitmap, *lengths = layout.unpack_from(body)
        at = layout.size
        values: dict[Name, Value] = {name: body[at:(at := at + length)].decode()
                                     for name, length in zip(names, lengths, strict=False)}
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise BadFormat("body") from error
    if at > len(body):
        raise BadFormat("length")
    if bitmap == whole and packed == len(names):
        return values
    nulls = int.from_bytes(bitmap, "little")
    return {name: None if nulls >> index & 1 else values.get(name) for index, name in enumerate(names)}


def seal(values: Sequence[Value], *, place: Where, key: Key, rev: int) -> bytes:
    """The bundle of these values for this place, at this revision of the compartment."""
    head, nonce = header(key.id, rev), os.urandom(NONCE)
    return head + nonce + key.aead.encrypt(nonce, pack(values), _covered(head, place, key))


def key_number(bundle: bytes) -> int:
    """The number of the key that sealed a bundle; raises BadFormat when the bytes are no bundle of a known suite."""
    return _header(bundle)[0]


def unseal(bundle: bytes, *, place: Where, key: Key, rev: int, names: Collection[Name]) -> dict[Name, Value]:
    """The values of a bundle; raises Tampered, Replayed, KeyForbidden or BadFormat, never returns other text."""
    return unpack(_body(bundle, place, key, rev), names)


def reseal(bundle: bytes, *, place: Where, old: Key, new: Key, rev: int) -> bytes:
    """The same values at the same revision under another key; raises what `unseal` raises."""
    head, nonce = header(new.id, rev), os.urandom(NONCE)
    return head + nonce + new.aead.encrypt(nonce, _body(bundle, place, old, rev), _covered(head, place, new))


def _header(bundle: bytes) -> tuple[int, int, bytes]:
    """Key number, revision and nonce."""
    if len(bundle) < HEADER.size + TAG:
        raise BadFormat("header")
    start, number, rev, nonce = HEADER.unpack_from(bundle)
    if start != START:
        raise BadFormat("header")
    return number, rev, nonce


def _body(bundle: bytes, place: Where, key: Key, rev: int) -> bytes:
    number, sealed_rev, nonce = _header(bundle)
    if number != key.id:
        raise Tampered(place[0])
    if sealed_rev != rev:
        raise Replayed(place[0])
    if key.compartment != place[1]:
        raise KeyForbidden(place[0])
    try:
        return key.aead.decrypt(nonce, bundle[HEADER.size:], _covered(bundle[:HEAD], place, key))
    except InvalidTag as error:
        raise Tampered(place[0]) from error
