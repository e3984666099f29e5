"""The write-ahead log of the test server, read as a thief of the disk would: bytes, without asking the server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.cluster import CLUSTER

PAGE, LONG, SHORT = 8192, 40, 24  # bytes: a page of the log, its header at the beginning of a segment and elsewhere


@contextmanager
def kept_wal() -> Iterator[Path]:
    """While open, no segment of the log is recycled; the folder where they lie."""
    slot = f"canaries_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(CLUSTER.superuser_dsn(), autocommit=True) as connection:
        connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [slot])
        try:
            yield CLUSTER.data / "pg_wal"
        finally:
            connection.execute("SELECT pg_drop_replication_slot(%s)", [slot])


def position() -> tuple[str, int]:
    """Where the log stands now: the name of the segment and the place in it; what is there is on the disk."""
    with psycopg.connect(CLUSTER.superuser_dsn(), autocommit=True) as connection:
        row = connection.execute("SELECT (pg_walfile_name_offset(pg_current_wal_flush_lsn())).*").fetchone()
    assert row is not None
    return str(row[0]), int(row[1])


def written(folder: Path, since: tuple[str, int], until: tuple[str, int]) -> bytes:
    """What was written between two positions, without the headers of the pages that would part a word."""
    pieces = []
    for segment in sorted(path for path in folder.iterdir() if since[0] <= path.name <= until[0] and len(path.name) == 24):
        raw = segment.read_bytes()
        first = since[1] if segment.name == since[0] else 0
        last = until[1] if segment.name == until[0] else len(raw)
        for page in range(first - first % PAGE, last, PAGE):
            pieces.append(raw[max(page + (SHORT if page else LONG), first):min(page + PAGE, last)])
    return b"".join(pieces)
