"""The agenda: each person's own days from every wing, by code, as a list and as a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aftercare.actions import consents, contacts, support
from aftercare.actions.consents import Said
from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.desk import agenda
from ijm.notices.actions import reminders
from ijm.notices.models import Subject
from ijm.trail.context import acting_as
from tests import stories
from tests.aftercare.steps import news, taken_in
from tests.cast import Cast
from tests.prosecutions import scene
from tests.trail import last_events

SignIn = Callable[[User], Client]
LIST, MONTH = "/desk/agenda/", "/desk/agenda/month/"


def cared_for(cast: Cast) -> Survivor:
    """Court support, a consent that ends, an answer to ask again, a reminder: all within four weeks."""
    survivor = taken_in(cast)
    delivery = news(cast, survivor)
    soon = timezone.localdate() + dt.timedelta(days=6)
    with acting_as(cast.care_worker):
        worker = cast.care_worker
        support.plan(delivery, survivor, by=worker, needs=["screen"], companion=worker)
        consents.record(survivor, by=worker, said=Said("police", "given", until_on=soon))
        contacts.record(survivor, by=worker, is_allowed=True, ways=["visit"], days=[], from_at=None, until_at=None,
                        review_on=soon)
        reminders.set_(by=worker, file=survivor.file_id, about=survivor.code, subject=Subject.ASK, path="/",
                       at=timezone.now() + dt.timedelta(days=2))
    return survivor


def test_a_workers_days(cast: Cast, signed_in: SignIn) -> None:
    survivor = cared_for(cast)
    client = signed_in(cast.care_worker)
    shown = client.get(LIST).content.decode()
    for said in ("Court support", "Ask again: consent", "Ask again: how to reach them", "Ask a colleague", survivor.code,
                 "this day", "Everything"):
        assert said in shown, said
    only = client.get(LIST, {"kind": "review"}).content.decode()
    assert "Ask again: consent" in only and "Ask a colleague" not in only
    look = last_events(1)[0]
    assert look["act"] == "list.seen" and len(look["obj"]["rows"]) == 2 and look["obj"]["subjects"]
    later = (timezone.localdate() + dt.timedelta(days=60)).isoformat()
    assert "Nothing stands in these days" in client.get(LIST, {"from": later}).content.decode()
    for nonsense in ("tomorrow", "9999-99-99", "1200-01-01", "' OR 1=1"):
        assert client.get(LIST, {"from": nonsense, "kind": nonsense}).status_code == 200


def test_a_month_is_a_table_with_its_days(cast: Cast, signed_in: SignIn) -> None:
    survivor = cared_for(cast)
    client = signed_in(cast.care_worker)
    hearing = timezone.localdate() + dt.timedelta(days=21)
    shown = client.get(MONTH, {"month": f"{hearing:%Y-%m}"}).content.decode()
    assert "<caption" in shown and shown.count('scope="col"') == 7 and survivor.code in shown
    assert f"from={hearing.isoformat()}" in shown
    assert 'aria-current="date"' in client.get(MONTH).content.decode()
    khmer = Client()
    khmer.cookies = client.cookies
    khmer.cookies["lang"] = "km"
    assert "ចន្ទ" in khmer.get(MONTH, {"month": "2026-11"}).content.decode()
    assert "ខែវិច្ឆិកា ឆ្នាំ២០២៦" in khmer.get(MONTH, {"month": "2026-11"}).content.decode()


def test_a_month_of_weeks() -> None:
    shown = agenda.weeks(dt.date(2026, 11, 1), [])
    assert (shown[0][0].day, shown[-1][-1].day) == (dt.date(2026, 10, 26), dt.date(2026, 12, 6))
    assert all(len(week) == 7 for week in shown) and shown[0][0].is_outside
    assert agenda.moved(dt.date(2026, 1, 1), -1) == dt.date(2025, 12, 1)
    assert agenda.moved(dt.date(2026, 12, 1), 1) == dt.date(2027, 1, 1)


def test_hearings_of_a_liaison_and_what_is_off_is_gone(cast: Cast, signed_in: SignIn) -> None:
    from prosecutions.actions import hearings

    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        set_, off = scene.hearing(cast, prosecution, days=5), scene.hearing(cast, prosecution, days=6)
        hearings.cancel(off, by=cast.liaison)
    shown = signed_in(cast.liaison).get(LIST).content.decode()
    assert set_.code in shown and off.code not in shown and "Room 2" not in shown


def test_operations_are_shown_to_those_on_the_file_and_the_look_is_recorded(cast: Cast, signed_in: SignIn) -> None:
    operation = stories.planned_rescue(cast)
    shown = signed_in(cast.investigator).get(LIST).content.decode()
    assert operation.code in shown and "brick kiln" not in shown
    looks = [event for event in last_events(4) if event["act"] == "field.disclosed"]
    assert looks and looks[0]["fields"] == ["time"] and looks[0]["why"]["code"] == "RESCUE"
    assert operation.code not in signed_in(cast.colleague).get(LIST).content.decode(), "a colleague who is not on the file"


def test_nobody_sees_anothers_days(cast: Cast, signed_in: SignIn) -> None:
    survivor = cared_for(cast)
    operation = stories.planned_rescue(cast)
    for name in ("hotline", "colleague", "partner", "auditor", "administrator", "data_protection", "care_worker_two",
                 "far_care_worker", "far_supervisor", "liaison"):
        for page in (LIST, MONTH):
            shown = signed_in(getattr(cast, name)).get(page).content.decode()
            assert survivor.code not in shown and operation.code not in shown, name
    assert "Ask a colleague" not in signed_in(cast.care_supervisor).get(LIST).content.decode(), "a reminder is hers alone"


@pytest.mark.parametrize("page", [LIST, MONTH])
def test_few_queries_whatever_stands_there(cast: Cast, signed_in: SignIn, page: str) -> None:
    prosecution = scene.referred(cast)
    client = signed_in(cast.liaison)

    def asked() -> int:
        with CaptureQueriesContext(connections["default"]) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    few = asked()
    with acting_as(cast.liaison):
        for _number in range(12):
            scene.hearing(cast, prosecution, days=1)
    many = asked()
    assert many <= few + 2, f"{few} queries for none, {many} for twelve"
    assert many <= 30, many
