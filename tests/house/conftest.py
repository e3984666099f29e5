"""Copies of the furnished office, changed as a test wants them, and of the office before anything happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests import cast as casting
from tests import databases, world
from tests.conftest import Furnished


@contextmanager
def copied(names: tuple[str, str], suffix: str, *changes: str) -> Iterator[tuple[str, str]]:
    """Work in a copy of these databases in which the superuser has made these changes; it is gone afterwards."""
    mine = databases.names(suffix)
    databases.copy(names, mine)
    try:
        with databases.superuser(mine[0]) as connection:
            for change in changes:
                connection.execute(change.encode())
        with databases.at(mine):
            yield mine
    finally:
        databases.drop(*mine)


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
def grown(furnished: Furnished) -> Grown:
    """An office with one record of every kind, to be copied."""
    return Grown(furnished.names, furnished.cast, furnished.things)


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
