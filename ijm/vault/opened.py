"""The keys that this process holds open: for how long, how many, and when they are dropped.

A cipher object is kept, never the bytes of a key. A destroyed or renewed key leaves every process within HEED seconds: each
of them compares the key database's generation number with the one it knows.
"""

from __future__ import annotations

import hmac
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import Error, connections

from ijm.vault import known, roots
from ijm.vault.errors import KeyDestroyed, KeyUnknown, ProviderDown, RootSealed, Tampered, VaultError
from ijm.vault.models import KEYS, DataKey, Kek, State
from ijm.vault.wrapping import cipher_of, kek_aad, key_aad, unwrap

CACHE_SIZE, CACHE_LIFE = 2_000, 300.0  # entries, seconds
HEED, AWAY = 2.0, 5.0  # seconds between two looks at the generation; for which a root that is not there is not asked again
WORN, SPENT = 2**28, 2**32  # messages under one key: alarm, no more (random 96-bit nonces, NIST SP 800-38D)
PROMISES = b"ijm.commit.key.v1"
MARKS, MARKS_NONCE = b"ijm.marks.v1", bytes(12)  # under a key of its own, which seals nothing
PROMISES_NONCE = sha256(PROMISES).digest()[:12]  # never that of a bundle but by a chance of one in 2^96
ScopeKind = Literal["subject", "file", "own", "evidence"]
SCOPE_BYTES: dict[str, int] = {"subject": 1, "file": 2, "own": 3, "evidence": 4}


@dataclass(frozen=True)
class Key:
    """An opened data key: its number, whose it is, the cipher object, and whether it may seal; the bytes are not kept."""

    id: int
    scope_kind: ScopeKind
    scope_uuid: uuid.UUID
    compartment: str
    aead: AESGCM
    until: float
    is_active: bool = True

    @cached_property
    def for_promises(self) -> bytes:
        """The 32 bytes from which the salts of commitments come (`ijm.vault.promises`); they go when this key is dropped."""
        return self.aead.encrypt(PROMISES_NONCE, bytes(32), PROMISES)[:32]

    @cached_property
    def for_marks(self) -> hmac.HMAC:
        """What every mark begins with (`ijm.vault.marks`), keyed and empty: copied for each, gone when this key is dropped."""
        return hmac.new(self.aead.encrypt(MARKS_NONCE, bytes(32), MARKS)[:32], digestmod=sha256)

    @cached_property
    def scope(self) -> bytes:
        """Whose it is, as every seal covers it: kind and uuid."""
        return bytes([SCOPE_BYTES[self.scope_kind]]) + self.scope_uuid.bytes

    @cached_property
    def whose(self) -> tuple[str, str, int]:
        """Kind, compartment, and the uuid as a number: numbers are compared faster."""
        return self.scope_kind, self.compartment, self.scope_uuid.int


@dataclass(frozen=True)
class Refusal:
    """Why a key cannot be opened, and until when that need not be asked again."""

    error: Callable[[], VaultError]
    until: float


_cache: dict[int, Key] = {}
_active: dict[tuple[str, uuid.UUID, str], int] = {}
_refused: dict[int, Refusal] = {}
_keks: dict[int, tuple[AESGCM, float]] = {}
_seed: dict[int, tuple[bytes, float]] = {}
_generation, _looked_at = -1, float("-inf")
loading = threading.RLock()  # one thread fetches; the others find what it fetched


def forget() -> None:
    """Drop every opened key of this process (seal, role change, another database in tests)."""
    with loading:
        drop()
        _keks.clear()
        _seed.clear()


def drop() -> None:
    """Drop the data keys, so that their rows are read again."""
    with loading:
        for held in (_cache, _active, _refused):
            held.clear()


def _after_fork() -> None:
    """A child begins with nothing: no key, and a lock that no thread of its parent holds."""
    global loading
    loading = threading.RLock()
    forget()


os.register_at_fork(after_in_child=_after_fork)


def heed() -> None:
    """Every two seconds at most: drop the data keys when some process has destroyed or renewed one."""
    global _generation, _looked_at
    if time.monotonic() - _looked_at < HEED:
        return
    try:
        with connections[KEYS].cursor() as cursor:
            cursor.execute("SELECT last_value FROM vault_generation")
            now = int(cursor.fetchone()[0])
    except Error:  # a key database that is away for a moment: what is open stays open until its life ends
        return
    if now != _generation:
        drop()
    _generation, _looked_at = now, time.monotonic()


def announce() -> None:
    """Tell every process that a key has ended; to be called when that is committed."""
    global _looked_at
    with connections[KEYS].cursor() as cursor:
        cursor.execute("SELECT nextval('vault_generation')")
    drop()
    _looked_at = float("-inf")


def held(numbers: Iterable[int]) -> dict[int, Key]:
    """Those of these keys that this process holds open."""
    now = time.monotonic()
    return {number: key for number in numbers if (key := _cache.get(number)) is not None and key.until > now}


