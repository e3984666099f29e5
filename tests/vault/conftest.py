"""Ground for attackers: databases of this folder's own, in which everything commits and anybody's hand may write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aftercare.models import Residence
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.vault import keyring
from ijm.vault.disclosure import Broken, disclose
from ijm.vault.sealed import SealedModel
from tests import cast as casting
from tests import databases, records
from tests.cast import Cast


@dataclass
class Ground:
    """The cast, and what they may read of the rows an attacker has had in his hands."""

    cast: Cast
    names: tuple[str, str]

    def home(self, **sealed: Any) -> Residence:
        """A new residence of a new survivor, in the care worker's hands."""
        return records.residence(self.cast, **sealed)

    def name(self, **said: Any) -> Name:
        """A name of a new person on a new file of the investigator."""
        return records.named(records.person_on(records.file_of(self.cast.investigator), self.cast.investigator),
                             self.cast.investigator, **said)

    def read(self, row: SealedModel, *names: str) -> dict[str, Any]:
        """What whose row it is sees of it, freshly read: values, and codes in the place of what does not open."""
        reader = self.cast.investigator if isinstance(row, Name) else self.cast.care_worker
        with acting_as(reader, "r"):
            shown = disclose(type(row).objects.get(pk=row.pk), *names, to=reader)
        return {name: value.code if isinstance(value, Broken) else value for name, value in shown.items()}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder share one ground, so one worker takes them all."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("vault"))


@pytest.fixture(scope="package")
def _ground(database: None, django_db_blocker: Any) -> Iterator[Ground]:
    mine = databases.names("_vault")
    with django_db_blocker.unblock():
        databases.copy(databases.names("_cast"), mine)
        databases.point_at(*mine)
        try:
            yield Ground(casting.load(), mine)
        finally:
            databases.point_at(*databases.names())
            databases.drop(*mine)


@pytest.fixture
def ground(_ground: Ground) -> Iterator[Ground]:
    """The databases; no key is held open from the test before."""
    keyring.forget()
    yield _ground
    keyring.forget()
