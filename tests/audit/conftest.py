"""One human known to three wings, and people of every role who look, change and are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile
from ijm.log_settings import Log as Settings
from ijm.people.models import Alias, Name, Person, Wing
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import keyring
from ijm.vault.disclosure import disclose
from tests import cast as casting
from tests import databases
from tests.audit.logs import Log
from tests.cast import Cast

FAMILY, GIVEN = "Canaryfamily", "Canarygiven"
ORIGIN = "cases.example.org/log"


@dataclass
class Story:
    """One human: her register entry, her code in each wing, the files they lie on."""

    cast: Cast
    person: Person
    name: Name
    rescued: Alias
    survivor: Alias
    witness: Alias
    investigation: CaseFile
    care: CaseFile
    prosecution: CaseFile

    def look(self, user: User, purpose: str = "SAFETY") -> None:
        """Open her name, as a page would."""
        with acting_as(user, "r"):
            disclose(Name.objects.get(pk=self.name.pk), "family", "given", to=user, purpose=purpose)


@pytest.fixture(scope="module")
def shared_cast(database: None, django_db_blocker: Any) -> Iterator[Cast]:
    """A database in which everything commits, for all tests of a module: each tells a story of its own in it."""
    mine = databases.names("_audit")
    with django_db_blocker.unblock():
        databases.copy(databases.names("_cast"), mine)
        databases.point_at(*mine)
        try:
            yield casting.load()
        finally:
            databases.point_at(*databases.names())
            databases.drop(*mine)
            keyring.forget()


@pytest.fixture
def story(shared_cast: Cast) -> Story:
    """An investigator finds somebody, hands her over; aftercare and prosecutions know her by codes of their own."""
    return tell(casting.load())


def tell(cast: Cast) -> Story:
    """The same, for a test that needs another."""
    inv, liaison = cast.investigator, cast.liaison
    with acting_as(inv):
        investigation = grants.open_file(Kind.INVESTIGATION, by=inv)
        care = grants.open_file(Kind.CARE, by=inv)
        with entry("rescue.concluded", by=inv, about=investigation):
            person = Person(born_on="1999-01-02")
            person.save()
            name = Name(person=person, script="latn", family=FAMILY, given=GIVEN)
            name.save()
            rescued = Alias.begin(person, prefix="RP", wing=Wing.INVESTIGATIONS, file=investigation, opens_identity=False)
            survivor = Alias.begin(person, prefix="SV", wing=Wing.AFTERCARE, file=care, opens_identity=True)
    with acting_as(liaison):
        prosecution = grants.open_file(Kind.PROSECUTION, by=liaison)
        with entry("case.referred", by=liaison, about=prosecution):
            witness = Alias.begin(person, prefix="VW", wing=Wing.PROSECUTIONS, file=prosecution, opens_identity=False)
    supervisor = cast.care_supervisor
    with acting_as(supervisor):
        grants.seat(CaseFile.objects.get(pk=care.pk), [cast.care_worker], by=supervisor)
    return Story(cast, person, name, rescued, survivor, witness, investigation, care, prosecution)


@pytest.fixture(scope="module")
def module_log(database: None, django_db_blocker: Any) -> Iterator[Log]:
    """A database for the log's tests of a module, where everything commits."""
    mine = databases.names("_log")
    with django_db_blocker.unblock():
        databases.copy(databases.names("_cast"), mine)
        databases.point_at(*mine)
        try:
            yield Log(mine)
        finally:
            databases.point_at(*databases.names())
            databases.drop(*mine)


@pytest.fixture
def log(module_log: Log) -> Log:
    """The same, with every event so far in its place."""
    module_log.caught_up()
    return module_log


@pytest.fixture
def log_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for key and witness file, and the settings that name it."""
    monkeypatch.setattr(settings, "VAR", tmp_path)
    monkeypatch.setattr(settings, "LOG", Settings.read({"LOG_ORIGIN": ORIGIN}, tmp_path))
    return tmp_path
