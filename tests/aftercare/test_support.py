"""News from the court: taken up as court support, or told to her; the sender learns nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import DatabaseError
from django.http import Http404
from django.test import Client

from aftercare import policy
from aftercare.actions import support
from aftercare.models import CourtSupport
from ijm.accounts.models import User
from ijm.casefiles.deliveries import announce
from ijm.casefiles.models import Delivery
from ijm.jobs.models import Job
from ijm.notices.models import Notice
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from tests.aftercare.steps import OUTSIDERS, news, rescued, taken_in
from tests.cast import Cast
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]


def test_a_hearing_lies_on_her_file_and_the_worker_process_tells_her_people(cast: Cast) -> None:
    survivor = taken_in(cast)
    delivery = news(cast, survivor)
    with acting_as(cast.liaison):
        assert not Delivery.objects.exists(), "the sender cannot see where it went"
        announce(Job.objects.get(about=delivery.pk))
    with acting_as(cast.care_worker, "r"):
        notice = Notice.objects.get(user=cast.care_worker)
        assert (notice.kind, notice.about_code) == ("HearingScheduled", survivor.file.code)


def test_court_support_is_planned_and_arranged_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    delivery = news(cast, survivor)
    client = signed_in(cast.care_worker)
    page = client.get("/aftercare/from-other-wings/").content.decode()
    assert survivor.code in page and "A hearing is scheduled" in page and "Phnom Penh" in page
    address = f"/aftercare/from-other-wings/{delivery.pk}/take/"
    form = client.get(address).content.decode()
    assert cast.care_supervisor.code in form and cast.care_worker_two.code not in form
    assert client.post(address, {"companion": cast.care_worker.code}).status_code == 200, "ask what she needs"
    said = {"companion": cast.care_worker.code, "needs": ["transport", "screen"]}
    assert client.post(address, said).status_code == 302
    with acting_as(cast.care_worker, "r"):
        row = CourtSupport.objects.select_related("survivor__alias").get()
        assert (row.needs, row.state, row.companion) == (["transport", "screen"], "needed", cast.care_worker)
        assert Delivery.objects.get().state == "taken"
    assert "All is arranged" in client.get(f"/aftercare/survivors/{survivor.code}/").content.decode()
    arranging = f"/aftercare/survivors/{survivor.code}/arrange/"
    assert client.get(arranging).status_code == 302
    assert client.post(arranging, {"support": str(row.pk)}).status_code == 302
    assert client.post(arranging, {"support": str(row.pk)}).status_code == 404, "once"
    assert {"court_support.needed", "delivery.taken", "court_support.arranged"} <= set(acts())


def test_what_was_taken_up_is_not_taken_up_again(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    delivery = news(cast, survivor)
    address = f"/aftercare/from-other-wings/{delivery.pk}/take/"
    said = {"companion": cast.care_supervisor.code, "needs": ["companion"]}
    assert signed_in(cast.care_supervisor).post(address, said).status_code == 302
    assert "taken up already" in signed_in(cast.care_worker).get(address).content.decode()
    assert signed_in(cast.care_worker).post(address, said).status_code == 404


def test_a_verdict_is_told_in_person(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    delivery = news(cast, survivor, verdict=True)
    client, address = signed_in(cast.care_worker), f"/aftercare/from-other-wings/{delivery.pk}/take/"
    assert "A verdict was returned" in client.get(f"/aftercare/survivors/{survivor.code}/").content.decode()
    assert "Tell them in person" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert "verdict.told" in acts()
    with acting_as(cast.care_worker, "r"):
        assert not CourtSupport.objects.exists() and Delivery.objects.get().state == "taken"


def test_a_verdict_is_no_hearing_and_a_hearing_no_verdict(cast: Cast) -> None:
    survivor = taken_in(cast)
    hearing = news(cast, survivor)
    with acting_as(cast.care_worker), pytest.raises(Refused):
        support.tell(hearing, survivor, by=cast.care_worker)
    verdict = news(cast, survivor, verdict=True)
    with acting_as(cast.care_worker), pytest.raises(Refused):
        support.plan(verdict, survivor, by=cast.care_worker, needs=[], companion=cast.care_worker)
    assert last_events(1)[0]["why"]["code"] == "kind"


def test_who_goes_with_her_stands_on_her_file(cast: Cast) -> None:
    survivor = taken_in(cast)
    hearing = news(cast, survivor)
    with acting_as(cast.care_worker), pytest.raises(Refused):
        support.plan(hearing, survivor, by=cast.care_worker, needs=["companion"], companion=cast.care_worker_two)
    assert last_events(1)[0]["why"]["code"] == "companion"


def test_news_waits_while_the_referral_is_not_answered(cast: Cast, signed_in: SignIn) -> None:
    referral = rescued(cast)[0]
    assert not news(cast, referral).kind  # type: ignore[arg-type]
    assert "Nothing waits" in signed_in(cast.care_supervisor).get("/aftercare/from-other-wings/").content.decode()


def test_support_is_found_by_its_own_survivor_only(cast: Cast) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_worker, "r"):
        for key in ("", "x", str(uuid.uuid4())):
            with pytest.raises(Http404):
                policy.get_support(cast.care_worker, survivor, key)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_else_sees_or_takes_the_news(cast: Cast, signed_in: SignIn, who: str) -> None:
    survivor = taken_in(cast)
    delivery, user = news(cast, survivor), getattr(cast, who)
    client = signed_in(user)
    answer = client.get(f"/aftercare/from-other-wings/{delivery.pk}/take/")
    missing = client.get(f"/aftercare/from-other-wings/{uuid.uuid4()}/take/")
    assert (answer.status_code, answer.content) == (404, missing.content)
    with acting_as(user, "r"):
        assert not policy.visible_deliveries(user).exists() and not CourtSupport.objects.exists()
    with pytest.raises((Refused, DatabaseError)), acting_as(user):
        support.plan(delivery, survivor, by=user, needs=["screen"], companion=cast.care_worker)
