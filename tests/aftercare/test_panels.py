"""What the desk shows of aftercare, to its own people only."""

from __future__ import annotations

import pytest

from aftercare import panels
from aftercare.actions import support
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from tests.aftercare.steps import OUTSIDERS, news, rescued, taken_in
from tests.cast import Cast


def test_work_is_a_referral_then_news_then_support_to_arrange(cast: Cast) -> None:
    survivor = taken_in(cast)
    rescued(cast)
    hearing, _verdict = news(cast, survivor), news(cast, survivor, verdict=True)
    with acting_as(cast.care_supervisor, "r"):
        cards = panels.work(cast.care_supervisor)
        assert [card["kind"] for card in cards] == ["referral", "delivery", "delivery"]
        assert {card["title"] for card in cards[1:]} == {"Plan court support", "Tell them of a verdict"}
    with acting_as(cast.care_worker):
        support.plan(hearing, survivor, by=cast.care_worker, needs=["screen"], companion=cast.care_worker)
        mine = [card for card in panels.work(cast.care_worker) if card["kind"] == "court_support"]
        assert [card["code"] for card in mine] == [survivor.code] and not mine[0]["late"]


def test_search_by_parts_of_codes(cast: Cast) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_worker, "r"):
        for text in (survivor.code.lower(), survivor.code[3:], survivor.file.code):
            assert [found["code"] for found in panels.find(cast.care_worker, text)][:1] == [survivor.code]
        assert [found["kind"] for found in panels.find(cast.care_worker, "RF-")] == ["referral"]
        assert panels.find(cast.care_worker, "SV") == []


def test_the_page_of_a_care_file(cast: Cast) -> None:
    referral = rescued(cast)[0]
    with acting_as(cast.care_supervisor, "r"):
        assert panels.file_page(cast.care_supervisor, referral.file) == f"/aftercare/referrals/{referral.code}/"
    survivor = taken_in(cast)
    with acting_as(cast.care_worker, "r"):
        assert panels.file_page(cast.care_worker, survivor.file) == f"/aftercare/survivors/{survivor.code}/"
    with acting_as(cast.care_supervisor):
        bare = grants.open_file(Kind.CARE, by=cast.care_supervisor)
        assert panels.file_page(cast.care_supervisor, bare) == ""
    assert panels.file_page(cast.liaison, CaseFile(kind=Kind.PROSECUTION)) == ""


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_else_has_work_or_finds_anything(cast: Cast, who: str) -> None:
    survivor = taken_in(cast)
    news(cast, survivor)
    user = getattr(cast, who)
    with acting_as(user, "r"):
        assert panels.work(user) == [] and panels.find(user, survivor.code) == []
        assert panels.file_page(user, survivor.file) == ""