def fresh(number: int) -> Key | None:
    """The key of this number, if this process holds it open."""
    key = _cache.get(number)
    return key if key is not None and key.until > time.monotonic() else None


def fresh_active(kind: str, scope: uuid.UUID, compartment: str) -> Key | None:
    """The active key of this scope, if this process holds it open."""
    number = _active.get((kind, scope, compartment))
    return None if number is None else fresh(number)


def refused(number: int) -> VaultError | None:
    """Why this number was not opened a moment ago."""
    known = _refused.get(number)
    return known.error() if known is not None and known.until > time.monotonic() else None


def open_keks(rows: Iterable[Kek]) -> dict[int, AESGCM]:
    """The ciphers of these compartments' keys by number, those not held yet in one round trip to the root.

    Absent: one that does not open under this root. Raises RootSealed and ProviderDown.
    """
    rows = [row for row in rows if row.state != State.DESTROYED]
    with loading:
        missing = [row for row in rows if _keks.get(row.id, (None, 0.0))[1] <= time.monotonic()]
        plains = roots.root().unwrap_many([bytes(row.wrapped) for row in missing],
                                          [kek_aad(row.compartment, row.version) for row in missing]) if missing else []
        for row, plain in zip(missing, plains, strict=True):
            _keks.pop(row.id, None)
            if plain and known.proves(cipher := cipher_of(plain), row):
                _keks[row.id] = cipher, time.monotonic() + CACHE_LIFE
        return {row.id: _keks[row.id][0] for row in rows if row.id in _keks}


def open_seed(row: Kek) -> bytes:
    """The 32 bytes from which the system's own small secrets are derived. Raises RootSealed, ProviderDown."""
    held, until = _seed.get(row.id, (b"", 0.0))
    if until <= time.monotonic():
        plain = roots.root().unwrap_many([bytes(row.wrapped)], [kek_aad(row.compartment, row.version)])[0]
        if plain is None:
            raise RootSealed("seed")
        held = bytes(plain)
        _seed[row.id] = held, time.monotonic() + CACHE_LIFE
    return held


def open_rows(rows: Iterable[DataKey]) -> dict[int, Key]:
    """The keys of these rows; for each that does not open, `refused` says why."""
    rows = list(rows)
    wanted = {row.kek_id for row in rows if row.state != State.DESTROYED}
    keks = {kek.id: kek for kek in Kek.objects.using(KEYS).filter(id__in=wanted)} if wanted else {}
    try:
        ciphers, away = open_keks(keks.values()), None
    except (RootSealed, ProviderDown) as error:
        ciphers, away = {}, type(error)
    opened = (_open(row, keks, ciphers, away) for row in rows)
    return {key.id: key for key in opened if key is not None}


def _open(row: DataKey, keks: dict[int, Kek], ciphers: dict[int, AESGCM], away: type[VaultError] | None) -> Key | None:
    if row.state == State.DESTROYED:
        refuse(row.id, partial(KeyDestroyed, str(row.id), row.destroyed_at, row.certificate))
    elif away is not None:
        refuse(row.id, partial(away, f"key {row.id}"), AWAY)
    elif row.kek_id not in keks:
        refuse(row.id, partial(KeyUnknown, f"kek {row.kek_id}"))
    elif (cipher := _cipher(row, ciphers.get(row.kek_id))) is None:
        refuse(row.id, partial(Tampered, f"key {row.id}"))
    else:
        return _keep(row, cipher)
    return None


def _cipher(row: DataKey, kek: AESGCM | None) -> AESGCM | None:
    """None where the key, or that of its compartment, does not open."""
    try:
        aad = key_aad(row.compartment, row.kek_id, row.scope_kind, row.scope_uuid, row.id)
        return kek and cipher_of(unwrap(kek, row.wrapped, aad))
    except InvalidTag:
        return None


def _keep(row: DataKey, cipher: AESGCM) -> Key:
    key = Key(row.id, row.scope_kind, row.scope_uuid, row.compartment, cipher,  # type: ignore[arg-type]
              time.monotonic() + CACHE_LIFE, row.state == State.ACTIVE and row.messages < SPENT)
    with loading:
        while len(_cache) >= CACHE_SIZE:
            _cache.pop(next(iter(_cache)))
        _cache[key.id] = key
        _refused.pop(key.id, None)
        if row.state == State.ACTIVE:
            _active[(row.scope_kind, row.scope_uuid, row.compartment)] = key.id
    return key


def refuse(number: int, error: Callable[[], VaultError], life: float = CACHE_LIFE) -> None:
    """Note why a number cannot be opened, so that a page of fifty asks once."""
    with loading:
        if len(_refused) >= CACHE_SIZE:
            _refused.clear()
        _refused[number] = Refusal(error, time.monotonic() + life)
