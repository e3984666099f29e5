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
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from cryptography.exceptions import InvalidTag

from ijm.vault.errors import BadFormat, KeyForbidden, PlainText, Replayed, Tampered
from ijm.vault.keyring import Key, header

BUCKET = 64
HEAD, NONCE, TAG = 10, 12, 16
START, HEADER = b"\xe1\x01", struct.Struct(f">2sII{NONCE}s")  # magic and suite, key number, revision, nonce
SEALED, LEAST = HEADER.size, HEADER.size + TAG
Name = TypeVar("Name", bound=Hashable)
Value = str | None


class Place(NamedTuple):
    """Where a bundle belongs: frozen label, compartment, row. Nothing else opens it."""

    label: str
    compartment: str
    row: uuid.UUID


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
        layout, _whole = _layout(packed)
        _packed, bitmap, *lengths = layout.unpack_from(body)
    except (struct.error, IndexError) as error:
        raise BadFormat("body") from error
    values, nulls = _texts(body, layout.size, names, lengths), int.from_bytes(bitmap, "little")
    return {name: None if nulls >> index & 1 else values.get(name) for index, name in enumerate(names)}


def _texts(body: bytes, at: int, names: Iterable[Name], lengths: Iterable[int]) -> dict[Name, Value]:
    values: dict[Name, Value] = {}
    try:
        for name, length in zip(names, lengths, strict=False):
            values[name] = body[at:(at := at + length)].decode()
    except UnicodeDecodeError as error:
        raise BadFormat("text") from error
    if at > len(body):
        raise BadFormat("length")
    return values


def seal(values: Sequence[Value], *, place: Place, key: Key, rev: int, nonce: bytes = b"") -> bytes:
    """The bundle of these values for this place, at this revision of the compartment.

    `nonce` is 12 random bytes of `nonces` that are used for nothing else; without it they are drawn here.
    """
    return _sealed(pack(values), place, key, rev, nonce)


def nonces(count: int) -> Iterator[bytes]:
    """So many nonces, drawn from the system at once. Never kept: a process that forks would use them twice."""
    drawn = os.urandom(NONCE * count)
    return (drawn[at:at + NONCE] for at in range(0, len(drawn), NONCE))


def reseal(bundle: bytes, *, place: Place, old: Key, new: Key, rev: int) -> bytes:
    """The same values at the same revision under another key; raises what an `opener` raises."""
    return _sealed(_bodies(place.label, place.compartment)(bundle, place.row, old, rev), place, new, rev)


def _sealed(body: bytes, place: Place, key: Key, rev: int, nonce: bytes = b"") -> bytes:
    head, nonce = header(key.id, rev), nonce or os.urandom(NONCE)
    covered = head + _named(place.label, place.compartment) + key.scope + place.row.int.to_bytes(16)
    return head + nonce + key.aead.encrypt(nonce, body, covered)


def key_number(bundle: bytes) -> int:
    """The number of the key that sealed a bundle; raises BadFormat when the bytes are no bundle of a known suite."""
    if len(bundle) < LEAST or not bundle.startswith(START):
        raise BadFormat("header")
    return int(HEADER.unpack_from(bundle)[1])


def opener(label: str, compartment: str, names: Collection[Name]) -> Callable[[bytes, uuid.UUID, Key, int], dict[Name, Value]]:
    """What opens the bundles of one compartment of a model: (bundle, row, key, revision) -> {name: value}.

    It raises Tampered, Replayed, KeyForbidden or BadFormat, and never returns other text. A page of a list calls it for each
    row, so whatever is the same for all rows is made here, once.
    """
    body_of, count = _bodies(label, compartment), len(names)
    whole = count.to_bytes(2) + _layout(count)[1]  # how the bodies begin of which no name is missing and none is null
    lengths_of, at = struct.Struct(f">{count}I").unpack_from, _layout(count)[0].size

    def opened(bundle: bytes, row: uuid.UUID, key: Key, rev: int) -> dict[Name, Value]:
        body = body_of(bundle, row, key, rev)
        if len(body) < at or not body.startswith(whole):
            return unpack(body, names)
        return _texts(body, at, names, lengths_of(body, len(whole)))

    return opened


@lru_cache(maxsize=1_000)
def _bodies(label: str, compartment: str) -> Callable[[bytes, uuid.UUID, Key, int], bytes]:
    """What proves a bundle of one compartment of a model and gives its body."""
    named, unpacked = _named(label, compartment), HEADER.unpack_from

    def body_of(bundle: bytes, row: uuid.UUID, key: Key, rev: int) -> bytes:
        if len(bundle) < LEAST:
            raise BadFormat("header")
        start, number, sealed_rev, nonce = unpacked(bundle)
        if start != START:
            raise BadFormat("header")
        if number != key.id:
            raise Tampered(label)
        if sealed_rev != rev:
            raise Replayed(label)
        if key.compartment != compartment:
            raise KeyForbidden(label)
        try:
            return key.aead.decrypt(nonce, bundle[SEALED:], bundle[:HEAD] + named + key.scope + row.int.to_bytes(16))
        except InvalidTag as error:
            raise Tampered(label) from error

    return body_of

