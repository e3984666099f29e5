"""What an intruder inside the application may try, with a valid context of his own: the database refuses."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone

from aftercare.models import Residence
from ijm.accounts.actions import people
from ijm.accounts.models import Office, RoleGrant, User
from ijm.casefiles import grants
from ijm.casefiles.deliveries import deliver
from ijm.casefiles.models import CaseAccess, CaseFile, Delivery, FileLink
from ijm.notices.models import Notice, NoticeKind
from ijm.people.models import Alias, Name, Person, Wing
from ijm.roles.table import Kind, Role
from ijm.trail.context import acting_as, sign
from ijm.trail.entries import entry
from tests import records
from tests.cast import Cast
from tests.trail import last_events

SOON = dt.timedelta(days=30)


def run(sql: str, *params: Any) -> int:
    """Rows changed or found by one raw statement."""
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.rowcount


def refused(match: str, act: Callable[[], Any], *, by: User, open_entry: bool = True, mode: str = "w") -> None:
    """The act fails in the database, inside an entry of one's own or without one."""
    with acting_as(by, mode), pytest.raises(DatabaseError, match=match), transaction.atomic():  # type: ignore[arg-type]
        if open_entry:
            with entry("attack", by=by, about=None):
                act()
        else:
            act()


def place(file: CaseFile, user: User, by: User) -> CaseAccess:
    return CaseAccess(
        rev=0,
        file_id=file.pk,
        user=user,
        source="assignment",
        reason_code="X",
        granted_by=by,
        ends_at=timezone.now() + SOON,
        expires_at=timezone.now() + SOON,
    )


@pytest.fixture
def care_file(cast: Cast) -> CaseFile:
    """A survivor's file: the investigators are strangers to it."""
    return records.file_of(cast.care_worker, Kind.CARE)


@pytest.fixture
def investigation(cast: Cast) -> CaseFile:
    """The investigator's own file."""
    return records.file_of(cast.investigator)


def test_a_place_needs_an_entry(cast: Cast, investigation: CaseFile) -> None:
    refused(
        "inside an entry",
        lambda: place(investigation, cast.colleague, cast.investigator).save(),
        by=cast.investigator,
        open_entry=False,
    )


@pytest.mark.parametrize(
    "name",
    [
        "investigator",
        "investigation_supervisor",
        "liaison",
        "auditor",
        "administrator",
        "data_protection",
        "partner",
        "hotline",
    ],
)
def test_only_roles_of_the_wing_stand_on_its_files(cast: Cast, care_file: CaseFile, name: str) -> None:
    refused(
        "no role of the file's wing",
        lambda: place(care_file, getattr(cast, name), cast.care_worker).save(),
        by=cast.care_worker,
    )


def test_a_file_opened_just_now_takes_no_stranger_either(cast: Cast) -> None:
    def act() -> None:
        file = CaseFile.new(Kind.CARE, by=cast.investigator)
        file.save()
        place(file, cast.investigator, cast.investigator).save()

    refused("no role of the file's wing", act, by=cast.investigator)


def test_a_file_nobody_opened_takes_nobody(cast: Cast) -> None:
    refused(
        "no such file",
        lambda: run(
            "INSERT INTO casefiles_caseaccess (id, rev, user_id, file_id, source, reason_code, granted_by_id, starts_at, "
            "expires_at, sort_key) VALUES (gen_random_uuid(), 1, %s, gen_random_uuid(), 'assignment', 'X', %s, now(), "
            "now() + '1 day', now())",
            cast.investigator.pk,
            cast.investigator.pk,
        ),
        by=cast.investigator,
    )


def test_a_place_is_granted_in_ones_own_name(cast: Cast, investigation: CaseFile) -> None:
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=investigation):
        made = place(investigation, cast.colleague, cast.investigation_supervisor)
        made.save()
        made.refresh_from_db()
    assert made.granted_by_id == cast.investigator.pk


@pytest.mark.parametrize(
    "column", ["expires_at = now() + '9 years'", "user_id = guard.uid()", "file_id = file_id", "source = 'review'"]
)
def test_of_a_place_only_its_end_can_be_written(cast: Cast, investigation: CaseFile, column: str) -> None:
    refused("permission denied", lambda: run(f"UPDATE casefiles_caseaccess SET {column}"), by=cast.investigator)


