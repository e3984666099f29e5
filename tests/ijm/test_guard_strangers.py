"""Attacks on files that were opened in an earlier transaction: here everything commits, as in life.

Within one transaction a new file is open to whoever opened it, so these tests cannot share one with their victim.
"""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connections

from aftercare.models import Residence
from ijm.casefiles import grants
from ijm.casefiles.deliveries import deliver
from ijm.casefiles.models import CaseFile, Delivery, FileLink
from ijm.people.models import Alias, Consent, Name, Wing
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests import records
from tests.cast import Cast
from tests.databases import superuser
from tests.ijm.test_guard_attacks import place, refused, run


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    """Everybody, in databases of this test alone."""
    return committed_cast


@pytest.fixture
def care_file(cast: Cast) -> CaseFile:
    """A survivor's file: the investigators are strangers to it."""
    return records.file_of(cast.care_worker, Kind.CARE)


@pytest.fixture
def investigation(cast: Cast) -> CaseFile:
    """The investigator's own file."""
    return records.file_of(cast.investigator)


# places on files


@pytest.mark.parametrize("open_entry", [True, False])
def test_nobody_puts_herself_on_a_strangers_file(cast: Cast, care_file: CaseFile, open_entry: bool) -> None:
    refused(
        "nobody puts herself",
        lambda: place(care_file, cast.investigator, cast.investigator).save(),
        by=cast.investigator,
        open_entry=open_entry,
    )
    refused(
        "nobody puts herself",
        lambda: place(care_file, cast.care_worker_two, cast.care_worker).save(),
        by=cast.care_worker_two,
        open_entry=open_entry,
    )


def test_who_is_not_on_the_file_puts_nobody_on_it(cast: Cast, care_file: CaseFile) -> None:
    refused(
        "not on the file", lambda: place(care_file, cast.care_worker_two, cast.care_worker).save(), by=cast.investigator
    )


def test_no_child_is_put_into_a_strangers_file(cast: Cast) -> None:
    home = records.residence(cast)

    def consent() -> None:
        Consent(
            code="CS-1",
            file_id=home.file_id,
            alias_id=home.survivor.alias_id,
            purpose="services",
            answer="given",
            recorded_by=cast.care_worker_two,
        ).save()

    refused("row-level security", consent, by=cast.care_worker_two)
    refused("row-level security", consent, by=cast.investigator)


def test_a_file_opened_in_this_transaction_is_closed_in_the_next(cast: Cast) -> None:
    with acting_as(cast.investigator):
        file = grants.open_file(Kind.CARE, by=cast.investigator)
        assert not CaseFile.objects.filter(pk=file.pk).exists(), "she reads none of it"
    refused(
        "row-level security",
        lambda: Consent(
            code="CS-1",
            file_id=file.pk,
            alias_id=file.pk,
            purpose="services",
            answer="given",
            recorded_by=cast.investigator,
        ).save(),
        by=cast.investigator,
    )
    refused("nobody puts herself", place(file, cast.investigator, cast.investigator).save, by=cast.investigator)


def test_a_person_made_elsewhere_gets_no_name_from_a_stranger(cast: Cast, investigation: CaseFile) -> None:
    home = records.residence(cast)
    person = home.survivor.alias.person_id
    refused("row-level security", lambda: Name(person_id=person, script="km", family="x").save(), by=cast.investigator)


def test_nobody_opens_an_identity_by_a_new_code(cast: Cast, investigation: CaseFile) -> None:
    person = records.residence(cast).survivor.alias.person
    refused(
        "row-level security",
        lambda: Alias.begin(person, prefix="SU", wing=Wing.INVESTIGATIONS, file=investigation, opens_identity=True),
        by=cast.investigator,
    )


def test_an_identity_that_was_closed_stays_closed(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    alias = records.person_on(file, cast.investigator)
    name = records.named(alias, cast.investigator)
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=None):
        alias.opens_identity = False
        alias.save(update_fields=["opens_identity"])
    refused(
        "row-level security",
        lambda: run("UPDATE people_alias SET opens_identity = true WHERE id = %s", alias.pk),
        by=cast.investigator,
    )
    with acting_as(cast.investigator, "r"):
        assert not Name.objects.filter(pk=name.pk).exists()


def test_a_link_begins_at_ones_own_file(cast: Cast, investigation: CaseFile, care_file: CaseFile) -> None:
    refused(
        "row-level security",
        lambda: FileLink(a_id=care_file.pk, b_id=investigation.pk, kind="x").save(),
        by=cast.investigator,
    )


def test_nobody_delivers_for_a_person_she_does_not_know(cast: Cast) -> None:
    home = records.residence(cast)
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=None):
        deliver([home.survivor.alias_id], wing="aftercare", kind="x", payload={}, by=cast.investigator)
    with acting_as(cast.care_worker, "r"):
        assert not Delivery.objects.exists()


def test_a_change_by_the_owner_is_recorded_as_such(cast: Cast, committed_db: tuple[str, str]) -> None:
    home = records.residence(cast)
    with superuser(committed_db[0]) as owner:
        owner.execute("SET SESSION AUTHORIZATION ijm_owner")
        owner.execute("SET ROLE ijm_keeper")
        assert owner.execute("UPDATE aftercare_residence SET placement = 'shelter'").rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("DELETE FROM aftercare_residence")
    with acting_as(cast.care_worker, "r"):
        past = Residence.history.filter(id=home.pk).latest("history_date")
        assert (past.placement, past.history_change_reason, past.history_user_id) == ("shelter", "out-of-band", None)


def test_even_a_superusers_deletion_leaves_its_mark(cast: Cast, committed_db: tuple[str, str]) -> None:
    home = records.residence(cast)
    with superuser(committed_db[0]) as root:
        root.execute("DELETE FROM aftercare_residence")
        for sql in (
            "UPDATE audit_event SET body = 'x'",
            "DELETE FROM audit_event",
            "TRUNCATE audit_event",
            "DELETE FROM aftercare_historicalresidence",
            "TRUNCATE aftercare_historicalresidence",
        ):
            with pytest.raises(psycopg.Error, match="what was recorded stays"):
                root.execute(sql)
    with acting_as(cast.care_worker, "r"):
        past = Residence.history.filter(id=home.pk).latest("history_date")
        assert (past.history_type, past.history_change_reason) == ("-", "out-of-band")


def test_the_auditor_reads_the_log_and_nothing_else(cast: Cast) -> None:
    records.residence(cast)
    with connections["auditor"].cursor() as cursor:
        cursor.execute("SELECT count(*) > 0 FROM audit_event")
        assert cursor.fetchone() == (True,)
        for table in (
            "casefiles_casefile",
            "people_name",
            "aftercare_residence",
            "people_historicalname",
            "accounts_user",
            "django_session",
        ):
            with pytest.raises(DatabaseError, match="permission denied"):
                cursor.execute(f"SELECT * FROM {table}")
        for sql in ("INSERT INTO audit_event (body) VALUES ('x')", "UPDATE audit_event SET body = 'x'"):
            with pytest.raises(DatabaseError, match="permission denied"):
                cursor.execute(sql)
