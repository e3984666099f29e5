"""Keys per compartment and scope, in their own database. Nobody outside `ijm.vault` imports this module."""

from __future__ import annotations

import os
import struct
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, connections, models, transaction
from django.utils import timezone

from ijm.roles.table import Open
from ijm.vault.errors import KeyDestroyed, KeyForbidden, KeyUnknown, Tampered
from ijm.vault.root import root

KEYS = "keys"
CACHE_SIZE, CACHE_LIFE = 2_000, 300.0  # entries, seconds
ScopeKind = Literal["subject", "file", "own", "evidence"]
SCOPE_BYTES: dict[str, int] = {"subject": 1, "file": 2, "own": 3, "evidence": 4}
PARCEL = "parcel"  # what a person has not finished yet; every process may hold hers
EVIDENCE = "evidence"  # the key of each stored file lies under a key of its own of this compartment
SEARCH = "search"  # digests by which equal things are known as equal; opens nothing


class State(models.TextChoices):
    """A key seals while active, opens while retired, is gone when destroyed."""

    ACTIVE = "active"
    RETIRED = "retired"
    DESTROYED = "destroyed"


class Kek(models.Model):
    """The key of one compartment, wrapped under the root key."""

    id = models.IntegerField(primary_key=True)
    compartment = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    wrapped = models.BinaryField()
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)

    class Meta:
        db_table = "vault_kek"
        constraints = (
            models.UniqueConstraint(fields=("compartment",), condition=models.Q(state="active"), name="vault_kek_active"),
        )


class DataKey(models.Model):
    """The key of one person or file in one compartment, wrapped under the compartment's key."""

    id = models.IntegerField(primary_key=True)
    scope_kind = models.CharField(max_length=16)
    scope_uuid = models.UUIDField()
    compartment = models.CharField(max_length=16)
    kek_id = models.IntegerField()
    wrapped = models.BinaryField()
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    created = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True)
    destroyed_by = models.JSONField(null=True)

    class Meta:
        db_table = "vault_key"
        constraints = (
            models.UniqueConstraint(fields=("scope_kind", "scope_uuid", "compartment"),
                                    condition=models.Q(state="active"), name="vault_key_active"),
        )


@dataclass(frozen=True)
class Key:
    """An opened data key: its number, whose it is, and the cipher object; the bytes are not kept."""

    id: int
    scope_kind: ScopeKind
    scope_uuid: uuid.UUID
    compartment: str
    aead: AESGCM
    until: float
    is_active: bool = True


@dataclass(frozen=True)
class Counts:
    """What a change of keys did: how many were turned, remain under old keys, could not be opened."""

    rotated: int
    remaining: int
    failed: int


_cache: dict[int, Key] = {}
_active: dict[tuple[str, uuid.UUID, str], int] = {}
_keks: dict[int, AESGCM] = {}
_lock = threading.RLock()


def forget() -> None:
    """Drop every opened key of this process (seal, role change, another database in tests)."""
    with _lock:
        _cache.clear()
        _active.clear()
        _keks.clear()


def _wrap_data(compartment: str, kek: int, kind: str, scope: uuid.UUID, key: int) -> bytes:
    return b"|".join((b"IJMK1", compartment.encode(), str(kek).encode(), kind.encode(), scope.bytes, str(key).encode()))


