"""An account that ends takes everything with it: closed by somebody, by thirty idle days, or with a guest's sponsor."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.utils import timezone

from ijm.accounts import policy, reach, tasks
from ijm.accounts.actions import people, staying
from ijm.accounts.models import RoleGrant, SignIn, User
from ijm.bridges import JOBS
from ijm.casefiles.models import CaseAccess
from ijm.jobs import work
from ijm.jobs.models import Job
from ijm.jobs.running import run
from ijm.notices.actions import calendars
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import records
from tests.cast import PASSWORD, Cast, engage, newcomer, settle
from tests.conftest import sign_in
from tests.ijm.test_people_pages import refused_by_database
from tests.ijm.test_sessions import enrol, notices, signed_in
from tests.trail import acts

ADD_GUEST = """INSERT INTO accounts_user (id, rev, code, username, email, name, name_km, language, theme, has_shortcuts,
  office_id, is_active, is_superuser, is_system, arrival, sessions, password, sponsor_id, ends_at)
  VALUES (gen_random_uuid(), 1, 'US-XXXX-XXXX', 'x', '', 'x', '', '', '', true, %s, true, false, false, 'code', 0, 'x', %s,
          now() + interval '1 day')"""


def grow_idle(user: User, days: int) -> None:
    """She was ready, and signed in last, so many days ago."""
    then = timezone.now() - timedelta(days=days)
    enrol(user)
    with acting_as(user), entry("x", by=user, about=user):
        SignIn.objects.create(owner=user, session="x", browser="x", family="x", begun_at=then)
        User.objects.filter(pk=user.pk).update(ready_at=then)


def is_over(user: User) -> bool:
    """As the clock asks it."""
    with acting_as(user, "r"):
        return reach.is_over(user)


def guest(cast: Cast, sponsor: User | None, name: str = "dalin") -> User:
    """Somebody of another organisation, for whom this colleague answers."""
    with acting_as(cast.administrator):
        return people.add(replace(newcomer(name), sponsor=sponsor), by=cast.administrator, office=cast.office)


def test_closing_takes_sessions_factors_places_calendars_and_long_work(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = committed_cast
    monkeypatch.setattr(work, "send", lambda job: None)
    monkeypatch.setitem(JOBS, "test.done", "tests.slow_work.makes_a_file")
    her = cast.investigator
    client = signed_in(her)
    file = records.file_of(her)
    with acting_as(her):
        token = calendars.make(by=her)
        job = work.enqueue("test.done", owner=her, about=uuid.uuid4())
    assert client.get(f"/calendar/{token}.ics").status_code == 200
    sign_in(cast.administrator).post(f"/desk/people/{her.code}/close/")
    assert client.get("/desk/").status_code == 302 and client.get(f"/calendar/{token}.ics").status_code == 404
    assert not Authenticator.objects.filter(user=her).exists() and not RoleGrant.objects.live().filter(user=her).exists()
    with acting_as(her, "r"):
        assert not CaseAccess.objects.filter(file=file, user=her, revoked_at__isnull=True).exists()
        assert Job.objects.get(pk=job.pk).cancel_asked_at is not None
        assert not reach.sessions_of(her)
    run(str(job.pk))
    with acting_as(her, "r"):
        assert Job.objects.get(pk=job.pk).state == "cancelled", "the worker does nothing for her any more"


def test_a_closed_account_is_told_from_a_wrong_password_by_nothing(cast: Cast) -> None:
    before = Client().post("/account/sign-in/", {"login": "hotline", "password": "x" * 20})
    sign_in(cast.administrator).post(f"/desk/people/{cast.hotline.code}/close/")
    closed = Client().post("/account/sign-in/", {"login": "hotline", "password": PASSWORD})
    nobody = Client().post("/account/sign-in/", {"login": "hotlime", "password": PASSWORD})
    assert before.status_code == closed.status_code == nobody.status_code == 200
    said = [answer.content.decode().partition("<h1")[2].replace("hotlime", "hotline") for answer in (before, closed, nobody)]
    assert len({text.partition("csrfmiddlewaretoken")[0] for text in said}) == 1
    assert len({tuple(map(str, answer.context["form"].non_field_errors())) for answer in (before, closed, nobody)}) == 1


def test_thirty_idle_days_close_an_account(cast: Cast) -> None:
    grow_idle(cast.hotline, 31)
    grow_idle(cast.liaison, 29)
    assert is_over(cast.hotline) and not is_over(cast.liaison)
    answer = Client().post("/account/sign-in/", {"login": "hotline", "password": PASSWORD})
    assert answer.status_code == 200, "before the clock has come round, too"
    assert tasks.lapse() == 1
    gone = User.objects.get(pk=cast.hotline.pk)
    assert not gone.is_active and not RoleGrant.objects.live().filter(user=gone).exists()
    assert not Authenticator.objects.filter(user=gone).exists()
    assert User.objects.get(pk=cast.liaison.pk).is_active
    assert "account.lapsed" in notices(cast.administrator) and "user.lapsed" in acts()
    with acting_as(cast.administrator):
        staying.enable(gone, by=cast.administrator)
    settle(User.objects.get(pk=gone.pk), cast.data_protection)
    assert User.objects.get(pk=gone.pk).is_ready and not is_over(User.objects.get(pk=gone.pk))


def test_a_long_holiday_closes_nobody_who_could_open_the_office_again(cast: Cast) -> None:
    grow_idle(cast.administrator, 60)
    grow_idle(cast.data_protection, 60)
    assert tasks.lapse() == 0


def test_nobody_closes_an_account_in_use_by_the_clock(cast: Cast) -> None:
    with acting_as(cast.hotline), pytest.raises(Refused):
        staying.lapse(by=cast.hotline)
    refused_by_database(cast.hotline, "UPDATE accounts_user SET is_active = false WHERE id = %s", cast.hotline.pk,
                        why="by somebody else")
    refused_by_database(cast.hotline, "SELECT guard.end_account(%s)", cast.hotline.pk, why="only a closed account")


def test_trouble_with_one_account_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    grow_idle(cast.hotline, 31)
    grow_idle(cast.liaison, 31)
    lapse = staying.lapse

    def broken(*, by: User) -> int:
        if by.pk == cast.hotline.pk:
            raise RuntimeError("broken")
        return lapse(by=by)

    monkeypatch.setattr(staying, "lapse", broken)
    assert tasks.lapse() == 1


def test_a_guest_has_somebody_who_answers_for_her_and_thirty_days(cast: Cast) -> None:
    made = guest(cast, cast.care_supervisor)
    assert made.is_guest and timedelta(days=29) < made.ends_at - timezone.now() <= timedelta(days=30)
    settle(made, cast.data_protection)
    with acting_as(cast.administrator):
        grant = people.propose(made, Role.PARTNER, by=cast.administrator, office=cast.office,
                               until=timezone.now() + timedelta(days=300))
        assert grant.expires_at <= timezone.now() + timedelta(days=30)
        with pytest.raises(Refused):
            people.propose(made, Role.CARE_WORKER, by=cast.administrator, office=cast.office)
        with pytest.raises(Refused):
            people.propose(cast.colleague, Role.PARTNER, by=cast.administrator, office=cast.office)
    with acting_as(cast.data_protection):
        people.approve(RoleGrant.objects.select_related("user").get(pk=grant.pk), by=cast.data_protection)
    assert User.objects.get(pk=made.pk).ends_at == grant.expires_at, "renewing the role renews the account"
    said = sign_in(cast.administrator).get(f"/desk/people/{made.code}/").content.decode()
    assert "answers for her" in said


def test_the_page_adds_a_guest(cast: Cast) -> None:
    client = sign_in(cast.administrator)
    given = {"name": "Long Dalin", "name_km": "", "username": "long.dalin", "email": "", "language": "km",
             "office": cast.office.code, "sponsor": cast.far_hotline.code}
    assert "answers for a guest" in client.post("/desk/people/new/", given).content.decode()
    client.post("/desk/people/new/", {**given, "sponsor": cast.care_supervisor.code})
    assert User.objects.get(username="long.dalin").sponsor_id == cast.care_supervisor.pk


@pytest.mark.parametrize("name", ["far_hotline", "partner"])
def test_nobody_of_another_office_and_no_guest_answers_for_a_guest(cast: Cast, name: str) -> None:
    sponsor = getattr(cast, name)
    with pytest.raises(Refused):
        guest(cast, sponsor)
    assert not policy.may_answer(sponsor, cast.office) and policy.may_answer(None, cast.office)
    refused_by_database(cast.administrator, ADD_GUEST, cast.office.pk, sponsor.pk, why="answers for a guest")


def test_a_guest_ends_with_her_time_and_with_her_sponsor(cast: Cast) -> None:
    client = sign_in(cast.partner)
    assert client.get("/desk/").status_code == 200
    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        User.objects.filter(pk=cast.partner.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/desk/").status_code == 302 and is_over(cast.partner)
    answer = Client().post("/account/sign-in/", {"login": "partner", "password": PASSWORD})
    assert answer.status_code == 200
    assert tasks.lapse() == 1
    back = User.objects.get(pk=cast.partner.pk)
    assert not back.is_active and policy.may_enable(cast.administrator, back).reason == "guest"


def test_who_leaves_takes_her_guests_along(cast: Cast) -> None:
    client = sign_in(cast.partner)
    sign_in(cast.data_protection).post(f"/desk/people/{cast.care_supervisor.code}/close/")
    assert client.get("/desk/").status_code == 302
    assert not User.objects.get(pk=cast.partner.pk).is_active


def test_a_guest_whose_office_nobody_here_runs_is_out_all_the_same(cast: Cast) -> None:
    """The sponsor went to another office; who closes her account there reaches the guest's office not."""
    far = engage(newcomer("far_admin"), Role.ADMINISTRATOR, cast.far_office, cast.administrator, cast.data_protection)
    client = sign_in(cast.partner)
    with acting_as(cast.administrator):
        staying.move(cast.care_supervisor, by=cast.administrator, office=cast.far_office)
    far = User.objects.get(pk=far.pk)
    with acting_as(far):
        staying.disable(User.objects.get(pk=cast.care_supervisor.pk), by=far)
    assert client.get("/desk/").status_code == 302 and is_over(cast.partner)
    assert User.objects.get(pk=cast.partner.pk).is_active, "until the clock comes round"
    assert tasks.lapse() == 1


