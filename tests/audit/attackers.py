"""Somebody with every right on the database: she changes the log and what hangs on it, past every rule."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from audit.log import notes, sequencer, tiles
from audit.log.checkpoints import make
from audit.log.notes import WITNESSED, Checkpoint, Signer
from audit.log.store import Store
from audit.log.tree import leaf, root
from audit.log.witness import Entry
from tests.audit.logs import Log, until

TABLES = ("audit_event", "audit_leaf", "audit_tile", "audit_checkpoint")
RULES = {"audit_event": ("stamp", "keep", "whole"), "audit_leaf": ("next", "keep", "whole"),
         "audit_tile": ("grown", "keep", "whole"), "audit_checkpoint": ("grown", "keep", "whole")}
HOUR = 3_600


@dataclass
class Office:
    """A log with a past: three signed hours, handed to a partner who signed what she saw."""

    log: Log
    signer: Signer
    partner: Signer
    file: Path  # the partner's copy of the witness file
    began: float

    def hour(self, number: int, *, events: int = 3, says: float | None = None) -> None:
        """An hour of work: events that say when they happened, their places, and a checkpoint dated by an honest clock."""
        at = self.began + number * HOUR
        with self.log.connect() as app:
            for _one in range(events):
                app.execute("INSERT INTO audit_event (body) VALUES (%s)", [told(at if says is None else says)])
        until(lambda: (sequencer.catch_up(), sequencer.horizon("log").waiting)[1] == 0)
        make(self.signer)
        with self.past_the_rules() as connection:
            connection.execute("UPDATE audit_checkpoint SET at = %s WHERE size = (SELECT max(size) FROM audit_checkpoint)",
                               [datetime.fromtimestamp(at + 60, UTC)])

    def hand_on(self, seen: float) -> None:
        """The partner gets every checkpoint, and keeps it with her signature and the moment."""
        size, text = 0, ""
        for held in self.log.store.checkpoints():
            signed = held.note + self.partner.line(held.note.rpartition("\n\n")[0].encode() + b"\n", int(seen))
            text += Entry(size, tuple(self.log.store.consistency(size, held.size)), signed).written()
            size = held.size
        self.file.write_text(text)

    @contextmanager
    def past_the_rules(self) -> Iterator[psycopg.Connection]:
        """The superuser's hands while the rules of the log are off."""
        with self.log.superuser() as connection:
            for table, names in RULES.items():
                for name in names:
                    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER guard_{name}")
            try:
                yield connection
            finally:
                for table, names in RULES.items():
                    for name in names:
                        connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_{name}")

    def keep(self, name: str) -> None:
        """A copy of the log as it is now."""
        with self.log.superuser() as connection:
            connection.execute(f"CREATE SCHEMA {name}")
            for table in TABLES:
                connection.execute(f"CREATE TABLE {name}.{table} AS SELECT * FROM {table}")

    def put_back(self, name: str) -> None:
        """The log as it was: the four tables, as a restore would bring them."""
        with self.past_the_rules() as connection:
            for table in TABLES:
                connection.execute(f"TRUNCATE {table}")
                over = " OVERRIDING SYSTEM VALUE" if table == "audit_event" else ""
                connection.execute(f"INSERT INTO {table}{over} SELECT * FROM {name}.{table}")
        self.log.store = Store("log")

    # what an attacker writes anew, so that nothing in the database contradicts her

    def rechained(self, connection: psycopg.Connection) -> None:
        """Tiles and the roots of checkpoints computed from what now stands in the log; no key is at hand."""
        leaves = _leaves(connection)
        connection.execute("TRUNCATE audit_tile")
        for (level, n), held in tiles.grown(0, leaves, lambda level, n: b"").items():
            connection.execute("INSERT INTO audit_tile VALUES (%s, %s, %s)", [level, n, held])
        for (size,) in connection.execute("SELECT size FROM audit_checkpoint WHERE size <= %s", [len(leaves)]).fetchall():
            connection.execute("UPDATE audit_checkpoint SET root = %s WHERE size = %s", [_root(leaves, size), size])

    def signed_anew(self, connection: psycopg.Connection, key: Signer) -> None:
        """Every checkpoint with a note over its new root, signed with this key."""
        for size, held in connection.execute("SELECT size, root FROM audit_checkpoint").fetchall():
            note = notes.sign(Checkpoint(self.signer.name, size, bytes(held)).text(), [key])
            connection.execute("UPDATE audit_checkpoint SET note = %s WHERE size = %s", [note, size])

    def cut(self, connection: psycopg.Connection, size: int) -> None:
        """The end of the log gone, with its checkpoints, as if it had never been."""
        connection.execute("DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE idx >= %s)", [size])
        connection.execute("DELETE FROM audit_leaf WHERE idx >= %s", [size])
        connection.execute("DELETE FROM audit_checkpoint WHERE size > %s", [size])
        self.rechained(connection)


def told(at: float) -> bytes:
    """An event that says when it happened."""
    return json.dumps({"act": "test.told", "cat": "system", "id": uuid.uuid4().hex, "t": int(at * 1000), "v": 1},
                      separators=(",", ":")).encode()


def partner() -> Signer:
    """A second organisation's key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Signer("partner.example.org/witness", Ed25519PrivateKey.from_private_bytes(bytes(32)), WITNESSED)


def _leaves(connection: psycopg.Connection) -> list[bytes]:
    rows = connection.execute("SELECT body FROM audit_leaf JOIN audit_event ON id = event_id ORDER BY idx").fetchall()
    return [leaf(bytes(body)) for (body,) in rows]


def _root(leaves: Sequence[bytes], size: int) -> bytes:
    grown = tiles.grown(0, leaves[:size], lambda level, n: b"")
    return root(size, tiles.reader(lambda level, n: grown[level, n]))
