"""One human known to three wings, and people of every role who look, change and are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connections

from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile
from ijm.messages import Event
from ijm.people.models import Alias, Name, Person, Wing
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault.disclosure import disclose
from tests.cast import Cast

FAMILY, GIVEN = "Canaryfamily", "Canarygiven"


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


@pytest.fixture
def story(committed_cast: Cast) -> Iterator[Story]:
    """An investigator finds somebody, hands her over; aftercare and prosecutions know her by codes of their own."""
    yield tell(committed_cast)
    connections["auditor"].close()


def tell(cast: Cast) -> Story:
    """The same, for a test that needs no fixture."""
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


__all__ = ("FAMILY", "GIVEN", "Event", "Story", "tell")