def test_a_place_taken_back_stays_taken_back(cast: Cast, investigation: CaseFile) -> None:
    with acting_as(cast.investigator):
        grants.seat(investigation, [cast.colleague], by=cast.investigator)
    with acting_as(cast.investigator):
        grants.leave(investigation, cast.colleague, by=cast.investigator)
    refused(
        "stays taken back",
        lambda: run(
            "UPDATE casefiles_caseaccess SET revoked_at = NULL, revoked_by_id = NULL WHERE user_id = %s",
            cast.colleague.pk,
        ),
        by=cast.investigator,
    )
    with acting_as(cast.colleague, "r"):
        assert not CaseFile.objects.filter(pk=investigation.pk).exists()


def test_a_place_always_ends(cast: Cast, investigation: CaseFile) -> None:
    endless = place(investigation, cast.colleague, cast.investigator)
    endless.ends_at = endless.expires_at = None
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=investigation):
        endless.save()
        endless.refresh_from_db()
    assert endless.ends_at <= timezone.now() + dt.timedelta(days=180), "what names no end has that of its source"


def test_an_expired_place_shows_nothing(cast: Cast, investigation: CaseFile) -> None:
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=investigation):
        made = place(investigation, cast.colleague, cast.investigator)
        made.starts_at, made.ends_at = timezone.now() - 2 * SOON, timezone.now() - SOON
        made.save()
    with acting_as(cast.colleague, "r"):
        assert not CaseFile.objects.filter(pk=investigation.pk).exists()


# roles


def test_nobody_proposes_or_approves_a_role_for_herself(cast: Cast) -> None:
    def mine(**said: Any) -> RoleGrant:
        return RoleGrant(
            user=cast.investigator,
            role=Role.CARE_WORKER,
            office=cast.office,
            proposed_by=cast.investigator,
            expires_at=timezone.now() + SOON,
            **said,
        )

    refused("who runs the office", mine().save, by=cast.investigator)
    refused(
        "proposed first", mine(approved_by=cast.administrator, approved_at=timezone.now()).save, by=cast.investigator
    )
    refused(
        "proposed first|two_people",
        mine(approved_by=cast.investigator, approved_at=timezone.now()).save,
        by=cast.investigator,
    )


def proposal(cast: Cast, user: User, role: Role = Role.HOTLINE) -> RoleGrant:
    with acting_as(cast.administrator):
        return people.propose(user, role, by=cast.administrator, office=cast.office)


def approval(grant: RoleGrant, by: User) -> Callable[[], int]:
    return lambda: run(
        "UPDATE accounts_rolegrant SET approved_by_id = %s, approved_at = now() WHERE id = %s", by.pk, grant.pk
    )


@pytest.mark.parametrize("name", ["administrator", "investigator", "auditor", "care_supervisor"])
def test_who_may_not_approve_approves_nothing(cast: Cast, name: str) -> None:
    grant = proposal(cast, cast.colleague)
    refused("cannot be approved|two_people", approval(grant, getattr(cast, name)), by=getattr(cast, name))


def test_nobody_approves_in_anothers_name(cast: Cast) -> None:
    grant = proposal(cast, cast.colleague)
    refused("cannot be approved", approval(grant, cast.data_protection), by=cast.administrator)


def test_nobody_approves_her_own_role(cast: Cast) -> None:
    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        own = RoleGrant(
            user=cast.data_protection,
            role=Role.DATA_PROTECTION,
            office=cast.office,
            proposed_by=cast.administrator,
            expires_at=timezone.now() + SOON,
        )
        own.save()
    refused("cannot be approved", approval(own, cast.data_protection), by=cast.data_protection)


def test_a_decision_is_made_once(cast: Cast) -> None:
    grant = RoleGrant.objects.filter(user=cast.colleague).get()
    refused(
        "cannot be approved",
        lambda: run("UPDATE accounts_rolegrant SET approved_by_id = NULL, approved_at = NULL WHERE id = %s", grant.pk),
        by=cast.data_protection,
    )


@pytest.mark.parametrize(
    "column",
    [
        "role = 'CARE_WORKER'",
        "user_id = guard.uid()",
        "expires_at = now() + '9 years'",
        "proposed_by_id = guard.uid()",
        "office_id = office_id",
    ],
)
def test_of_a_role_only_decisions_can_be_written(cast: Cast, column: str) -> None:
    refused("permission denied", lambda: run(f"UPDATE accounts_rolegrant SET {column}"), by=cast.administrator)


