"""The life of keys: renewed, rewrapped, counted, destroyed. No row of data is touched here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from ijm.vault import opened, roots
from ijm.vault.errors import RootSealed
from ijm.vault.making import active_kek, alone, prove_root, write_kek
from ijm.vault.models import KEYS, DataKey, Kek, State
from ijm.vault.opened import WORN, ScopeKind
from ijm.vault.roots import Root
from ijm.vault.wrapping import fresh, kek_aad, key_aad, unwrap, wrap

BATCH = 500
Progress = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True)
class Counts:
    """What a rotation did: how many keys or rows are new, how many still hang on the old one, how many of these are broken."""

    rotated: int
    remaining: int
    failed: int


def retire(kind: ScopeKind, scope: uuid.UUID, compartment: str, *, into: Callable[[], None]) -> None:
    """Retire the active key of a scope and make its successor, both or neither."""
    with transaction.atomic(using=KEYS):
        DataKey.objects.using(KEYS).filter(scope_kind=kind, scope_uuid=scope, compartment=compartment,
                                           state=State.ACTIVE).update(state=State.RETIRED)
        into()
    opened.announce()


def renew_kek(compartment: str, progress: Progress | None = None) -> Counts:
    """A new version of a compartment's key, all data keys rewrapped under it, the old version destroyed; no data row changes.

    Resumable: a run that finds keys left under an older version finishes that one. `remaining` counts keys that still hang
    on an older version, `failed` those among them that do not open. Raises RootSealed, ProviderDown, Tampered.
    """
    moved = _moved(compartment, progress)
    if not moved.rotated:
        _next_version(compartment)
        moved = _moved(compartment, progress)
    return moved


def _next_version(compartment: str) -> None:
    with transaction.atomic(using=KEYS):
        alone()
        prove_root()
        mine = Kek.objects.using(KEYS).filter(compartment=compartment)
        last = mine.order_by("-version").first()
        mine.filter(state=State.ACTIVE).update(state=State.RETIRED)
        write_kek(compartment, last.version + 1 if last else 1, fresh())


def _moved(compartment: str, progress: Progress | None) -> Counts:
    kek, cipher = active_kek(compartment)
    older = {row.id: row for row in Kek.objects.using(KEYS).filter(compartment=compartment, state=State.RETIRED)}
    hanging = DataKey.objects.using(KEYS).filter(kek_id__in=older).exclude(state=State.DESTROYED)
    total, rotated, failed = hanging.count(), 0, 0
    if total:
        for good, bad in _batches(hanging, opened.open_keks(older.values()), kek, cipher):
            rotated, failed = rotated + good, failed + bad
            if progress:
                progress(rotated, total)
    _end_emptied(older)
    return Counts(rotated, hanging.count(), failed)


def _batches(hanging: QuerySet[DataKey], ciphers: dict[int, AESGCM], kek: Kek, cipher: AESGCM) -> Iterator[tuple[int, int]]:
    """Five hundred keys and a transaction each; keys that somebody holds at this moment are left for the next run."""
    last = 0
    while True:
        with transaction.atomic(using=KEYS):
            rows = list(hanging.filter(id__gt=last).order_by("id").select_for_update(skip_locked=True)[:BATCH])
            good = [row for row in rows if row.kek_id in ciphers and _rewrapped(row, ciphers[row.kek_id], kek, cipher)]
            DataKey.objects.using(KEYS).bulk_update(good, ("wrapped", "kek_id"))
        if not rows:
            return
        last = rows[-1].id
        yield len(good), len(rows) - len(good)


def _rewrapped(row: DataKey, old: AESGCM, kek: Kek, new: AESGCM) -> bool:
    whose = row.scope_kind, row.scope_uuid, row.id
    try:
        plain = unwrap(old, row.wrapped, key_aad(row.compartment, row.kek_id, *whose))
    except InvalidTag:
        return False
    row.wrapped, row.kek_id = wrap(new, plain, key_aad(row.compartment, kek.id, *whose)), kek.id
    plain[:] = bytes(len(plain))
    return True


def _end_emptied(older: Mapping[int, Kek]) -> None:
    """The key database refuses a new key under a retired version, so one that is empty stays so."""
    hanging = DataKey.objects.using(KEYS).filter(kek_id=OuterRef("id")).exclude(state=State.DESTROYED)
    Kek.objects.using(KEYS).filter(~Exists(hanging), id__in=older, state=State.RETIRED).update(
        state=State.DESTROYED, wrapped=b"", canary=None)


def rewrap_root(new: Root, progress: Progress | None = None) -> Counts:
    """Wrap every compartment's key, and the seed, under another root (new file, new passphrase, key server); all or none.

    One round trip to each root. What does not open under the present root stays as it is and counts as remaining and failed.
    The caller then puts the new root in the old one's place. Raises RootSealed (also when nothing opens, or when the new root
    does not give back what it wrapped) and ProviderDown; then nothing has changed.
    """
    with transaction.atomic(using=KEYS):
        alone()
        rows = list(Kek.objects.using(KEYS).exclude(state=State.DESTROYED).select_for_update().order_by("id"))
        aads = {row.id: kek_aad(row.compartment, row.version) for row in rows}
        plains = dict(zip(rows, roots.root().unwrap_many([bytes(row.wrapped) for row in rows], list(aads.values())), strict=True))
        good = {row: plain for row, plain in plains.items() if plain is not None}
        if rows and not good:
            raise RootSealed("canary")
        _under(new, good, [aads[row.id] for row in good])
        Kek.objects.using(KEYS).bulk_update(list(good), ("wrapped",))
    if progress:
        progress(len(good), len(rows))
    return Counts(len(good), len(rows) - len(good), len(rows) - len(good))


def _under(new: Root, good: Mapping[Kek, bytearray], aads: list[bytes]) -> None:
    wrapped = new.wrap(list(good.values()), aads)
    if new.unwrap_many(wrapped, aads) != list(good.values()):
        raise RootSealed(new.name)
    for (row, plain), bytes_ in zip(good.items(), wrapped, strict=True):
        row.wrapped = bytes_
        plain[:] = bytes(len(plain))


def destroy(kind: ScopeKind, scope: uuid.UUID, compartment: str, *, by: uuid.UUID) -> int:
    """Destroy every key of this scope in this compartment; says how many. What they sealed cannot be opened again.

    Committed on its own: other processes forget their copy within `opened.HEED` seconds. Doing it twice is harmless.
    """
    count = _ended(DataKey.objects.using(KEYS).filter(scope_kind=kind, scope_uuid=scope, compartment=compartment), by=by)
    opened.announce()
    return count


def destroy_all(kind: ScopeKind, scope: uuid.UUID, *, by: uuid.UUID, certificate: str) -> int:
    """Destroy the keys of this scope in every compartment, under a certificate; says how many it found alive.

    From then on the scope is erased: no key is made for it any more. Committed on its own; idempotent: dates and numbers
    that are there stay. A scope that never had a key is marked as erased too.
    """
    mine = DataKey.objects.using(KEYS).filter(scope_kind=kind, scope_uuid=scope)
    with transaction.atomic(using=KEYS):
        with connections[KEYS].cursor() as cursor:
            cursor.execute("SELECT vault_scope_lock(%s, %s)", [kind, scope])
            count = _ended(mine, by=by, certificate=certificate)
            if not mine.exists():
                cursor.execute("SELECT nextval('vault_key_number')")
                DataKey(id=cursor.fetchone()[0], scope_kind=kind, scope_uuid=scope, kek_id=0, state=State.DESTROYED,
                        wrapped=b"", destroyed_at=timezone.now(), destroyed_by={"user": str(by)},
                        certificate=certificate).save(using=KEYS, force_insert=True)
        mine.filter(certificate="").update(certificate=certificate)
    opened.announce()
    return count


def _ended(rows: QuerySet[DataKey], *, by: uuid.UUID, certificate: str = "") -> int:
    return rows.exclude(state=State.DESTROYED).update(
        state=State.DESTROYED, wrapped=b"", destroyed_at=timezone.now(), destroyed_by={"user": str(by)}, certificate=certificate)


def worn(counts: Mapping[int, int]) -> list[int]:
    """Note how many messages each of these keys has sealed; gives the numbers of all that need a successor (2^28 or more).

    A key that has sealed 2^32 messages seals no more (`KeyWorn`). A count never goes down.
    """
    rows = DataKey.objects.using(KEYS).exclude(state=State.DESTROYED)
    numbers = sorted(counts)
    for start in range(0, len(numbers), BATCH):
        grown = [row for row in rows.filter(id__in=numbers[start:start + BATCH]) if row.messages < counts[row.id]]
        for row in grown:
            row.messages = counts[row.id]
        DataKey.objects.using(KEYS).bulk_update(grown, ("messages",))
    return sorted(rows.filter(messages__gte=WORN).values_list("id", flat=True))
