"""The demonstration's aftercare, told by the same actions that people use."""

from __future__ import annotations

from aftercare import demo, policy
from aftercare.models import Residence, Survivor
from ijm.people.models import Consent
from ijm.trail.context import acting_as
from tests.aftercare.steps import news, rescued
from tests.aftercare.test_imports import GIRL, WOMAN, bring_in
from tests.cast import Cast


def test_an_office_that_went_on_working_with_what_it_brought_in(cast: Cast) -> None:
    bring_in(cast, WOMAN, WOMAN, GIRL)
    rescued(cast, number=7)
    ticks: list[str] = []
    demo.fill(cast, ticks.append)
    boss = cast.care_supervisor
    with acting_as(boss, "r"):
        states = sorted(policy.visible_referrals(boss).values_list("state", flat=True))
        assert states == ["taken_in"] * 2 + ["waiting"] * 5
        open_files = policy.visible_survivors(boss).exclude(state="closed")
        assert {one.worker for one in open_files} == {cast.care_worker, cast.care_worker_two}
        moved = Residence.objects.filter(until_on__isnull=False).values_list("survivor", flat=True).distinct()
        survivor = policy.visible_survivors(boss).get(pk=moved[0])
        assert policy.stands_on(cast.care_worker_two, survivor.file)
        assert Consent.objects.filter(purpose="story", answer="refused").exists()
    assert len(ticks) >= 5


def test_what_the_courts_sent_is_partly_taken_up(cast: Cast) -> None:
    rescued(cast, number=6)
    demo.fill(cast, lambda text: None)
    demo.after_court(cast, lambda text: None)
    with acting_as(cast.care_supervisor, "r"):
        survivor = Survivor.objects.select_related("alias", "file").get(referral__isnull=False)
    news(cast, survivor)
    news(cast, survivor, verdict=True)
    demo.after_court(cast, lambda text: None)
    with acting_as(cast.care_supervisor, "r"):
        assert policy.visible_support(cast.care_supervisor).get().companion == survivor.worker
        assert not policy.waiting_deliveries(cast.care_supervisor).exists()