def test_roles_that_exclude_each_other_are_refused_even_when_approved(cast: Cast) -> None:
    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        grant = RoleGrant(
            user=cast.investigator,
            role=Role.CARE_WORKER,
            office=cast.office,
            proposed_by=cast.administrator,
            expires_at=timezone.now() + SOON,
        )
        grant.save()
    with (
        acting_as(cast.data_protection),
        entry("x", by=cast.data_protection, about=None),
        pytest.raises(IntegrityError, match="exclude each other"),
        transaction.atomic(),
    ):
        approval(grant, cast.data_protection)()


def test_a_role_that_ended_stays_ended(cast: Cast) -> None:
    grant = RoleGrant.objects.get(user=cast.colleague)
    with acting_as(cast.administrator):
        people.revoke(grant, by=cast.administrator)
    refused(
        "stays ended",
        lambda: run("UPDATE accounts_rolegrant SET revoked_at = NULL, revoked_by_id = NULL WHERE id = %s", grant.pk),
        by=cast.colleague,
    )


def test_only_who_decides_about_roles_takes_one_back(cast: Cast) -> None:
    refused(
        "taken back by who decides",
        lambda: run(
            "UPDATE accounts_rolegrant SET revoked_at = now(), revoked_by_id = %s WHERE user_id = %s",
            cast.investigator.pk,
            cast.auditor.pk,
        ),
        by=cast.investigator,
    )


def test_a_role_is_taken_back_in_ones_own_name(cast: Cast) -> None:
    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        run(
            "UPDATE accounts_rolegrant SET revoked_at = now(), revoked_by_id = %s WHERE user_id = %s",
            cast.liaison.pk,
            cast.colleague.pk,
        )
    assert RoleGrant.objects.get(user=cast.colleague).revoked_by_id == cast.administrator.pk


def test_who_loses_her_role_loses_her_places_with_it(cast: Cast, investigation: CaseFile) -> None:
    with acting_as(cast.administrator):
        people.revoke(RoleGrant.objects.get(user=cast.investigator), by=cast.administrator)
    with acting_as(cast.investigator, "r"):
        assert not CaseFile.objects.exists()
    with acting_as(cast.investigation_supervisor, "r"):
        assert CaseFile.objects.filter(pk=investigation.pk).exists(), "nobody else is touched"


def test_who_changes_wings_takes_no_place_along(cast: Cast, investigation: CaseFile) -> None:
    old = RoleGrant.objects.get(user=cast.investigator)
    with acting_as(cast.administrator):
        people.revoke(old, by=cast.administrator)
        mover = User.objects.get(pk=cast.investigator.pk)
        grant = people.propose(mover, Role.CARE_WORKER, by=cast.administrator, office=cast.office)
    with acting_as(cast.data_protection):
        people.approve(grant, by=cast.data_protection)
    with acting_as(User.objects.get(pk=cast.investigator.pk), "r"):
        assert not CaseFile.objects.exists()


# people


def test_nobody_is_ever_superuser(cast: Cast) -> None:
    refused(
        "user_is_never_superuser",
        lambda: run("UPDATE accounts_user SET is_superuser = true WHERE id = %s", cast.administrator.pk),
        by=cast.administrator,
    )
    assert not cast.administrator.has_perm("anything") and not cast.administrator.is_staff


def test_nobody_changes_a_colleagues_account(cast: Cast) -> None:
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=None):
        assert run("UPDATE accounts_user SET password = 'x' WHERE id = %s", cast.administrator.pk) == 0
        assert run("UPDATE accounts_office SET name_en = 'x'") == 0
    refused("row-level security", Office(name_en="mine").save, by=cast.investigator)


# rows of files


def test_a_stranger_finds_no_row_and_changes_none(cast: Cast) -> None:
    home = records.residence(cast)
    for user in (
        cast.care_worker_two,
        cast.far_care_worker,
        cast.investigator,
        cast.auditor,
        cast.administrator,
        cast.partner,
    ):
        with acting_as(user), entry("x", by=user, about=None):
            assert run("UPDATE aftercare_residence SET placement = 'shelter'") == 0
            assert run("SELECT 1 FROM aftercare_historicalresidence") == 0
            assert not Residence.objects.filter(pk=home.pk).exists() and not Person.objects.exists()
            assert not Alias.objects.exists() and not Name.objects.exists()


def test_no_row_moves_to_another_file(cast: Cast, investigation: CaseFile) -> None:
    home, other = records.residence(cast), records.file_of(cast.care_worker, Kind.CARE)
    for target in (investigation.pk, other.pk):
        refused(
            "stays|row-level security",
            lambda to=target: run("UPDATE aftercare_residence SET file_id = %s WHERE id = %s", to, home.pk),
            by=cast.care_worker,
        )


