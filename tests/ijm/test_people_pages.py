"""Joining, moving, leaving, coming back; a first password that opens nothing; and everybody who must not succeed."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.utils import timezone

from ijm.accounts import policy, reach
from ijm.accounts.actions import arrivals, people, resets, settings, staying
from ijm.accounts.models import Arrival, Reset, ResetKind, RoleGrant, User, Welcome
from ijm.casefiles.models import CaseAccess
from ijm.embedded.totp import six_digits
from ijm.notices.models import Notice
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import records
from tests.cast import EVERYBODY, PASSWORD, Cast, engage, newcomer, settle
from tests.conftest import sign_in
from tests.trail import acts

FIRST, OWN = "a first password to forget", "four quiet lotus ponds here"


def added(cast: Cast, name: str = "sreymom") -> User:
    """Somebody new in the office, with a first password that the administrator has seen."""
    with acting_as(cast.administrator):
        who = newcomer(name)
        return people.add(type(who)(name, "Kim Sreymom", FIRST), by=cast.administrator, office=cast.office)


def far_administrator(cast: Cast) -> User:
    """Who runs the other office, and only that one."""
    return engage(newcomer("far_admin"), Role.ADMINISTRATOR, cast.far_office, cast.administrator, cast.data_protection)


def refused_by_database(by: User, sql: str, *params: object, why: str = "") -> None:
    """Somebody who injects SQL as this person meets the database's own refusal."""
    with pytest.raises(DatabaseError, match=why), acting_as(by), entry("x", by=by, about=None), \
            transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(sql, params)


def test_a_first_password_opens_one_page(cast: Cast) -> None:
    made = added(cast)
    client = Client()
    client.post("/account/sign-in/", {"login": "sreymom", "password": FIRST})
    for path in ("/desk/", "/account/second-factor/", "/account/second-factor/totp/", "/account/password/",
                 "/account/second-factor/passkeys/add/", "/account/settings/"):
        assert client.get(path).headers.get("Location") in ("/account/arrive/", "/account/second-factor/"), path
        assert client.post(path, {"password1": OWN}).status_code in (302, 401), path
    assert "Code of the data-protection officer" in client.get("/account/arrive/").content.decode()
    made.refresh_from_db()
    assert made.arrival == Arrival.CODE and made.ready_at is None


def test_the_administrator_cannot_become_the_newcomer(cast: Cast) -> None:
    """The attack: he knows the first password, signs in as her, and would enrol a factor of his own."""
    made = added(cast)
    client = Client()
    client.post("/account/sign-in/", {"login": "sreymom", "password": FIRST})
    answer = client.post("/account/arrive/", {"code": "aaaaa-aaaaa-aaaaa", "password": OWN, "again": OWN})
    assert "This is not the code" in answer.content.decode()
    with acting_as(cast.administrator):
        with pytest.raises(Refused):
            arrivals.welcome(made, by=cast.administrator)
        grant = people.propose(made, Role.CARE_WORKER, by=cast.administrator, office=cast.office)
    with acting_as(cast.data_protection), pytest.raises(Refused):
        people.approve(grant, by=cast.data_protection)
    refused_by_database(cast.administrator, "UPDATE accounts_user SET arrival = '', rev = rev + 1 WHERE id = %s", made.pk,
                        why="first password is not enough")
    refused_by_database(cast.administrator, "UPDATE accounts_user SET ready_at = now() WHERE id = %s", made.pk, why="factor")
    approve = "UPDATE accounts_rolegrant SET approved_by_id = %s, approved_at = now() WHERE id = %s"
    refused_by_database(cast.data_protection, approve, cast.data_protection.pk, grant.pk, why="of her own yet")
    refused_by_database(made, "UPDATE accounts_user SET arrival = '', password = 'x' WHERE id = %s", made.pk,
                        why="first password is not enough")


