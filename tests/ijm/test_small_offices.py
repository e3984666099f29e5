"""Small offices: another office agrees that one person holds two roles, everybody sees it, and the database holds to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone

from ijm.accounts import policy
from ijm.accounts.actions import offices, people, waivers
from ijm.accounts.models import Office, RoleGrant, User, Waiver
from ijm.notices.models import Notice
from ijm.roles.table import WAIVABLE, Role, exclusions
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests.cast import Cast
from tests.conftest import sign_in
from tests.ijm.test_offices import FORM
from tests.ijm.test_people_pages import far_administrator
from tests.trail import last_events

BOTH = (Role.CARE_WORKER, Role.INVESTIGATOR)


def run(sql: str, *params: Any) -> Any:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.rowcount


def small(cast: Cast) -> Office:
    """The far office is small; the near one supports it."""
    with acting_as(cast.administrator):
        offices.change(cast.far_office, by=cast.administrator, supported_by=cast.office, is_small=True)
    return cast.far_office


def proposed(cast: Cast, until: dt.datetime | None = None) -> Waiver:
    office = small(cast)
    with acting_as(cast.administrator):
        return waivers.propose(office, BOTH, by=cast.administrator, reason="few", until=until)


def agreed(cast: Cast, until: dt.datetime | None = None) -> Waiver:
    made = proposed(cast, until)
    with acting_as(cast.data_protection):
        waivers.agree(made, by=cast.data_protection)
    return made


def both(cast: Cast, user: User) -> RoleGrant:
    """A second role, which excludes the first elsewhere."""
    with acting_as(cast.administrator):
        grant = people.propose(User.objects.get(pk=user.pk), Role.CARE_WORKER, by=cast.administrator, office=cast.far_office)
    with acting_as(cast.data_protection):
        people.approve(grant, by=cast.data_protection)
    return grant


def test_only_these_exclusions_are_ever_done_without() -> None:
    assert exclusions() > WAIVABLE
    assert not {role for pair in WAIVABLE for role in pair} & {
        Role.ADMINISTRATOR, Role.AUDITOR, Role.DATA_PROTECTION, Role.PARTNER, Role.LIAISON}


def test_two_roles_in_one_hand_once_the_supporting_office_agreed(cast: Cast) -> None:
    made = proposed(cast)
    with acting_as(cast.administrator), pytest.raises(Refused):
        people.propose(cast.far_investigator, Role.CARE_WORKER, by=cast.administrator, office=cast.far_office)
    with acting_as(cast.data_protection):
        assert Notice.objects.filter(kind="waiver.to_agree", about_code=cast.far_office.code).exists()
        waivers.agree(made, by=cast.data_protection)
    assert last_events(1)[0]["act"] == "waiver.agreed"
    grant = both(cast, cast.far_investigator)
    said = last_events(1)[0]
    assert said["act"] == "role.approved" and said["q"] == {"without_exclusion_of": [list(BOTH)]}
    assert grant.expires_at <= made.expires_at
    with acting_as(cast.administrator), pytest.raises(Refused):
        people.propose(cast.investigator, Role.CARE_WORKER, by=cast.administrator, office=cast.office)


def test_it_is_shown_on_the_page_of_roles_and_rights(cast: Cast) -> None:
    agreed(cast)
    page = sign_in(cast.hotline).get("/desk/permissions/").content.decode()
    assert "Battambang office" in page.partition("do without an exclusion")[2].partition("</section>")[0]
    guest = sign_in(cast.partner).get("/desk/permissions/").content.decode()
    assert cast.data_protection.display_name not in guest


def test_the_database_refuses_what_no_exception_covers(cast: Cast) -> None:
    agreed(cast, timezone.now() + dt.timedelta(days=30))
    with acting_as(cast.administrator), entry("attack", by=cast.administrator, about=None):
        long = RoleGrant(user=cast.far_investigator, role=Role.CARE_WORKER, office=cast.far_office,
                         proposed_by=cast.administrator, expires_at=timezone.now() + dt.timedelta(days=300))
        elsewhere = RoleGrant(user=cast.far_investigator, role=Role.CARE_WORKER, office=cast.office,
                              proposed_by=cast.administrator, expires_at=timezone.now() + dt.timedelta(days=20))
        other = RoleGrant(user=cast.far_investigator, role=Role.CARE_SUPERVISOR, office=cast.far_office,
                          proposed_by=cast.administrator, expires_at=timezone.now() + dt.timedelta(days=20))
        for grant in (long, elsewhere, other):
            grant.save()
    officer = cast.data_protection
    for grant in (long, elsewhere, other):
        with acting_as(officer), pytest.raises(IntegrityError, match="exclude"), transaction.atomic(), entry(
                "x", by=officer, about=None):
            run("UPDATE accounts_rolegrant SET approved_by_id = %s, approved_at = now() WHERE id = %s", officer.pk, grant.pk)


def test_it_ends_only_when_nobody_holds_both(cast: Cast) -> None:
    made = agreed(cast)
    grant = both(cast, cast.far_investigator)
    with acting_as(cast.data_protection):
        assert policy.may_end_waiver(cast.data_protection, made).reason == "held"
        with pytest.raises(IntegrityError, match="both roles"), transaction.atomic(), entry(
                "x", by=cast.data_protection, about=None):
            made.ended_by, made.ended_at = cast.data_protection, timezone.now()
            made.save(update_fields=["ended_by", "ended_at"])
        people.revoke(grant, by=cast.data_protection)
        made.refresh_from_db()
        waivers.end(made, by=cast.data_protection)
    assert not Waiver.objects.live().exists()
    with acting_as(cast.administrator), pytest.raises(DatabaseError, match="stays ended"), transaction.atomic(), entry(
            "x", by=cast.administrator, about=None):
        run("UPDATE accounts_waiver SET rev = rev + 1, ended_at = NULL, ended_by_id = NULL WHERE id = %s", made.pk)


def test_while_it_stands_the_office_stays_small_and_supported(cast: Cast) -> None:
    agreed(cast)
    admin = sign_in(cast.administrator)
    answer = admin.post(f"/desk/offices/{cast.far_office.code}/", {**FORM, "supported_by": cast.office.code})
    assert "Exceptions of this small office stand" in answer.content.decode()
    with acting_as(cast.administrator), pytest.raises(IntegrityError, match="exceptions"), transaction.atomic(), entry(
            "x", by=cast.administrator, about=None):
        Office.objects.filter(pk=cast.far_office.pk).update(is_small=False)


@pytest.mark.parametrize("name", ["administrator", "far_supervisor", "auditor", "investigator", "partner"])
def test_nobody_but_the_second_person_of_the_supporting_office_agrees(cast: Cast, name: str) -> None:
    made, who = proposed(cast), getattr(cast, name)
    with acting_as(who), pytest.raises(Refused):
        waivers.agree(made, by=who)
    tried = "UPDATE accounts_waiver SET rev = rev + 1, agreed_by_id = guard.uid(), agreed_at = now() WHERE id = %s"
    with acting_as(who), transaction.atomic():
        try:
            with transaction.atomic(), entry("attack", by=who, about=None):
                assert run(tried, made.pk) == 0
        except DatabaseError as error:
            assert "second person" in str(error) or "two_people" in str(error)
    made.refresh_from_db()
    assert made.agreed_by_id is None


def test_an_officer_of_the_small_office_itself_does_not_agree(cast: Cast) -> None:
    made = proposed(cast)
    with acting_as(cast.data_protection):
        assert policy.may_agree_waiver(cast.data_protection, made)
        made.supporter = cast.far_office
        assert policy.may_agree_waiver(cast.data_protection, made).reason == "elsewhere"


@pytest.mark.parametrize("pair", [(Role.ADMINISTRATOR, Role.INVESTIGATOR), (Role.AUDITOR, Role.CARE_WORKER)])
def test_no_office_does_without_the_others(cast: Cast, pair: tuple[Role, Role]) -> None:
    office, admin = small(cast), cast.administrator
    with acting_as(admin):
        assert policy.may_propose_waiver(admin, office, pair).reason == "roles"
    one, other = sorted(pair)
    with acting_as(admin), pytest.raises(IntegrityError, match="no office does without"), transaction.atomic(), entry(
            "x", by=admin, about=None):
        Waiver(office=office, supporter=cast.office, role=one, other=other, reason="few", proposed_by=admin,
               expires_at=timezone.now() + dt.timedelta(days=9)).save()


def test_only_a_small_office_that_another_supports_proposes(cast: Cast) -> None:
    admin = cast.administrator
    with acting_as(admin):
        assert policy.may_propose_waiver(admin, cast.far_office, BOTH).reason == "small"
        assert cast.office.is_small and policy.may_propose_waiver(admin, cast.office, BOTH).reason == "supported"
    for office, words in ((cast.far_office, "only a small office"), (cast.office, "only a small office")):
        with acting_as(admin), pytest.raises(IntegrityError, match=words), transaction.atomic(), entry("x", by=admin, about=None):
            Waiver(office=office, supporter=cast.office, role=BOTH[0], other=BOTH[1], reason="few", proposed_by=admin,
                   expires_at=timezone.now() + dt.timedelta(days=9)).save()
    with acting_as(admin), pytest.raises(DatabaseError, match="proposed first"), transaction.atomic(), entry(
            "x", by=admin, about=None):
        Waiver(office=cast.far_office, supporter=cast.office, role=BOTH[0], other=BOTH[1], reason="few", proposed_by=admin,
               expires_at=timezone.now() + dt.timedelta(days=900)).save()


def test_an_administrator_elsewhere_proposes_nothing(cast: Cast) -> None:
    office, far = small(cast), User.objects.get(pk=far_administrator(cast).pk)
    with acting_as(far):
        assert not policy.may_propose_waiver(far, cast.office, BOTH)
        assert policy.may_propose_waiver(far, office, BOTH), "she runs the small office itself"


def test_the_page_proposes_agrees_and_ends(cast: Cast) -> None:
    office = small(cast)
    admin, officer = sign_in(cast.administrator), sign_in(cast.data_protection)
    url = f"/desk/offices/{office.code}/small/"
    assert "does without nothing" in admin.get(url).content.decode()
    wanted = {"roles": "CARE_WORKER+INVESTIGATOR", "reason": "few"}
    late = timezone.localdate() + dt.timedelta(days=900)
    bad = admin.post(url, {**wanted, "until_0": late.day, "until_1": late.month, "until_2": late.year})
    assert "one year from now" in bad.content.decode()
    assert admin.post(url, wanted).status_code == 302
    again = admin.post(url, wanted).content.decode()
    assert "proposed or agreed to already" in again
    [made] = Waiver.objects.all()
    assert "does without an exclusion" in officer.get("/desk/approvals/").content.decode()
    assert "does without an exclusion" in admin.get("/desk/approvals/").content.decode()
    assert admin.post(f"/desk/offices/waivers/{made.pk}/", {"answer": "agree"}).status_code == 404
    assert officer.post(f"/desk/offices/waivers/{made.pk}/", {"answer": "agree"}).status_code == 302
    assert Waiver.objects.live().count() == 1
    assert admin.get(f"/desk/offices/waivers/{made.pk}/")["Location"] == url
    assert admin.post(f"/desk/offices/waivers/{made.pk}/", {"answer": "end"}).status_code == 302
    assert officer.get("/desk/offices/waivers/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert Waiver.objects.live().count() == 0


def test_one_that_is_over_makes_room_for_the_next(cast: Cast) -> None:
    made = proposed(cast, timezone.now() + dt.timedelta(seconds=1))
    with acting_as(cast.administrator):
        assert policy.may_propose_waiver(cast.administrator, cast.far_office, BOTH).reason == "already"
    import time

    time.sleep(1.1)
    with acting_as(cast.administrator):
        waivers.propose(cast.far_office, BOTH, by=cast.administrator, reason="gap")
        made.refresh_from_db()
    assert made.ended_at is not None