def test_no_name_moves_to_another_person(cast: Cast, investigation: CaseFile) -> None:
    one, other = (records.person_on(investigation, cast.investigator) for _ in range(2))
    name = records.named(one, cast.investigator)
    refused(
        "stays",
        lambda: run("UPDATE people_name SET person_id = %s WHERE id = %s", other.person_id, name.pk),
        by=cast.investigator,
    )


def test_what_the_database_stamped_cannot_be_rewritten(cast: Cast, investigation: CaseFile) -> None:
    by = cast.investigator
    with acting_as(by), entry("x", by=by, about=None), connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE casefiles_casefile SET opened_xid = '1', opened_by_id = %s, kind = 'care', "
            "code = 'CR-X' WHERE id = %s RETURNING opened_xid::text, opened_by_id, kind, code",
            [cast.administrator.pk, investigation.pk],
        )
        xid, *kept = cursor.fetchone()
    assert xid != "1" and kept == [by.pk, "investigation", investigation.code]


def test_a_file_is_opened_in_ones_own_name(cast: Cast) -> None:
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=None):
        file = CaseFile.new(Kind.INVESTIGATION, by=cast.liaison)
        file.save()
        place(file, cast.investigator, cast.investigator).save()
        file.refresh_from_db()
    assert file.opened_by_id == cast.investigator.pk


def test_an_alias_keeps_its_person_and_its_file(cast: Cast, investigation: CaseFile) -> None:
    alias = records.person_on(investigation, cast.investigator)
    for column in ("person_id = person_id", "file_id = file_id", "code = 'SU-X'", "wing = 'aftercare'"):
        refused(
            "permission denied",
            lambda said=column: run(f"UPDATE people_alias SET {said} WHERE id = %s", alias.pk),
            by=cast.investigator,
        )


def test_links_of_other_files_are_not_read(cast: Cast, investigation: CaseFile, care_file: CaseFile) -> None:
    with acting_as(cast.investigator):
        grants.link(investigation, care_file, kind="rescued", by=cast.investigator)
        assert not FileLink.objects.exists(), "one side is not enough to read a link"
        assert [(linked.kind, linked.office.pk, linked.number) for linked in grants.linked(investigation)] == [
            (Kind.CARE, cast.office.pk, 1)
        ]
        assert grants.linked(care_file) == []
    refused("permission denied", lambda: run("UPDATE casefiles_filelink SET kind = 'x'"), by=cast.investigator)


# the log and the history


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE people_historicalname SET script = 'km'",
        "DELETE FROM people_historicalname",
        "TRUNCATE people_historicalname",
        "INSERT INTO casefiles_historicalcasefile (id) VALUES (gen_random_uuid())",
        "DELETE FROM casefiles_casefile",
        "TRUNCATE casefiles_casefile CASCADE",
        "DELETE FROM casefiles_caseaccess",
        "DELETE FROM accounts_user",
        "ALTER TABLE casefiles_casefile DISABLE ROW LEVEL SECURITY",
        "DROP POLICY guard_see ON casefiles_casefile",
        "ALTER TABLE casefiles_casefile DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET ROLE ijm_keeper",
        "SET ROLE ijm_owner",
        "SET SESSION AUTHORIZATION ijm_owner",
        "CREATE TABLE public.mine (x int)",
        "CREATE SCHEMA mine",
        "SELECT * FROM guard.context_key",
        "UPDATE guard.transition SET becomes = 'x'",
        "INSERT INTO guard.kind_role VALUES ('care', 'INVESTIGATOR')",
        "DELETE FROM guard.approver",
        "CREATE OR REPLACE FUNCTION guard.uid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "SELECT guard.index_subjects()",
        "SELECT * FROM audit_subject",
        "COPY casefiles_casefile TO PROGRAM 'cat'",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT * FROM pg_authid",
        "REASSIGN OWNED BY ijm_owner TO ijm_app",
        "SELECT guard.meant_by('SV-0000-0000')",
        "SELECT * FROM audit_code",
    ],
)
def test_structure_log_and_history_are_out_of_reach(cast: Cast, sql: str) -> None:
    refused(
        "permission denied|must be owner|no privileges|cannot set|not permitted|is not superuser|must be superuser|must have",
        lambda: run(sql),
        by=cast.administrator,
    )


def test_a_grant_of_nothing_changes_nothing(cast: Cast) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('ijm_audit', 'casefiles_casefile', 'SELECT')")
        assert cursor.fetchone() == (False,)