def test_she_arrives_with_the_officers_code_and_only_then_gets_her_role(committed_cast: Cast) -> None:
    cast = committed_cast
    made = added(cast)
    with acting_as(cast.data_protection, "r"):
        assert Notice.objects.filter(kind="arrival.waiting", about_code=made.code).exists()
    page = sign_in(cast.data_protection).post(f"/desk/people/{made.code}/code/").content.decode()
    code = page.partition('<dd><span class="code">')[2].partition("<")[0]
    client = Client()
    client.post("/account/sign-in/", {"login": "sreymom", "password": FIRST})
    same = client.post("/account/arrive/", {"code": code, "password": FIRST, "again": FIRST}).content.decode()
    assert "Somebody else has seen this password" in same
    answer = client.post("/account/arrive/", {"code": code.upper().replace("-", " "), "password": OWN, "again": OWN})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/second-factor/")
    shown = client.get("/account/second-factor/totp/")
    secret = shown.context["form"].secret
    assert client.post("/account/second-factor/totp/", {"code": six_digits(secret, time.time())}).status_code == 302
    assert client.get("/desk/").status_code == 200, "the factor just shown counts for this session"
    made = User.objects.get(pk=made.pk)
    assert made.is_ready and {"user.arrived", "user.ready", "welcome.given"} <= set(acts())
    with acting_as(cast.data_protection, "r"):
        assert Notice.objects.filter(kind="factor.enrolled", about_code=made.code).exists()
    with acting_as(cast.administrator):
        grant = people.propose(made, Role.CARE_WORKER, by=cast.administrator, office=cast.office)
    with acting_as(cast.data_protection):
        people.approve(RoleGrant.objects.get(pk=grant.pk), by=cast.data_protection)
    assert User.objects.get(pk=made.pk).role_codes == {Role.CARE_WORKER}


def test_a_code_is_good_once_for_a_week_and_for_five_tries(cast: Cast) -> None:
    made = added(cast)
    with acting_as(cast.data_protection):
        code = arrivals.welcome(made, by=cast.data_protection)
    with acting_as(made):
        for _try in range(arrivals.TRIES):
            assert not arrivals.arrive(made, by=made, password=OWN, code="wrong")
        assert not arrivals.arrive(made, by=made, password=OWN, code=code), "five wrong tries end it"
    with acting_as(cast.data_protection):
        code = arrivals.welcome(made, by=cast.data_protection)
    with acting_as(made):
        assert arrivals.arrive(made, by=made, password=OWN, code=code)
        with pytest.raises(Refused):
            arrivals.arrive(made, by=made, password=PASSWORD, code=code)
    with acting_as(cast.data_protection), pytest.raises(Refused):
        arrivals.welcome(made, by=cast.data_protection)
    assert Welcome.objects.count() == 0, "outside a door nobody reads them"


def test_nobody_copies_a_second_factor_to_a_colleague(cast: Cast) -> None:
    """An authenticator row is written by its owner in her own door, and by nobody's SQL."""
    with acting_as(cast.hotline):
        mine = Authenticator.objects.create(user=cast.hotline, type="totp", data={"secret": get_adapter().encrypt("A" * 32)})
    for sql in ("INSERT INTO mfa_authenticator (user_id, type, data, created_at) SELECT %s, type, data, created_at"
                " FROM mfa_authenticator WHERE id = %s", "UPDATE mfa_authenticator SET user_id = %s WHERE id = %s"):
        refused_by_database(cast.hotline, sql, cast.liaison.pk, mine.pk, why="hers alone")
    refused_by_database(cast.liaison, "DELETE FROM mfa_authenticator WHERE id = %s", mine.pk, why="hers alone")
    with pytest.raises(DatabaseError, match="hers alone"), transaction.atomic():
        Authenticator.objects.create(user=cast.liaison, type="totp", data={})
    made = added(cast)
    with pytest.raises(DatabaseError, match="first password"), acting_as(made), transaction.atomic():
        Authenticator.objects.create(user=made, type="totp", data={})
    mine.record_usage()
    assert mine.last_used_at is not None, "signing in goes on"


