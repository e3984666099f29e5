"""A hearing that is off: whoever was told of it is told of this, and nobody goes on preparing for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from aftercare import policy
from aftercare.actions import support
from aftercare.models import CourtSupport, Survivor
from ijm.accounts.models import User
from ijm.casefiles.deliveries import announce
from ijm.casefiles.models import Delivery
from ijm.jobs.models import Job
from ijm.notices.models import Notice
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from prosecutions.actions import hearings
from prosecutions.models import Hearing
from tests import stories
from tests.cast import Cast
from tests.trail import acts

SignIn = Callable[[User], Client]


def announced(cast: Cast) -> tuple[Survivor, Hearing]:
    """A hearing lies on a survivor's file."""
    prosecution = stories.referred_prosecution(cast)
    survivor = stories.taken_in(cast)
    return survivor, stories.hearing_of(cast, prosecution)


def waiting(cast: Cast, kind: str) -> Delivery:
    with acting_as(cast.care_worker, "r"):
        return policy.waiting_deliveries(cast.care_worker).get(kind=kind)


def put_off(cast: Cast, hearing: Hearing, how: str = "adjourn") -> None:
    with acting_as(cast.liaison):
        getattr(hearings, how)(Hearing.objects.get(pk=hearing.pk), by=cast.liaison, outcome_note="The interpreter is ill.")


@pytest.mark.parametrize("how", ["adjourn", "cancel"])
def test_the_workers_of_each_witness_are_told(cast: Cast, how: str) -> None:
    survivor, hearing = announced(cast)
    put_off(cast, hearing, how)
    delivery = waiting(cast, "HearingPutOff")
    assert delivery.payload == {"at": hearing.at.isoformat(), "court": hearing.court_id, "hearing": str(hearing.pk),
                                "became": {"adjourn": "adjourned", "cancel": "cancelled"}[how]}, "no word of why"
    with acting_as(cast.liaison):
        assert not Delivery.objects.exists(), "the sender learns nothing"
        announce(Job.objects.get(about=delivery.pk))
    with acting_as(cast.care_worker, "r"):
        notice = Notice.objects.get(kind="HearingPutOff")
        assert notice.about_code == survivor.file.code
    assert {"adjourn": "hearing.adjourned", "cancel": "hearing.cancelled"}[how] in acts()
    with acting_as(cast.liaison), pytest.raises(Refused):
        hearings.cancel(Hearing.objects.get(pk=hearing.pk), by=cast.liaison)


def test_a_hearing_that_was_held_is_no_news(cast: Cast) -> None:
    _survivor, hearing = announced(cast)
    with acting_as(cast.liaison), pytest.raises(Refused):
        hearings.hold(Hearing.objects.get(pk=hearing.pk), by=cast.liaison)
    with acting_as(cast.care_worker, "r"):
        assert not Delivery.objects.filter(kind="HearingPutOff").exists()


def test_what_was_planned_is_called_off_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    survivor, hearing = announced(cast)
    client = signed_in(cast.care_worker)
    planning = f"/aftercare/from-other-wings/{waiting(cast, 'HearingScheduled').pk}/take/"
    assert client.post(planning, {"needs": ["screen"], "companion": cast.care_worker.code}).status_code == 302
    put_off(cast, hearing)
    assert "A hearing is off" in client.get("/desk/").content.decode()
    url = f"/aftercare/from-other-wings/{waiting(cast, 'HearingPutOff').pk}/take/"
    assert "A hearing will not be held on its day" in client.get("/aftercare/from-other-wings/").content.decode()
    assert "This hearing is off" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    with acting_as(cast.care_worker, "r"):
        assert CourtSupport.objects.get().state == "called_off"
        assert not policy.waiting_deliveries(cast.care_worker).exists()
    shown = client.get(f"/aftercare/survivors/{survivor.code}/").content.decode()
    assert "Called off" in shown and "All is arranged" not in shown and "Next hearing" not in shown
    assert "Court support" not in client.get("/desk/agenda/").content.decode()
    assert client.post(url).status_code == 404, "once"
    assert "court_support.called_off" in acts()


def test_news_of_the_hearing_that_nobody_took_up_is_done_with_too(cast: Cast) -> None:
    survivor, hearing = announced(cast)
    put_off(cast, hearing, "cancel")
    with acting_as(cast.care_worker):
        off = policy.waiting_deliveries(cast.care_worker).get(kind="HearingPutOff")
        with pytest.raises(Refused):
            support.tell(off, survivor, by=cast.care_worker)
        with pytest.raises(Refused):
            support.plan(off, survivor, by=cast.care_worker, needs=["screen"], companion=cast.care_worker)
        support.call_off(off, survivor, by=cast.care_worker)
        assert not policy.waiting_deliveries(cast.care_worker).exists() and not CourtSupport.objects.exists()


def test_a_hearing_is_not_called_off_by_news_of_a_hearing(cast: Cast) -> None:
    survivor, _hearing = announced(cast)
    delivery = waiting(cast, "HearingScheduled")
    with acting_as(cast.care_worker), pytest.raises(Refused):
        support.call_off(delivery, survivor, by=cast.care_worker)
    with pytest.raises(Refused), acting_as(cast.liaison):
        support.call_off(delivery, survivor, by=cast.liaison)


def test_the_liaison_cancels_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    _survivor, hearing = announced(cast)
    url = f"/prosecutions/hearings/{hearing.code}/outcome/"
    assert signed_in(cast.liaison).post(url, {"happened": "cancelled"}).status_code == 302
    shown = signed_in(cast.liaison).get(f"/prosecutions/hearings/{hearing.code}/").content.decode()
    assert "Cancelled" in shown
    assert waiting(cast, "HearingPutOff").payload["became"] == "cancelled"