def test_a_read_door_writes_nothing(cast: Cast, investigation: CaseFile) -> None:
    for sql in (
        "UPDATE casefiles_casefile SET is_sealed = true",
        "INSERT INTO audit_event (body) VALUES ('x')",
        "DELETE FROM django_session",
        "CREATE TEMP TABLE mine (x int)",
    ):
        with acting_as(cast.investigator, "r"), pytest.raises(DatabaseError, match="read-only"), transaction.atomic():
            run(sql)


def test_a_forged_context_changes_nothing(cast: Cast, investigation: CaseFile) -> None:
    signed = sign(cast.investigator.trail_who(), "w", "CASEWORK")
    other_person = signed.replace(str(cast.investigator.pk), str(cast.administrator.pk))
    for forged in (other_person, signed[:-1] + ("0" if signed[-1] != "0" else "1"), "v1|||||.x", "x" * 80):
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute("SELECT set_config('ijm.ctx', %s, true), set_config('ijm.entry', 'x', true)", [forged])
            cursor.execute("SELECT count(*) FROM casefiles_casefile")
            assert cursor.fetchone() == (0,)
            cursor.execute("UPDATE casefiles_casefile SET is_sealed = true")
            assert cursor.rowcount == 0


def test_the_context_key_signs_only_in_the_application(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run("SELECT ipad FROM guard.context_key")


# states, deliveries, notices


def test_a_state_is_not_jumped(cast: Cast, investigation: CaseFile) -> None:
    refused(
        "cannot go from",
        lambda: run("UPDATE casefiles_casefile SET status = 'lost' WHERE id = %s", investigation.pk),
        by=cast.investigator,
    )
    home = records.residence(cast)
    refused(
        "cannot go from",
        lambda: run("UPDATE aftercare_survivor SET state = 'closed' WHERE id = %s", home.survivor_id),
        by=cast.care_worker,
    )


def test_a_record_begins_in_its_first_state(cast: Cast) -> None:
    def act() -> None:
        file = CaseFile.new(Kind.INVESTIGATION, by=cast.investigator)
        file.status = "closed"
        file.save()

    refused("cannot go from", act, by=cast.investigator)


def test_no_delivery_is_written_past_its_function(cast: Cast, investigation: CaseFile) -> None:
    refused(
        "permission denied",
        lambda: Delivery(file=investigation, kind="x", sent_by=cast.investigator).save(),
        by=cast.investigator,
    )


def test_a_delivery_reaches_a_file_its_sender_cannot_see(cast: Cast, investigation: CaseFile) -> None:
    mine = records.person_on(investigation, cast.investigator)
    with acting_as(cast.investigator):
        care = grants.open_file(Kind.CARE, by=cast.investigator)
        with entry("x", by=cast.investigator, about=None):
            Alias(wing=Wing.AFTERCARE, code="SV-1", file=care, person_id=mine.person_id, opens_identity=True).save()
            deliver([mine.pk], wing="aftercare", kind="HearingScheduled", payload={"at": "x"}, by=cast.investigator)
        assert not Delivery.objects.exists() and not CaseFile.objects.filter(pk=care.pk).exists()
    with acting_as(cast.care_supervisor, "r"):
        assert Delivery.objects.get().file_id == care.pk
    refused("permission denied", lambda: run("UPDATE casefiles_delivery SET payload = '{}'"), by=cast.care_supervisor)


def test_a_notice_is_read_by_its_own_person_only(cast: Cast) -> None:
    with acting_as(cast.hotline), entry("x", by=cast.hotline, about=None):
        Notice.objects.bulk_create(
            [
                Notice(
                    rev=1,
                    user=cast.investigation_supervisor,
                    kind=NoticeKind.TIP_TO_ASSESS,
                    about_code="TP-1",
                    path="/files/TP-1/",
                )
            ]
        )
        assert not Notice.objects.exists()
    with acting_as(cast.investigation_supervisor), entry("x", by=cast.investigation_supervisor, about=None):
        assert Notice.objects.get().about_code == "TP-1"
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=None):
        assert run("UPDATE notices_notice SET read_at = now()") == 0
    refused(
        "permission denied", lambda: run("UPDATE notices_notice SET path = '/x/'"), by=cast.investigation_supervisor
    )


def test_the_event_of_an_attack_names_its_person(cast: Cast, care_file: CaseFile) -> None:
    with acting_as(cast.investigator), entry("x.y", by=cast.investigator, about=None):
        pass
    assert last_events(1)[0]["who"]["ref"] == str(cast.investigator.pk)
    assert uuid.UUID(last_events(1)[0]["id"])