def test_the_database_keeps_guests_apart(cast: Cast) -> None:
    for sql, why in (
        ("UPDATE accounts_user SET ends_at = now() + interval '90 days' WHERE id = %s", "thirty days at a time"),
        ("UPDATE accounts_user SET sponsor_id = NULL, ends_at = NULL WHERE id = %s", "stays a guest"),
    ):
        refused_by_database(cast.administrator, sql, cast.partner.pk, why=why)
    refused_by_database(cast.partner, "UPDATE accounts_user SET ends_at = now() + interval '9 days' WHERE id = %s",
                        cast.partner.pk, why="thirty days at a time")
    names = "id, rev, user_id, role, office_id, starts_at, expires_at, proposed_by_id, made_xid"
    add = (f"INSERT INTO accounts_rolegrant ({names}) VALUES (gen_random_uuid(), 1, %s, %s, %s, now(), now() + %s::interval, %s,"
           " '1')")
    for user, role, life in ((cast.partner, "CARE_WORKER", "1 day"), (cast.colleague, "PARTNER", "1 day"),
                             (cast.partner, "PARTNER", "90 days")):
        refused_by_database(cast.administrator, add, user.pk, role, cast.office.pk, life, cast.administrator.pk,
                            why="holds the role of a guest")


def test_no_superuser_can_exist(cast: Cast) -> None:
    with acting_as(cast.administrator), pytest.raises(IntegrityError, match="user_is_never_superuser"), \
            entry("x", by=cast.administrator, about=None), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_superuser = true WHERE id = %s", [cast.hotline.pk])