def test_a_lost_factor_is_put_back_by_two_and_she_arrives_anew(cast: Cast) -> None:
    with acting_as(cast.hotline):
        Authenticator.objects.create(user=cast.hotline, type="totp", data={"secret": "x"})
    old = sign_in(cast.hotline)
    admin, officer = sign_in(cast.administrator), sign_in(cast.data_protection)
    admin.post(f"/desk/people/{cast.hotline.code}/reset/", {"kind": "both"})
    with acting_as(cast.administrator, "r"):
        reset = Reset.objects.get(user=cast.hotline)
    assert admin.post(f"/desk/people/resets/{reset.pk}/decide/", {"answer": "approve"}).status_code == 404
    with acting_as(cast.administrator), pytest.raises(Refused):
        resets.approve(reset, by=cast.administrator)
    refused_by_database(cast.administrator, "UPDATE accounts_reset SET approved_by_id = %s, approved_at = now() WHERE id = %s",
                        cast.administrator.pk, reset.pk, why="decided by the data-protection officer|two_people")
    refused_by_database(cast.administrator, "SELECT guard.reset_factors(%s)", reset.pk, why="no such reset")
    assert old.get("/desk/").status_code == 200
    assert "Her code" in officer.post(f"/desk/people/resets/{reset.pk}/decide/", {"answer": "approve"}).content.decode()
    assert old.get("/desk/").status_code == 302, "her sessions ended"
    hotline = User.objects.get(pk=cast.hotline.pk)
    assert hotline.arrival == Arrival.CODE and hotline.ready_at is None
    assert not Authenticator.objects.filter(user=hotline).exists()
    assert "First password" in admin.post(f"/desk/people/{hotline.code}/password/").content.decode()
    settle(User.objects.get(pk=hotline.pk), cast.data_protection)
    assert User.objects.get(pk=hotline.pk).is_ready


def test_a_refused_reset_changes_nothing(cast: Cast) -> None:
    with acting_as(cast.administrator):
        reset = resets.propose(cast.hotline, ResetKind.FACTOR, by=cast.administrator)
        with pytest.raises(Refused):
            resets.propose(cast.hotline, ResetKind.PASSWORD, by=cast.administrator)
        with pytest.raises(Refused):
            resets.first_password(cast.hotline, by=cast.administrator)
    sign_in(cast.data_protection).post(f"/desk/people/resets/{reset.pk}/decide/", {"answer": "refuse"})
    assert User.objects.get(pk=cast.hotline.pk).is_ready
    refused_by_database(cast.administrator, "UPDATE accounts_user SET password = 'x' WHERE id = %s", cast.hotline.pk,
                        why="chooses a password for somebody else")


