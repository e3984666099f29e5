"""One grown office for all tests of this folder that need one: made once by each worker, then only copied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections

from ijm.vault import keyring
from tests import cast as casting
from tests import databases, world


@contextmanager
def copied(names: tuple[str, str], suffix: str, *changes: str) -> Iterator[tuple[str, str]]:
    """Work in a copy of these databases in which the superuser has made these changes; it is gone afterwards."""
    mine = databases.names(suffix)
    databases.copy(names, mine)
    try:
        with databases.superuser(mine[0]) as connection:
            for change in changes:
                connection.execute(change.encode())
        databases.point_at(*mine)
        yield mine
    finally:
        databases.point_at(*databases.names())
        databases.drop(*mine)
        keyring.forget()


@dataclass(frozen=True)
class Grown:
    """The databases of an office with one record of every kind, which nobody uses but to copy them; its people, its records."""

    names: tuple[str, str]
    people: casting.Cast
    things: world.World

    @contextmanager
    def copied(self, suffix: str, *changes: str) -> Iterator[Grown]:
        """Work in a copy of this office, changed in these ways."""
        with copied(self.names, suffix, *changes) as mine:
            yield Grown(mine, self.people, self.things)


@pytest.fixture(scope="session")
def grown(database: None, django_db_blocker: Any) -> Iterator[Grown]:
    """An office with one record of every kind."""
    mine = databases.names("_grown")
    with django_db_blocker.unblock():
        databases.copy(databases.names("_cast"), mine)
        databases.point_at(*mine)
        try:
            people = casting.load()
            made = Grown(mine, people, world.build(people))
        finally:
            databases.point_at(*databases.names())
            keyring.forget()
        connections.close_all()
    yield made
    with django_db_blocker.unblock():
        databases.drop(*mine)


@pytest.fixture(scope="module")
def office(grown: Grown, django_db_blocker: Any) -> Iterator[tuple[casting.Cast, world.World]]:
    """The grown office for the tests of one module, as it was made."""
    with django_db_blocker.unblock(), grown.copied("_office") as copy:
        yield copy.people, copy.things


@pytest.fixture(scope="module")
def young(database: None, django_db_blocker: Any) -> Iterator[casting.Cast]:
    """The people of both offices before anything happened, in databases of one module."""
    with django_db_blocker.unblock(), copied(databases.names("_cast"), "_young"):
        yield casting.load()
