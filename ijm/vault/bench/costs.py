"""The measures of rows and files: pages, whole tables, inserts, look-ups, saves, bytes on disk."""

from __future__ import annotations

import hashlib
import itertools
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from cryptography.fernet import Fernet
from django.db import connections, transaction

from ijm.measuring import Measure, run
from ijm.vault import files, marks
from ijm.vault.bench import tables
from ijm.vault.bench.tables import MARK, NAMES, Peer, Plain, Sealed
from ijm.vault.sealed import compartments

ROWS, PAGE, TOGETHER, INSERTED, FILE = 20_000, 50, 200, 2_000, 16 << 20
CPU = time.process_time  # the work of this process: what the server does is the same for all, or shows as bytes


def of_rows(superuser: str) -> Iterator[Measure]:
    """The measures of rows; makes and fills the tables first."""
    _fill(superuser, ROWS)
    yield _storage(superuser)  # before anything is written into the tables
    yield from _reading(ROWS)
    yield from _writing(ROWS)


def _fill(superuser: str, rows: int) -> None:
    tables.make(superuser)
    for model in tables.TABLES:
        for first in range(0, rows, INSERTED):
            model._default_manager.bulk_create(tables.rows(model, min(INSERTED, rows - first), first=first))
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("VACUUM FULL ANALYZE bench_sealed, bench_plain, bench_peer")


def opened(rows: Any) -> int:
    """All values of these sealed rows, a few hundred at once as `disclose` opens them, without the event of the look."""
    (field,), count, left = compartments(Sealed), 0, iter(rows)
    while found := list(itertools.islice(left, TOGETHER)):
        keys = field.keys_of(found)
        count += sum(len(field.open(row, keys)) for row in found)
    return count


def read(rows: Any) -> int:
    """All values of rows that have them in columns."""
    return sum(len([getattr(row, name) for name in NAMES]) for row in rows)


def _reading(rows: int) -> Iterator[Measure]:
    sealed, plain, peer = (model._default_manager.order_by("pk") for model in (Sealed, Plain, Peer))
    binary = "cursor_factory" in connections["default"].settings_dict["OPTIONS"]
    yield Measure("page50", f"{PAGE} rows of eight values, each opened; keys of {PAGE} files in memory",
                  lambda: opened(sealed[:PAGE]), lambda: read(plain[:PAGE]), 1.25 if binary else 1.5,
                  peer=lambda: read(peer[:PAGE]), clock=CPU)
    yield Measure("read_all", f"all {rows:,} rows, each value opened",
                  lambda: opened(sealed.iterator(chunk_size=INSERTED)), lambda: read(plain.iterator(chunk_size=INSERTED)),
                  1.6 if binary else 2.4, peer=lambda: read(peer.iterator(chunk_size=INSERTED)), heavy=True, clock=CPU)
    one = tables.rows(Plain, 1, first=rows // 2)[0].pk
    yield Measure("get", "one row by its key, nothing opened: what every page does before it shows a value",
                  lambda: sealed.get(pk=one), lambda: plain.get(pk=one), 1.05, peer=lambda: peer.get(pk=one), clock=CPU)
    phone = tables.facts(rows // 2)["phone"]
    yield Measure("exact_lookup", "one row by its telephone number: a mark made and found, beside the plain number",
                  lambda: sealed.get(mark=marks.mark(MARK, phone.encode())), lambda: plain.get(phone=phone), 1.10,
                  clock=CPU)


def _writing(rows: int) -> Iterator[Measure]:
    count = min(INSERTED, rows)
    yield Measure("bulk_insert", f"{count:,} rows at once with history and the mark of the telephone number",
                  _inserting(Sealed, count, rows), _inserting(Plain, count, rows), 1.45, peer=_inserting(Peer, count, rows),
                  heavy=True, clock=CPU)
    yield Measure("save_history", "one value of one row changed and saved with history; no event: no entry is open",
                  _saving(Sealed), _saving(Plain), 1.10, peer=_saving(Peer), clock=CPU)


def _inserting(model: Any, count: int, first: int) -> Callable[[], None]:
    """Insert so many new rows and take them back."""

    def insert() -> None:
        with transaction.atomic():
            model._default_manager.bulk_create(tables.rows(model, count, first=first))
            transaction.set_rollback(True)

    return insert


def _saving(model: Any) -> Callable[[], None]:
    row, note = model._default_manager.order_by("pk")[0], tables.facts(0)["note"]

    def save() -> None:
        row.note = f"{note} {row.rev}"
        row.save()

    return save


def _storage(superuser: str) -> Measure:
    def size(table: str) -> Callable[[], object]:
        def measured() -> object:
            with psycopg.connect(superuser) as connection:
                return connection.execute("SELECT pg_total_relation_size(%s)", [table]).fetchone()[0]  # type: ignore[index]

        return measured

    return Measure("storage", "bytes on disk with indexes, freshly packed", size("bench_sealed"), size("bench_plain"), 2.2,
                   peer=size("bench_peer"), counted=True)


def of_files() -> Iterator[Measure]:
    """Fernet's time beside ours: how many times faster ours is. What is sealed goes nowhere, by both ways."""
    content, key, fernet = os.urandom(FILE), os.urandom(files.KEY), Fernet(Fernet.generate_key())
    pieces = [memoryview(content)[start:start + files.PIECE] for start in range(0, FILE, files.PIECE)]

    def seal(way: type[files.Sealer | files.Writer]) -> None:  # as an upload comes; Fernet must have the whole
        with open(os.devnull, "wb", buffering=0) as nowhere:
            sealer = way(nowhere, key=key, context=b"bench")
            for piece in pieces:
                sealer.write(piece)
            sealer.finish()

    def other() -> None:
        with open(os.devnull, "wb", buffering=0) as nowhere:
            nowhere.write(fernet.encrypt(content))

    def with_digest() -> None:
        hashlib.sha256(content)
        other()

    both = run(Measure("digest", "", with_digest, lambda: seal(files.Writer), 1, at_most=False, clock=CPU), rounds=4).ratio
    yield Measure("files_vs_fernet", f"sealing {FILE >> 20} mebibytes: Fernet's time beside ours; {both:.1f}x where both take "
                  "the digest of the original, too", other, lambda: seal(files.Sealer), 25, at_most=False, clock=CPU)