def test_who_leaves_is_out_with_the_next_request(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    client, admin = sign_in(cast.investigator), sign_in(cast.administrator)
    shown = admin.get(f"/desk/people/{cast.investigator.code}/close/").content.decode()
    assert "Investigation: 1" in shown and file.code not in shown, "counts only"
    admin.post(f"/desk/people/{cast.investigator.code}/close/")
    assert client.get("/desk/").status_code == 302
    gone = User.objects.get(pk=cast.investigator.pk)
    assert not gone.is_active and not RoleGrant.objects.live().filter(user=gone).exists()
    with acting_as(gone, "r"), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM guard.my_files()")
        assert cursor.fetchone() == (0,), "a job that runs as her finds nothing"


def test_a_disabled_holder_of_a_role_holds_nothing_for_the_database(cast: Cast) -> None:
    """Even where a role was left behind."""
    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        User.objects.filter(pk=cast.care_supervisor.pk).update(is_active=False)
    with acting_as(cast.care_supervisor, "r"), connections["default"].cursor() as cursor:
        cursor.execute("SELECT guard.has_role(ARRAY['CARE_SUPERVISOR'])")
        assert cursor.fetchone() == (False,)


def test_who_comes_back_has_no_role_and_arrives_anew(cast: Cast) -> None:
    admin = sign_in(cast.administrator)
    old = sign_in(cast.hotline)
    for doing in ("close", "open"):
        assert admin.post(f"/desk/people/{cast.hotline.code}/{doing}/").status_code == 302
    back = User.objects.get(pk=cast.hotline.pk)
    assert back.is_active and back.arrival == Arrival.CODE and not back.role_codes
    assert old.get("/desk/").status_code == 302, "a session of before does not come back to life"
    refused_by_database(cast.administrator, "UPDATE accounts_user SET is_active = false WHERE id = %s", cast.administrator.pk,
                        why="by somebody else")


def test_a_lost_password_takes_no_factor(cast: Cast) -> None:
    with acting_as(cast.hotline):
        Authenticator.objects.create(user=cast.hotline, type="totp", data={"secret": "x"})
    old = sign_in(cast.hotline)
    with acting_as(cast.administrator):
        reset = resets.propose(cast.hotline, ResetKind.PASSWORD, by=cast.administrator)
    with acting_as(cast.data_protection):
        resets.approve(reset, by=cast.data_protection)
    hotline = User.objects.get(pk=cast.hotline.pk)
    assert hotline.arrival == Arrival.CODE and hotline.ready_at is not None
    assert Authenticator.objects.filter(user=hotline).exists() and old.get("/desk/").status_code == 302


def test_what_is_chosen_already_is_not_written_again(cast: Cast) -> None:
    before = len(acts())
    with acting_as(cast.hotline):
        settings.choose(by=cast.hotline, theme=cast.hotline.theme)
    assert len(acts()) == before


def test_nobody_opens_or_closes_her_own_account(cast: Cast) -> None:
    for decision in (policy.may_disable, policy.may_change_person, policy.may_propose_reset, policy.may_unlock):
        assert decision(cast.administrator, cast.administrator).reason == "self"
    cast.administrator.is_active = False
    assert policy.may_enable(cast.administrator, cast.administrator).reason == "self"


def test_moving_ends_the_roles_of_the_former_office(cast: Cast) -> None:
    admin = sign_in(cast.administrator)
    admin.post(f"/desk/people/{cast.hotline.code}/move/", {"office": cast.far_office.code})
    moved = User.objects.get(pk=cast.hotline.pk)
    assert moved.office_id == cast.far_office.pk and not moved.role_codes
    with acting_as(far_administrator(cast)) as door, pytest.raises(Refused):
        by = User.objects.get(pk=door.who.user)
        staying.move(moved, by=by, office=cast.office)


def test_names_and_addresses_change_and_mail_addresses_are_checked(cast: Cast) -> None:
    admin = sign_in(cast.administrator)
    path = f"/desk/people/{cast.hotline.code}/edit/"
    assert "not a mail address" in admin.post(path, {"name": "Chan Dara", "email": "dara", "language": ""}).content.decode()
    admin.post(path, {"name": "Chan Dara", "name_km": "ចាន់ ដារា", "email": "dara@office.example", "language": "km"})
    assert User.objects.get(pk=cast.hotline.pk).name == "Chan Dara"
    refused_by_database(cast.liaison, "UPDATE accounts_user SET name = 'x' WHERE id = %s", cast.liaison.pk, why="for herself")
    assert sign_in(cast.administrator).post(f"/desk/people/{cast.hotline.code}/unlock/").status_code == 302


def test_an_administrator_of_another_office_finds_nobody_here(cast: Cast) -> None:
    """She looks after her own office: not there, refused by the rule, refused by the database."""
    far = far_administrator(cast)
    client = sign_in(far)
    assert cast.hotline.code not in client.get("/desk/people/").content.decode()
    for page in ("", "edit/", "move/", "close/", "open/", "unlock/", "password/", "reset/", "roles/new/"):
        path = f"/desk/people/{cast.hotline.code}/{page}"
        assert client.get(path).status_code == client.post(path).status_code == 404, page
    assert client.get(f"/desk/people/{cast.far_hotline.code}/").status_code == 200
    assert policy.may_disable(far, cast.hotline).reason in ("elsewhere", "role")
    assert reach.leaves(cast.hotline) == []
    for sql in ("UPDATE accounts_user SET is_active = false WHERE id = %s", "UPDATE accounts_user SET name = 'x' WHERE id = %s"):
        with acting_as(far), entry("x", by=far, about=None), connections["default"].cursor() as cursor:
            cursor.execute(sql, [cast.hotline.pk])
            assert cursor.rowcount == 0, "row security shows her no row to change"
    names = "id, rev, user_id, role, office_id, starts_at, expires_at, proposed_by_id, made_xid"
    refused_by_database(far, f"INSERT INTO accounts_rolegrant ({names}) VALUES (gen_random_uuid(), 1, %s, 'HOTLINE', %s, now(),"
                        " now() + interval '1 day', %s, '1')", cast.hotline.pk, cast.far_office.pk, far.pk,
                        why="who runs the office")


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in ("administrator", "data_protection")])
def test_pages_of_accounts_are_not_there_for_anybody_else(cast: Cast, name: str) -> None:
    """Supervisors, auditor, guests: to the byte."""
    client = sign_in(getattr(cast, name))
    for page in ("", "edit/", "close/", "code/", "reset/"):
        path = f"/desk/people/{cast.colleague.code}/{page}"
        assert client.get(path).status_code == client.post(path).status_code == 404
    assert client.get("/desk/people/expiring/").status_code == 404


