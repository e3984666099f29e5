"""Journeys c and e, walked: an address changes and is read with a reason; the auditor learns who saw, not what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aftercare.models import Survivor
from investigations.actions.rescues import FoundPerson
from investigations.names import Names
from tests import stories
from tests.journeys import ways, ways_court
from tests.journeys.conftest import House
from tests.journeys.words import SAID
from tests.trail import last_events

pytestmark = pytest.mark.browser
ON_FILE = ("care_worker", "care_worker_two", "care_supervisor")


def in_care(house: House) -> tuple[str, Survivor]:
    """An investigation, and a survivor of its rescue who was taken in."""
    found = [FoundPerson(Names(family=family, given=given), "female", "18-24") for family, given in SAID.rescued]
    operation = stories.concluded_rescue(house.cast, found)
    return operation.investigation.code, stories.taken_in(house.cast)


def test_c_address_is_changed_and_read_with_a_reason(house: House) -> None:
    """Her worker and the one who helps out work in Khmer, the supervisor in English."""
    in_khmer = replace(house, language="km")
    investigation, survivor = in_care(house)
    ways.move(in_khmer, survivor.code)
    ways.share(house, survivor.code)
    ways.read_address(in_khmer, survivor.code)
    look = next(event for event in reversed(last_events(50)) if event["act"] == "field.disclosed")
    assert look["why"]["code"] == "HOME_VISIT" and look["who"]["ref"] == str(house.cast.care_worker_two.pk)
    assert {"address", "phone_there"} <= {name.rpartition(".")[2] for name in look["fields"]}
    ways.ask_only(house, investigation)
    house.refuses([f"/aftercare/survivors/{survivor.code}/", f"/aftercare/survivors/{survivor.code}/reveal/",
                   f"/aftercare/survivors/{survivor.code}/move/", f"/aftercare/survivors/{survivor.code}/consents/",
                   f"/aftercare/survivors/{survivor.code}/people/"], to=house.everybody_but(*ON_FILE))


def test_e_auditor_gets_a_complete_answer_and_the_question_is_recorded(house: House) -> None:
    _investigation, survivor = in_care(house)
    quickly = replace(house, looking=False)
    ways.move(quickly, survivor.code)
    ways.share(quickly, survivor.code)
    ways.read_address(quickly, survivor.code)
    refused = house.everybody_but(*ON_FILE)
    house.refuses([f"/aftercare/survivors/{survivor.code}/"], to={"investigator": refused["investigator"]})
    walker = ways_court.ask_who_saw(house, survivor.code)
    person, said = str(survivor.alias.person_id), walker.text()
    for user in who_touched(house, person):
        assert user.display_name in said, f"{user.username} saw or changed something of hers and is not in the answer"
    walker.says("Home visit", house.cast.investigator.display_name)
    walker.go(f"/audit/who-saw/?code={survivor.code}&period=all&who={house.cast.care_worker_two.code}")
    walker.look("e-04-closer")
    walker.hides(*SAID.canaries())
    walker.go("/audit/")
    walker.look("e-05-log")
    walker.close()
    assert "audit.asked" in house.acts()
    house.refuses(["/audit/who-saw/", f"/audit/who-saw/?code={survivor.code}", "/audit/"],
                  to=house.everybody_but("auditor", "data_protection"))


def who_touched(house: House, person: str) -> list[object]:
    """Everybody whom the log names with this person in a look or a change, read around the auditor's pages."""
    events = [event for event in last_events(100_000) if event["cat"] in ("look", "change")]
    keys = {event["who"]["ref"] for event in events if person in event.get("obj", {}).get("subjects", [])}
    return [user for user in house.everybody_but().values() if str(user.pk) in keys]
