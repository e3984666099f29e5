"""People, offices and roles: who may add, propose, approve, take back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from ijm.accounts import policy
from ijm.accounts.actions import offices, people
from ijm.accounts.models import Office, RoleGrant, User
from ijm.casefiles.models import CaseFile
from ijm.roles.table import Kind, Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import records
from tests.cast import PASSWORD, Cast, newcomer, settle
from tests.trail import acts, last_events

SOON = dt.timedelta(days=30)


def test_an_office_is_founded_once(cast: Cast) -> None:
    with pytest.raises(Refused):
        offices.found(name_en="x", name_km="", administrator=newcomer("a"), officer=newcomer("b"))
    assert last_events(1)[0]["why"]["code"] == "founded"


def test_founding_leaves_one_event_and_two_people_who_approved_each_other(cast: Cast) -> None:
    assert acts()[0] == "office.founded"
    grants = {grant.user_id: grant for grant in RoleGrant.objects.filter(user__in=(cast.administrator, cast.data_protection))}
    assert grants[cast.administrator.pk].approved_by_id == cast.data_protection.pk
    assert grants[cast.data_protection.pk].approved_by_id == cast.administrator.pk


def test_who_runs_the_system_adds_people_and_offices(cast: Cast) -> None:
    with acting_as(cast.administrator):
        office = offices.add(by=cast.administrator, name_en="Siem Reap office", province="17", supported_by=cast.office)
        user = people.add(newcomer("sreymom"), by=cast.administrator, office=office)
    assert user.check_password(PASSWORD) and not user.check_password(None) and user.role_codes == frozenset()
    assert user.office_code == office.code and user.code.startswith("US-")


@pytest.mark.parametrize("name", ["investigator", "data_protection", "auditor", "care_supervisor", "partner"])
def test_nobody_else_adds_people_or_offices(cast: Cast, name: str) -> None:
    by = getattr(cast, name)
    with acting_as(by), pytest.raises(Refused):
        people.add(newcomer("x"), by=by, office=cast.office)
    with acting_as(by), pytest.raises(Refused):
        offices.add(by=by, name_en="x")


def test_a_proposal_is_worth_nothing_until_approved(cast: Cast) -> None:
    with acting_as(cast.administrator):
        user = people.add(newcomer("dara"), by=cast.administrator, office=cast.office)
        grant = people.propose(user, Role.CARE_WORKER, by=cast.administrator, office=cast.office)
    assert User.objects.get(pk=user.pk).role_codes == frozenset()
    assert list(RoleGrant.objects.waiting()) == [grant]
    settle(user, cast.data_protection)
    with acting_as(cast.data_protection):
        people.approve(RoleGrant.objects.get(pk=grant.pk), by=cast.data_protection)
    assert User.objects.get(pk=user.pk).role_codes == {Role.CARE_WORKER} and not RoleGrant.objects.waiting()
    assert User.objects.get(pk=user.pk).role_labels == ["Aftercare social worker"]


@pytest.mark.parametrize("name", ["administrator", "investigator", "auditor", "investigation_supervisor"])
def test_only_the_data_protection_officer_approves(cast: Cast, name: str) -> None:
    with acting_as(cast.administrator):
        grant = people.propose(cast.colleague, Role.HOTLINE, by=cast.administrator, office=cast.office)
    by = getattr(cast, name)
    with acting_as(by), pytest.raises(Refused):
        people.approve(grant, by=by)


def test_each_rule_about_roles_says_why(cast: Cast) -> None:
    held = RoleGrant.objects.get(user=cast.investigator)
    assert policy.may_propose(cast.administrator, cast.administrator, Role.HOTLINE).reason == "self"
    assert policy.may_propose(cast.administrator, cast.investigator, Role.CARE_WORKER).reason == "exclusive"
    assert policy.may_approve(cast.data_protection, held).reason == "decided"
    own = RoleGrant(user=cast.data_protection, role=Role.HOTLINE, office=cast.office, proposed_by=cast.administrator)
    assert policy.may_approve(cast.data_protection, own).reason == "self"
    own.user, own.proposed_by = cast.colleague, cast.data_protection
    assert policy.may_approve(cast.data_protection, own).reason == "self"
    held.revoked_at = timezone.now()
    assert policy.may_revoke(cast.administrator, held).reason == "ended"
    assert policy.may_revoke(cast.investigator, held).reason == "role"
    assert policy.may_revoke(cast.data_protection, RoleGrant.objects.get(user=cast.colleague))


def test_a_new_supervisor_stands_on_the_open_files_of_her_office(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    with acting_as(cast.administrator):
        user = people.add(newcomer("new_boss"), by=cast.administrator, office=cast.office)
        grant = people.propose(user, Role.INVESTIGATION_SUPERVISOR, by=cast.administrator, office=cast.office)
    settle(user, cast.data_protection)
    with acting_as(cast.data_protection):
        people.approve(grant, by=cast.data_protection)
    with acting_as(user, "r"):
        assert [found.pk for found in CaseFile.objects.all()] == [file.pk]


def test_a_role_ends_by_its_day(cast: Cast) -> None:
    with acting_as(cast.administrator):
        user = people.add(newcomer("guest"), by=cast.administrator, office=cast.office)
        grant = people.propose(user, Role.HOTLINE, by=cast.administrator, office=cast.office, until=timezone.now() + SOON)
    settle(user, cast.data_protection)
    with acting_as(cast.data_protection):
        people.approve(grant, by=cast.data_protection)
    assert user.pk and RoleGrant.objects.live().filter(user=user).exists()
    assert grant.expires_at - timezone.now() <= SOON


def test_the_table_itself_wants_two_people_and_an_end(cast: Cast) -> None:
    def made(**said: object) -> RoleGrant:
        told = {
            "user": cast.colleague,
            "role": Role.HOTLINE,
            "office": cast.office,
            "proposed_by": cast.administrator,
            "expires_at": timezone.now() + SOON,
        }
        return RoleGrant(**(told | said))

    for wrong in (made(expires_at=timezone.now() - SOON), made(revoked_at=timezone.now())):
        with (
            acting_as(cast.administrator),
            entry("x", by=cast.administrator, about=None),
            pytest.raises(IntegrityError),
            transaction.atomic(),
        ):
            wrong.save()
    assert tuple(made().trail_subjects()) == ()


def test_names_follow_the_language_of_the_page(cast: Cast) -> None:
    user = User(name="Dara", name_km="ដារា", office=cast.office)
    with translation.override("km"):
        assert (str(user), str(cast.office), user.get_full_name()) == ("ដារា", "ការិយាល័យភ្នំពេញ", "ដារា")
        assert str(Office(name_en="x")) == "x" and str(User(name="x")) == "x"
    with translation.override("en"):
        assert (str(user), str(cast.office)) == ("Dara", "Phnom Penh office")


def test_the_name_at_sign_in_has_no_case(cast: Cast) -> None:
    assert User.objects.get_by_natural_key("INVESTIGATOR") == cast.investigator
    assert User().office_code == ""


def test_who_stands_in_a_door_is_named_with_her_session(cast: Cast) -> None:
    outside = cast.investigator.trail_who()
    assert (outside.role, outside.office, outside.session) == ("INVESTIGATOR", cast.office.code, "")
    with acting_as(cast.investigator) as opened:
        assert cast.investigator.trail_who() is opened.who
        assert cast.liaison.trail_who().role == "LIAISON"


def test_every_file_kind_is_opened_by_its_own_people(cast: Cast) -> None:
    for user, kind in ((cast.hotline, Kind.INTAKE), (cast.liaison, Kind.PROSECUTION), (cast.care_worker, Kind.CARE)):
        file = records.file_of(user, kind)
        with acting_as(user, "r"):
            assert CaseFile.objects.get(pk=file.pk).code == str(file)
