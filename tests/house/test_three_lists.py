"""Places at random: the list of the application, the list of row security and a count by hand are one, and so is each object."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ijm.accounts.models import User
from ijm.casefiles import policy
from ijm.casefiles.models import CaseFile
from ijm.trail.context import acting_as
from ijm.web.codes import get_by_code
from tests import databases, records
from tests.house.conftest import Grown

EXAMPLES = 400 if os.environ.get("IJM_MATRIX") == "full" else 25
WHO, FILES = ("investigator", "colleague", "far_investigator"), 5
HOURS = st.integers(-48, 48).filter(bool)  # from now: what is over, what has not begun, and everything between
SOURCES = ("assignment", "supervision", "referral", "bridge", "review")


@dataclass(frozen=True)
class Place:
    """One row of access: whose, on which file, from when until when, taken back or not; hours from now."""

    who: int
    file: int
    source: str
    starts: int
    lasts: int
    revoked: bool

    @property
    def stands(self) -> bool:
        """By hand: begun, not over, not taken back."""
        return self.starts < 0 < self.starts + self.lasts and not self.revoked


PLACES = st.lists(
    st.builds(Place, st.integers(0, len(WHO) - 1), st.integers(0, FILES - 1), st.sampled_from(SOURCES), HOURS,
              st.integers(1, 96), st.booleans()).filter(lambda place: place.starts + place.lasts != 0),
    max_size=14, unique_by=lambda place: (place.who, place.file, place.source, place.revoked or uuid.uuid4()))


@dataclass
class Office:
    """Three people, five files, and the superuser who writes what the example says."""

    people: list[User]
    files: list[CaseFile]
    superuser: psycopg.Connection

    def write(self, places: list[Place]) -> None:
        """These rows of access and no others."""
        now = dt.datetime.now(dt.UTC)
        self.superuser.execute("DELETE FROM casefiles_caseaccess")
        with self.superuser.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO casefiles_caseaccess SELECT (jsonb_populate_record(%s::casefiles_caseaccess, %s)).*", [
                    (self.pattern, psycopg.types.json.Jsonb(self._row(place, now))) for place in places])

    def _row(self, place: Place, now: dt.datetime) -> dict[str, Any]:
        starts = now + dt.timedelta(hours=place.starts)
        return {"id": str(uuid.uuid4()), "user_id": str(self.people[place.who].pk), "file_id": str(self.files[place.file].pk),
                "source": place.source, "starts_at": starts.isoformat(),
                "expires_at": (starts + dt.timedelta(hours=place.lasts)).isoformat(),
                "revoked_at": now.isoformat() if place.revoked else None,
                "revoked_by_id": str(self.people[0].pk) if place.revoked else None}

    def __post_init__(self) -> None:
        row = self.superuser.execute("SELECT a::text FROM casefiles_caseaccess a LIMIT 1").fetchone()
        assert row is not None
        self.pattern = row[0]


@pytest.fixture(scope="module")
def scattered(grown: Grown, django_db_blocker: Any) -> Iterator[Office]:
    """An office whose guards sleep while the places are written, and see everything else."""
    with django_db_blocker.unblock(), grown.copied("_lists", ASLEEP) as office:
        people = [getattr(office.people, who) for who in WHO]
        files = [records.file_of(people[0]) for _number in range(FILES)]
        with databases.superuser(office.names[0]) as superuser:
            yield Office(people, files, superuser)
        connections.close_all()


ASLEEP = "ALTER TABLE casefiles_caseaccess DISABLE TRIGGER USER; DROP INDEX IF EXISTS case_access_once"


def seen(office: Office, user: User) -> tuple[set[uuid.UUID], set[uuid.UUID], set[uuid.UUID]]:
    """What she sees: by the application's own rule, by row security alone, and file by file."""
    with acting_as(user, "r"):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT id FROM casefiles_casefile")
            secure = {row[0] for row in cursor.fetchall()}
        return set(policy._my_files(user)), secure, {file.pk for file in office.files if found(file)}


def found(file: CaseFile) -> bool:
    """Whether the page of this file is there."""
    try:
        return bool(get_by_code(CaseFile.objects.all(), file.code))
    except Http404:
        return False


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(PLACES)
def test_the_lists_of_the_application_of_row_security_and_by_hand_are_one(scattered: Office, places: list[Place]) -> None:
    scattered.write(places)
    for number, user in enumerate(scattered.people):
        by_hand = {scattered.files[place.file].pk for place in places if place.who == number and place.stands}
        assert seen(scattered, user) == (by_hand, by_hand, by_hand)
