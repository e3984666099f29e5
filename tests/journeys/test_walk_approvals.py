"""What needs two people, walked: a supervisor finds it in her inbox, reads exactly what is asked and approves it."""

from __future__ import annotations

import pytest

from ijm.approvals.models import Request
from ijm.trail.context import acting_as
from tests import stories
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser
SUPERVISORS = ("investigation_supervisor", "second_supervisor")


@pytest.mark.parametrize("language", ["en", "km"])
def test_a_supervisor_approves(house: House, language: str) -> None:
    operation = stories.planned_rescue(house.cast)
    address = f"/approvals/{operation.request.code}/"
    boss = house.walk("investigation_supervisor", language=language)
    boss.go("/desk/approvals/")
    boss.look("approvals-inbox")
    boss.press(f"main a[href='{address}']")
    boss.says(operation.code)
    boss.look("approvals-request")
    boss.fill(motive="I read the plan with the team")
    boss.press("button[value=approve]")
    assert boss.path == f"/investigations/rescues/{operation.code}/", boss.text()
    boss.look("approvals-approved")
    boss.close()

    asker = house.walk("investigator", language=language)
    asker.go(address)
    asker.says(operation.code, "I read the plan with the team")
    asker.look("approvals-answered")
    assert asker.page.locator("button[value=approve]").count() == 0
    asker.close()
    assert not boss.troubles and not asker.troubles
    with acting_as(house.cast.investigator, "r"):
        done = Request.objects.get(pk=operation.request_id)
    assert (done.state, done.decided_by_id) == ("done", house.cast.investigation_supervisor.pk)
    house.refuses([address], to=house.everybody_but("investigator", *SUPERVISORS))
    assert {"approval.asked", "approval.given", "rescue.approved"} <= set(house.acts())