def _wrap(cipher: AESGCM, plain: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + cipher.encrypt(nonce, plain, aad)


def _unwrap(cipher: AESGCM, wrapped: bytes, aad: bytes, what: str) -> AESGCM:
    try:
        plain = bytearray(cipher.decrypt(bytes(wrapped[:12]), bytes(wrapped[12:]), aad))
    except InvalidTag as error:
        raise Tampered(what) from error
    opened = AESGCM(plain)
    plain[:] = bytes(len(plain))
    return opened


def _next(sequence: str) -> int:
    """A number before the wrapping, because the number is part of what the seal covers."""
    with connections[KEYS].cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        return int(cursor.fetchone()[0])


def allowed(compartment: str) -> bool:
    """Whether this process was given the compartment."""
    return compartment in (PARCEL, SEARCH) or compartment in (settings.COMPARTMENTS or (*Open.values, EVIDENCE))


def _kek_aad(compartment: str, version: int) -> bytes:
    return f"IJMKEK1|{compartment}|{version}".encode()


def _open_kek(row: Kek) -> AESGCM:
    with _lock:
        if row.id not in _keks:
            _keks[row.id] = _unwrap(AESGCM(root()), row.wrapped, _kek_aad(row.compartment, row.version), f"kek {row.id}")
        return _keks[row.id]


def _active_kek(compartment: str) -> Kek:
    row = Kek.objects.using(KEYS).filter(compartment=compartment, state=State.ACTIVE).first()
    if row is not None:
        return row
    made = Kek(id=_next("vault_kek_number"), compartment=compartment, version=1,
               wrapped=_wrap(AESGCM(root()), os.urandom(32), _kek_aad(compartment, 1)))
    try:
        with transaction.atomic(using=KEYS):
            made.save(using=KEYS, force_insert=True)
    except IntegrityError:  # another process was faster
        return Kek.objects.using(KEYS).get(compartment=compartment, state=State.ACTIVE)
    return made


def _opened(rows: Iterable[DataKey]) -> list[Key]:
    rows = list(rows)
    keks = {kek.id: kek for kek in Kek.objects.using(KEYS).filter(id__in={row.kek_id for row in rows})}
    return [_remember(row, _open_kek(keks[row.kek_id])) for row in rows]


def _remember(row: DataKey, kek: AESGCM) -> Key:
    if row.state == State.DESTROYED:
        raise KeyDestroyed(str(row.id))
    aad = _wrap_data(row.compartment, row.kek_id, row.scope_kind, row.scope_uuid, row.id)
    key = Key(row.id, row.scope_kind, row.scope_uuid, row.compartment,  # type: ignore[arg-type]
              _unwrap(kek, row.wrapped, aad, f"key {row.id}"), time.monotonic() + CACHE_LIFE,
              row.state == State.ACTIVE)
    with _lock:
        if len(_cache) >= CACHE_SIZE:
            forget()
        _cache[key.id] = key
        if row.state == State.ACTIVE:
            _active[(row.scope_kind, row.scope_uuid, row.compartment)] = key.id
    return key


def _fresh(number: int) -> Key | None:
    key = _cache.get(number)
    return key if key is not None and key.until > time.monotonic() else None


def keys(numbers: Iterable[int]) -> dict[int, Key]:
    """The opened keys of these numbers, with one query for all that this process does not hold.

    Numbers that the key database lacks are absent from the answer; a destroyed key or a forbidden compartment is
    absent too (`why_not` says which).
    """
    wanted = set(numbers)
    held = {number: key for number in wanted if (key := _fresh(number)) is not None}
    missing = wanted - held.keys()
    if missing:
        rows = DataKey.objects.using(KEYS).filter(id__in=missing).exclude(state=State.DESTROYED)
        held |= {key.id: key for key in _opened(row for row in rows if allowed(row.compartment))}
    return held


def why_not(number: int) -> KeyUnknown | KeyDestroyed | KeyForbidden:
    """Why `keys` did not give this number."""
    row = DataKey.objects.using(KEYS).filter(id=number).first()
    if row is None:
        return KeyUnknown(str(number))
    return KeyDestroyed(str(number)) if row.state == State.DESTROYED else KeyForbidden(row.compartment)


def key_for(kind: ScopeKind, scope: uuid.UUID, compartment: str) -> Key:
    """The active key of one person or file in one compartment, made on first use and committed before any data.

    Raises KeyForbidden when this process was not given the compartment.
    """
    if not allowed(compartment):
        raise KeyForbidden(compartment)
    number = _active.get((kind, scope, compartment))
    if number is not None and (key := _fresh(number)) is not None:
        return key
    row = DataKey.objects.using(KEYS).filter(
        scope_kind=kind, scope_uuid=scope, compartment=compartment, state=State.ACTIVE).first()
    return _opened([row or _made(kind, scope, compartment)])[0]


def keys_for(kind: ScopeKind, scopes: Iterable[uuid.UUID], compartment: str) -> dict[uuid.UUID, Key]:
    """The active keys of many persons or files in one compartment; those that are missing are made in one go.

    Three statements whatever their number. Raises KeyForbidden when this process was not given the compartment.
    """
    wanted = set(scopes)
    if not allowed(compartment):
        raise KeyForbidden(compartment)
    mine = DataKey.objects.using(KEYS).filter(scope_kind=kind, compartment=compartment, state=State.ACTIVE)
    held = {row.scope_uuid for row in mine.filter(scope_uuid__in=wanted)}
    if missing := sorted(wanted - held):
        DataKey.objects.using(KEYS).bulk_create(_wrapped(kind, missing, compartment), ignore_conflicts=True)
    return {key.scope_uuid: key for key in _opened(mine.filter(scope_uuid__in=wanted))}


def _wrapped(kind: ScopeKind, scopes: Sequence[uuid.UUID], compartment: str) -> Iterator[DataKey]:
    """New keys, wrapped, not saved yet; where another process was faster, its key stays and ours is dropped."""
    kek = _active_kek(compartment)
    cipher = _open_kek(kek)
    with connections[KEYS].cursor() as cursor:
        cursor.execute("SELECT nextval('vault_key_number') FROM generate_series(1, %s)", [len(scopes)])
        numbers = [int(row[0]) for row in cursor.fetchall()]
    for number, scope in zip(numbers, scopes, strict=True):
        yield DataKey(id=number, scope_kind=kind, scope_uuid=scope, compartment=compartment, kek_id=kek.id,
                      wrapped=_wrap(cipher, os.urandom(32), _wrap_data(compartment, kek.id, kind, scope, number)))


def _made(kind: ScopeKind, scope: uuid.UUID, compartment: str) -> DataKey:
    kek = _active_kek(compartment)
    number = _next("vault_key_number")
    row = DataKey(id=number, scope_kind=kind, scope_uuid=scope, compartment=compartment, kek_id=kek.id,
                  wrapped=_wrap(_open_kek(kek), os.urandom(32), _wrap_data(compartment, kek.id, kind, scope, number)))
    try:
        with transaction.atomic(using=KEYS):
            row.save(using=KEYS, force_insert=True)
    except IntegrityError:
        return DataKey.objects.using(KEYS).get(
            scope_kind=kind, scope_uuid=scope, compartment=compartment, state=State.ACTIVE)
    return row


def destroy(kind: ScopeKind, scope: uuid.UUID, compartment: str, *, by: uuid.UUID) -> int:
    """Destroy every key of this scope in this compartment; says how many. What they sealed cannot be opened again.

    Committed on its own: other processes forget their copy within CACHE_LIFE seconds. Doing it twice is harmless.
    """
    rows = DataKey.objects.using(KEYS).filter(
        scope_kind=kind, scope_uuid=scope, compartment=compartment).exclude(state=State.DESTROYED)
    numbers = list(rows.values_list("id", flat=True))
    rows.filter(id__in=numbers).update(state=State.DESTROYED, wrapped=b"", destroyed_at=timezone.now(),
                                       destroyed_by={"user": str(by)})
    with _lock:
        _active.pop((kind, scope, compartment), None)
        for number in numbers:
            _cache.pop(number, None)
    return len(numbers)


def header(number: int, rev: int) -> bytes:
    """The ten bytes at the head of a bundle: magic and version, suite, key number, revision."""
    return struct.pack(">BBII", 0xE1, 1, number, rev)
