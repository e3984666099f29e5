"""How a survivor can be reached safely: asked before anybody calls, sealed where it leads to her."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from aftercare import policy
from aftercare.actions import contacts
from aftercare.models import SafeContact, Survivor
from ijm.accounts.models import User
from ijm.notices.contact import SafeContact as Facts
from ijm.notices.contact import Way, may_contact
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused, Stale
from tests.aftercare.steps import OUTSIDERS, news, taken_in
from tests.cast import Cast
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
NUMBER, NEVER = "088 640 2718", "Vexanaly's organisation"
MONDAY_TEN = dt.datetime(2026, 11, 23, 10, 0, tzinfo=timezone.get_default_timezone())


def facts(**given: object) -> Facts:
    said = {"is_allowed": True, "ways": frozenset({"call"}), "days": frozenset({"0"}), "from_at": dt.time(9),
            "until_at": dt.time(17), "review_on": dt.date(2027, 1, 1), **given}
    return Facts(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize(("said", "way", "reason"), [
    (facts(), Way.CALL, ""),
    (facts(days=frozenset()), Way.CALL, ""),
    (facts(from_at=None, until_at=None), Way.CALL, ""),
    (facts(from_at=dt.time(20), until_at=dt.time(11)), Way.CALL, ""),
    (None, Way.CALL, "not-asked"),
    (facts(is_allowed=False), Way.CALL, "no-contact"),
    (facts(review_on=dt.date(2026, 11, 22)), Way.CALL, "review"),
    (facts(), Way.VISIT, "way"),
    (facts(days=frozenset({"1"})), Way.CALL, "day"),
    (facts(from_at=dt.time(18), until_at=dt.time(20)), Way.CALL, "hour"),
    (facts(from_at=dt.time(20), until_at=dt.time(7)), Way.CALL, "hour"),
])
def test_the_rule_says_no_unless_everything_she_said_fits(cast: Cast, said: Facts | None, way: Way, reason: str) -> None:
    decision = may_contact(cast.care_worker, said, way, at=MONDAY_TEN)
    assert bool(decision) == (not reason)
    assert decision.reason == reason or not reason
    assert bool(str(decision.why)) or not reason


def written(cast: Cast, survivor: Survivor, **given: object) -> SafeContact:
    said = {"is_allowed": True, "ways": ["visit"], "days": [], "from_at": None, "until_at": None, "number": NUMBER,
            "never_say": NEVER, "review_on": timezone.localdate() + dt.timedelta(days=90), **given}
    with acting_as(cast.care_worker):
        return contacts.record(survivor, by=cast.care_worker, **said)  # type: ignore[arg-type]


def test_it_is_recorded_in_the_browser_and_shown_before_court_support_is_planned(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    client = signed_in(cast.care_worker)
    page = client.get(f"/aftercare/survivors/{survivor.code}/").content.decode()
    assert "Nobody has asked them yet" in page and "sends nothing to survivors" in page
    url = f"/aftercare/survivors/{survivor.code}/safe-contact/"
    day = timezone.localdate() + dt.timedelta(days=60)
    typed = {"is_allowed": "yes", "ways": ["call", "through"], "days": ["0", "1"], "from_at": "09:00", "until_at": "17:00",
             "number": NUMBER, "never_say": NEVER, "review_on_0": day.day, "review_on_1": day.month, "review_on_2": day.year,
             "revision": "0"}
    assert "Tick at least one way" in client.post(url, {**typed, "ways": []}).content.decode()
    assert "Choose both hours" in client.post(url, {**typed, "until_at": ""}).content.decode()
    assert client.post(url, typed).status_code == 302
    assert client.post(url, typed).status_code == 409, "written from a page on which nothing stood yet"
    page = client.get(f"/aftercare/survivors/{survivor.code}/").content.decode()
    assert "Monday" in page and "09:00" in page and NUMBER not in page and "Vexanaly" not in page
    delivery = news(cast, survivor)
    take = client.get(f"/aftercare/from-other-wings/{delivery.pk}/take/").content.decode()
    assert "How to reach them safely" in take and "Not agreed to:" in take and "Visit" in take
    with acting_as(cast.care_worker, "r"):
        row = SafeContact.objects.get()
        assert (row.ways, row.days, row.from_at) == (["call", "through"], ["0", "1"], dt.time(9))
        assert b"Vexanaly" not in bytes(row.whereabouts or b"")
    assert "safe_contact.recorded" in acts()
    again = client.get(url).content.decode()
    assert NUMBER not in again and f'value="{row.rev}"' in again
    reveal = {"field": "never_say", "purpose": "CONTACT"}
    assert "Vexanaly" in client.post(f"/aftercare/survivors/{survivor.code}/reveal/", reveal).content.decode()


def test_an_empty_sealed_answer_keeps_what_was_written(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    first = written(cast, survivor)
    written(cast, survivor, number=None, never_say="Another word", revision=first.rev)
    shown = signed_in(cast.care_worker).post(
        f"/aftercare/survivors/{survivor.code}/reveal/", {"field": "safe_number", "purpose": "SAFETY"}).content.decode()
    assert NUMBER in shown
    with pytest.raises(Stale):
        written(cast, survivor, revision=first.rev - 1)


def test_a_number_is_not_opened_for_a_call_that_is_not_safe(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    client, url = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/reveal/"
    phone = {"field": "phone", "purpose": "CONTACT"}
    assert "012 555 018" in client.post(url, phone).content.decode(), "nobody asked yet: the page warns, the work goes on"
    written(cast, survivor)
    refused = client.post(url, phone).content.decode()
    assert "012 555 018" not in refused and "They did not agree to be reached in this way" in refused
    assert last_events(3)[0]["why"]["code"] == "way" or "contact.refused" in acts()
    part = client.post(url, phone, headers={"HX-Request": "true"}).content.decode()
    assert "012 555 018" not in part and "<html" not in part
    assert "012 555 018" in client.post(url, {**phone, "purpose": "SAFETY"}).content.decode(), "danger comes first"
    written(cast, survivor, ways=["call"])
    assert "012 555 018" in client.post(url, phone).content.decode()


def test_nobody_else_reads_or_writes_it(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    written(cast, survivor)
    url = f"/aftercare/survivors/{survivor.code}/safe-contact/"
    for who in OUTSIDERS:
        user = getattr(cast, who)
        client = signed_in(user)
        for answer in (client.get(url), client.post(url, {"is_allowed": "no"})):
            assert answer.status_code == 404, who
        with acting_as(user, "r"):
            assert not SafeContact.objects.exists()
            assert policy.may_reach(user, survivor, Way.VISIT).reason == "not-asked"
        with pytest.raises((Refused, DatabaseError)), acting_as(user):
            contacts.record(survivor, by=user, is_allowed=False, ways=[], days=[], from_at=None, until_at=None,
                            review_on=timezone.localdate())
