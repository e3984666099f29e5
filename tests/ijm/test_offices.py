"""Offices: opened, described, supported, closed; each looked after by its own people."""

from __future__ import annotations

import pytest

from ijm.accounts import policy
from ijm.accounts.actions import offices, people, staying
from ijm.accounts.choices import zone_of
from ijm.accounts.models import Office, User
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from tests import records
from tests.cast import EVERYBODY, Cast, newcomer
from tests.conftest import sign_in
from tests.ijm.test_people_pages import far_administrator, refused_by_database

FORM = {"name_en": "Siem Reap office", "name_km": "ការិយាល័យសៀមរាប", "province": "17", "phone": "023 456 789",
        "time_zone": "Asia/Phnom_Penh", "quick_exit": "https://weather.example/", "languages": "km,en"}


def opened(cast: Cast) -> Office:
    """A third office, supported by the first."""
    sign_in(cast.administrator).post("/desk/offices/new/", {**FORM, "supported_by": cast.office.code})
    return Office.objects.get(name_en="Siem Reap office")


def test_an_office_is_opened_and_described(cast: Cast) -> None:
    made = opened(cast)
    assert made.supported_by_id == cast.office.pk and made.time_zone == "Asia/Phnom_Penh"
    admin = sign_in(cast.administrator)
    assert made.name_en in admin.get("/desk/offices/").content.decode()
    admin.post(f"/desk/offices/{made.code}/", {**FORM, "name_en": "Angkor office", "supported_by": ""})
    assert Office.objects.get(pk=made.pk).name_en == "Angkor office"
    assert made.code not in admin.get("/desk/offices/").content.decode(), "it stands on its own feet now"


def test_another_office_takes_over_the_support(cast: Cast) -> None:
    made = opened(cast)
    with acting_as(cast.administrator):
        offices.change(made, by=cast.administrator, supported_by=cast.far_office)
    assert Office.objects.get(pk=made.pk).supported_by_id == cast.far_office.pk
    far = far_administrator(cast)
    with acting_as(far), pytest.raises(Refused):
        offices.change(made, by=far, supported_by=cast.office)


@pytest.mark.parametrize(("field", "value", "said"), [
    ("quick_exit", "http://weather.example/", "begins with https"), ("quick_exit", "javascript:alert(1)", "begins with https"),
    ("name_en", "", "Write an answer"), ("time_zone", "Mars/Olympus", "Choose one")])
def test_bad_answers_are_said(cast: Cast, field: str, value: str, said: str) -> None:
    answer = sign_in(cast.administrator).post("/desk/offices/new/", {**FORM, "supported_by": cast.office.code, field: value})
    assert said in answer.content.decode()


def test_quick_exit_leads_where_the_office_says(cast: Cast) -> None:
    with acting_as(cast.administrator):
        offices.change(cast.office, by=cast.administrator, supported_by=None, quick_exit="https://weather.example/")
    client = sign_in(cast.hotline)
    assert "https://weather.example/" in client.post("/leave/").content.decode()


def test_an_office_is_closed_when_nobody_works_there(cast: Cast) -> None:
    made = opened(cast)
    with acting_as(cast.administrator):
        user = people.add(newcomer("dara"), by=cast.administrator, office=made)
        assert policy.may_close_office(cast.administrator, made).reason == "people"
        assert policy.may_close_office(cast.administrator, cast.office).reason == "self"
        staying.disable(user, by=cast.administrator)
    assert sign_in(cast.administrator).post(f"/desk/offices/{made.code}/close/").status_code == 302
    closed = Office.objects.get(pk=made.pk)
    assert closed.closed_at is not None and closed.closed_by_id == cast.administrator.pk
    with acting_as(cast.administrator), pytest.raises(Refused):
        people.add(newcomer("late"), by=cast.administrator, office=closed)
    with acting_as(cast.administrator), pytest.raises(Refused):
        offices.change(closed, by=cast.administrator, supported_by=None)


def test_open_files_keep_an_office_open(cast: Cast) -> None:
    records.file_of(cast.far_investigator)
    with acting_as(cast.administrator):
        for user in User.objects.filter(office=cast.far_office):
            staying.disable(user, by=cast.administrator)
        assert policy.may_close_office(cast.administrator, cast.far_office).reason == "files"


def test_who_runs_another_office_runs_only_that_one(cast: Cast) -> None:
    far = far_administrator(cast)
    client = sign_in(far)
    assert cast.office.code not in client.get("/desk/offices/").content.decode()
    for page in ("", "close/"):
        path = f"/desk/offices/{cast.office.code}/{page}"
        assert client.get(path).status_code == client.post(path, FORM).status_code == 404
    with acting_as(far), pytest.raises(Refused):
        offices.change(cast.office, by=far, supported_by=None, name_en="x")
    with acting_as(far), pytest.raises(Refused):
        offices.add(by=far, name_en="x", supported_by=cast.office)
    with acting_as(far), pytest.raises(Refused):
        people.add(newcomer("x"), by=far, office=cast.office)
    names = "id, rev, code, name_en, name_km, province, phone, time_zone, quick_exit, languages, is_small, supported_by_id"
    new = "gen_random_uuid(), 1, 'OF-0000-0000', 'x', '', '', '', '', '', 'en', false, %s"
    refused_by_database(far, f"INSERT INTO accounts_office ({names}) VALUES ({new})", cast.office.pk, why="row-level security")


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name != "administrator"])
def test_nobody_else_opens_or_changes_offices(cast: Cast, name: str) -> None:
    client = sign_in(getattr(cast, name))
    for path in ("/desk/offices/new/", f"/desk/offices/{cast.office.code}/", f"/desk/offices/{cast.office.code}/close/"):
        assert client.get(path).status_code == client.post(path, FORM).status_code == 404
    assert (client.get("/desk/offices/").status_code == 200) == (name == "data_protection")


def test_a_time_zone_nobody_knows_is_none(cast: Cast) -> None:
    assert zone_of("") is None and zone_of("Mars/Olympus") is None and str(zone_of("Asia/Bangkok")) == "Asia/Bangkok"