def test_roles_that_end_soon_are_listed_and_renewed_by_two(cast: Cast) -> None:
    with acting_as(cast.administrator):
        soon = people.propose(cast.colleague, Role.HOTLINE, by=cast.administrator, office=cast.office,
                              until=timezone.now() + timedelta(days=10))
    with acting_as(cast.data_protection):
        people.approve(soon, by=cast.data_protection)
    admin, officer = sign_in(cast.administrator), sign_in(cast.data_protection)
    assert cast.colleague.display_name in officer.get("/desk/people/expiring/").content.decode()
    assert "Roles end soon" in admin.get("/desk/").content.decode()
    assert officer.post(f"/desk/people/grants/{soon.pk}/renew/").status_code == 404
    admin.post(f"/desk/people/grants/{soon.pk}/renew/")
    [waiting] = RoleGrant.objects.waiting().filter(user=cast.colleague)
    assert waiting.expires_at > timezone.now() + timedelta(days=300)
    assert cast.colleague.display_name not in admin.get("/desk/people/expiring/").content.decode()


def test_a_renewed_supervisor_stands_on_her_files_for_longer(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    boss = cast.investigation_supervisor
    with acting_as(boss, "r"):
        before = CaseAccess.objects.get(user=boss, file=file, revoked_at__isnull=True)
    with acting_as(cast.administrator):
        grant = people.propose(boss, Role.INVESTIGATION_SUPERVISOR, by=cast.administrator, office=cast.office)
    with acting_as(cast.data_protection):
        people.approve(grant, by=cast.data_protection)
    with acting_as(boss, "r"):
        after = CaseAccess.objects.get(user=boss, file=file, revoked_at__isnull=True)
    assert after.expires_at >= before.expires_at and CaseAccess.objects.filter(user=boss, file=file).count() == 0
    with acting_as(boss, "r"):
        assert CaseAccess.objects.filter(user=boss, file=file).count() == 2, "the former place stays in the record"


def test_her_language_follows_her_to_another_device(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    client.post("/language/", {"language": "km"})
    assert User.objects.get(pk=cast.hotline.pk).language == "km"
    other = sign_in(User.objects.get(pk=cast.hotline.pk))
    other.cookies["lang"] = "en"
    answer = other.get("/desk/")
    assert '<html lang="km"' in answer.content.decode() and answer.cookies["lang"].value == "km"
    assert Client().post("/language/", {"language": "km"}).status_code == 302, "a stranger chooses for her device only"
    settings = {"language": "", "theme": "dark", "has_shortcuts": ""}
    assert other.post("/account/settings/", settings).status_code == 302
    hers = User.objects.get(pk=cast.hotline.pk)
    assert (hers.language, hers.theme, hers.has_shortcuts) == ("", "dark", False)
    assert 'data-theme="dark"' in other.get("/desk/").content.decode()


def test_she_ends_her_other_sessions(cast: Cast) -> None:
    here, there = sign_in(cast.hotline), sign_in(cast.hotline)
    here.post("/account/settings/sessions/end/")
    assert (here.get("/desk/").status_code, there.get("/desk/").status_code) == (200, 302)
