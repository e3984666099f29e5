"""How keys are made: numbered before they are wrapped, proven before they are used, one compartment's key at a time."""

from __future__ import annotations

import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections, transaction

from ijm.vault import known, opened, roots
from ijm.vault.errors import RootSealed, Tampered
from ijm.vault.models import KEYS, DataKey, Kek, State
from ijm.vault.wrapping import cipher_of, fresh, kek_aad, key_aad, wrap

SEED = "seed"  # not a compartment: what the system's own small secrets are derived from


def numbers(sequence: str, count: int) -> list[int]:
    """Numbers before the wrapping, because the number is part of what the seal covers."""
    with connections[KEYS].cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [int(row[0]) for row in cursor.fetchall()]


def write_key(number: int, kind: str, scope: uuid.UUID, kek: Kek, cipher: AESGCM) -> DataKey:
    """A new data key, wrapped, not saved yet."""
    return DataKey(id=number, scope_kind=kind, scope_uuid=scope, compartment=kek.compartment, kek_id=kek.id,
                   wrapped=wrap(cipher, fresh(), key_aad(kek.compartment, kek.id, kind, scope, number)))


def alone() -> None:
    """Until the end of this transaction nobody else makes, renews or rewraps a compartment's key."""
    with connections[KEYS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('vault_kek', 0))")


def active_kek(compartment: str) -> tuple[Kek, AESGCM]:
    """The key of a compartment that wraps new keys, made on first use. Raises RootSealed, ProviderDown, Tampered."""
    row = _active(compartment) or _first(compartment)
    cipher = opened.open_keks([row]).get(row.id)
    if cipher is None:
        raise Tampered(f"kek {row.id}")
    return row, cipher


def _active(compartment: str) -> Kek | None:
    return Kek.objects.using(KEYS).filter(compartment=compartment, state=State.ACTIVE).first()


def _first(compartment: str) -> Kek:
    with transaction.atomic(using=KEYS):
        alone()
        prove_root()
        if compartment != SEED and not Kek.objects.using(KEYS).exists():
            write_kek(SEED, 1, fresh())
        return _active(compartment) or write_kek(compartment, 1, fresh())


def prove_root() -> None:
    """Nothing new is wrapped by a root that opens nothing of what is there. Raises RootSealed."""
    rows = list(Kek.objects.using(KEYS).exclude(state=State.DESTROYED))
    plains = roots.root().unwrap_many([bytes(row.wrapped) for row in rows],
                                      [kek_aad(row.compartment, row.version) for row in rows])
    for plain in plains:
        if plain is not None:
            plain[:] = bytes(len(plain))
    if rows and not any(plain is not None for plain in plains):
        raise RootSealed("canary")


def write_kek(compartment: str, version: int, plain: bytearray) -> Kek:
    """Save a compartment's key, wrapped under the root, with its known box; the bytes are wiped."""
    row = Kek(id=numbers("vault_kek_number", 1)[0], compartment=compartment, version=version)
    row.wrapped = roots.root().wrap([plain], [kek_aad(compartment, version)])[0]
    row.canary = known.made(cipher_of(plain), row)
    row.save(using=KEYS, force_insert=True)
    return row


def seed_row() -> Kek:
    """The row of the seed, made on first use.

    An office from before there was a seed derived its small secrets from the root in its file: there the seed is that root.
    """
    row = _active(SEED)
    if row is not None:
        return row
    with transaction.atomic(using=KEYS):
        alone()
        prove_root()
        root = roots.root()
        is_old = Kek.objects.using(KEYS).exists()
        plain = bytearray(root.reveal()) if is_old and isinstance(root, roots.FileRoot) else fresh()
        return _active(SEED) or write_kek(SEED, 1, plain)
