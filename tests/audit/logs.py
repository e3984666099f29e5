"""A log of its own for tests: written by several connections at once, sequenced by the log's login."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from audit.log import epochs, sequencer
from audit.log.store import Store
from audit.log.tree import leaf
from tests import databases

WAIT = 20.0  # seconds; another worker's transaction may hold the horizon for a moment


@dataclass
class Log:
    """The databases of one test module, and how to write into its log."""

    names: tuple[str, str]
    store: Store = field(default_factory=lambda: Store("log"))

    def connect(self, role: str = "DATABASE_URL", *, autocommit: bool = True) -> psycopg.Connection:
        """A connection of this login; the application's unless another is named."""
        return psycopg.connect(databases.variables(*self.names)[role], autocommit=autocommit)

    def superuser(self) -> psycopg.Connection:
        """The superuser's connection."""
        return databases.superuser(self.names[0])

    def tell(self, number: int = 1, *, by: psycopg.Connection | None = None) -> None:
        """So many events, each committed by itself, or in the transaction of a given connection."""
        connection = by or self.connect()
        for _one in range(number):
            connection.execute("INSERT INTO audit_event (body) VALUES (%s)", [body()])
        if by is None:
            connection.close()

    def caught_up(self) -> int:
        """Sequence until every event has its place; how many places there are."""
        epochs.settle()
        until(lambda: (sequencer.catch_up(), sequencer.horizon("log").waiting)[1] == 0)
        return self.store.size()

    def bodies(self) -> list[bytes]:
        """The events in the order of the log."""
        return [held for _idx, _event, held in self.store.records()]

    def count(self, what: str = "audit_event") -> int:
        """How many rows there are, as the superuser counts."""
        with self.superuser() as connection:
            row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()
        assert row
        return int(row[0])

    def check(self) -> None:
        """No gap, no duplicate, nothing lost, and the tiles say what the events say."""
        places = [idx for idx, _event, _body in self.store.records()]
        assert places == list(range(self.count())) and self.count("audit_leaf") == len(places)
        tile = b"".join(self.store.tile(0, n) for n in range((len(places) + 255) // 256))
        assert tile == b"".join(leaf(held) for held in self.bodies())


def body(**more: Any) -> bytes:
    """An event that says nothing."""
    return json.dumps({"act": "test.told", "cat": "system", "t": time.time_ns(), **more}, separators=(",", ":")).encode()


def until(ready: Callable[[], object]) -> None:
    """Wait for it, a little."""
    limit = time.monotonic() + WAIT
    while not ready():
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.02)
