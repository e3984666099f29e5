"""Journey d, walked: a case is referred, charged, heard and judged; the worker process tells aftercare."""

from __future__ import annotations

import pytest

from aftercare.models import CourtSupport
from ijm.trail.context import acting_as
from tests import stories
from tests.journeys import ways_court
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser


def test_d_case_goes_to_court_and_her_worker_is_told(house: House) -> None:
    operation = stories.concluded_rescue(house.cast)
    survivor = stories.taken_in(house.cast)
    house.have_read("liaison", "care_worker")
    ways_court.refer(house, operation.investigation.code)
    prosecution = ways_court.charge(house)
    hearing = ways_court.schedule(house, prosecution)
    ways_court.support(house, survivor.code)
    with acting_as(house.cast.care_worker):
        assert CourtSupport.objects.get(survivor=survivor).needs == ["interpreter"]
    ways_court.judge(house, prosecution)
    done = house.acts()
    for act in ("investigation.referred", "charge.filed", "hearing.scheduled", "verdict.recorded"):
        assert act in done, f"{act} is not in the trail: {sorted(set(done))}"
    house.refuses([f"/prosecutions/files/{prosecution}/", f"/prosecutions/files/{prosecution}/charges/new/",
                   f"/prosecutions/files/{prosecution}/hearings/new/", f"/prosecutions/hearings/{hearing}/",
                   f"/prosecutions/hearings/{hearing}/reveal/", f"/prosecutions/files/{prosecution}/verdicts/new/"],
                  to=house.everybody_but("liaison"))
