"""Journeys a and b, walked: a tip becomes a file with an incident and a suspect; a rescue hands five persons over."""

from __future__ import annotations

import pytest

from aftercare.models import Referral, Survivor
from ijm.people.models import Name
from ijm.trail.context import acting_as
from investigations.models import RescuedPerson
from tests import stories
from tests.investigations import making
from tests.journeys import ways
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser
SUPERVISORS = ("investigation_supervisor", "second_supervisor")
CARE = ("care_supervisor", "care_worker")


def test_a_tip_becomes_an_investigation_with_an_incident_and_a_suspect(house: House) -> None:
    tip = ways.take_tip(house)
    investigation = ways.assess(house, tip)
    suspect = ways.investigate(house, investigation)
    done = house.acts()
    for act in ("tip.taken", "tip.assessed", "tip.promoted", "incident.recorded", "suspect.recorded"):
        assert act in done, f"{act} is not in the trail: {sorted(set(done))}"
    on_tip = ["", "reveal/"]
    house.refuses([f"/investigations/tips/{tip}/{end}" for end in on_tip],
                  to=house.everybody_but("hotline", "investigator", *SUPERVISORS))
    house.refuses([f"/investigations/tips/{tip}/assess/"], to=house.everybody_but(*SUPERVISORS))
    house.refuses([f"/investigations/files/{investigation}/", f"/investigations/files/{investigation}/incidents/new/",
                   f"/investigations/suspects/{suspect}/", f"/investigations/suspects/{suspect}/reveal/",
                   f"/investigations/files/{investigation}/refer/"],
                  to=house.everybody_but("investigator", *SUPERVISORS))


def test_b_rescue_hands_five_persons_to_aftercare(house: House) -> None:
    investigation = stories.promoted_tip(house.cast).code
    operation = ways.plan_rescue(house, investigation)
    ways.approve_rescue(house, operation)
    with acting_as(house.cast.care_supervisor):
        waiting = Referral.objects.count()
    ways.conclude_rescue(house, operation)
    with acting_as(house.cast.care_supervisor):
        assert Referral.objects.count() == waiting + 5
    referral, survivor = ways.take_in(house)
    done = house.acts()
    for act in ("rescue.planned", "rescue.approved", "rescue.concluded", "rescued_person.handed_over", "referral.taken_in",
                "consent.recorded"):
        assert act in done, f"{act} is not in the trail: {sorted(set(done))}"
    house.refuses([f"/investigations/rescues/{operation}/", f"/investigations/rescues/{operation}/reveal/",
                   f"/investigations/rescues/{operation}/conclude/"],
                  to=house.everybody_but("investigator", *SUPERVISORS))
    house.refuses([f"/investigations/rescues/{operation}/approve/"], to=house.everybody_but(*SUPERVISORS))
    house.refuses([f"/aftercare/referrals/{referral}/", f"/aftercare/referrals/{referral}/reveal/",
                   f"/aftercare/referrals/{referral}/take-in/", f"/aftercare/survivors/{survivor}/",
                   f"/aftercare/survivors/{survivor}/reveal/"], to=house.everybody_but(*CARE))


def test_an_operation_is_called_off_and_the_file_is_closed(house: House) -> None:
    cast = house.cast
    one = making.investigation(cast, making.assessed(cast, making.tip(cast)))
    making.incident(cast, one)
    operation = making.rescue(cast, one)
    walker = house.walk("investigator")
    walker.go(f"/investigations/rescues/{operation.code}/cancel/")
    walker.press()
    walker.go(f"/investigations/files/{one.code}/close/")
    walker.look("inv-file-close")
    walker.press()
    walker.says("Closed")
    walker.turn("km", "phone", "light")
    walker.go(f"/investigations/files/{one.code}/")
    walker.look("inv-file-closed")
    walker.close()


def test_what_the_investigator_may_still_read_of_them_is_nothing(house: House) -> None:
    before = stories.concluded_rescue(house.cast)
    with acting_as(house.cast.investigator):
        rescued = list(RescuedPerson.objects.filter(operation=before).select_related("alias"))
        assert len(rescued) == 5
        assert not Name.objects.filter(person__in=[row.alias.person_id for row in rescued]).exists()
        assert not Referral.objects.exists() and not Survivor.objects.exists()
