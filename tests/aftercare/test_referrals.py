"""Referrals: handed in by people who can read none of it, answered by aftercare alone."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import date

import pytest
from django.db import DatabaseError
from django.http import Http404
from django.test import Client

from aftercare import policy
from aftercare.actions import referrals
from aftercare.actions.consents import Said
from aftercare.inbox import receiving_office
from aftercare.models import Referral, Survivor
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.notices.models import Notice
from ijm.people.models import Alias, Consent, ConsentAnswer, ConsentGiver, ConsentPurpose, Name
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused, Stale
from ijm.vault.disclosure import disclose
from tests.aftercare.steps import BY_CAREGIVER, GIVEN, OUTSIDERS, rescued, taken_in
from tests.cast import Cast
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
TODAY = date(2026, 3, 2)


def test_each_rescued_person_waits_on_a_file_of_her_own(cast: Cast) -> None:
    waiting = rescued(cast, number=5)
    assert len({referral.file_id for referral in waiting}) == 5
    with acting_as(cast.care_supervisor, "r"):
        told = Notice.objects.filter(user=cast.care_supervisor, kind="referral.waiting")
        assert {notice.path for notice in told} == {f"/aftercare/referrals/{one.code}/" for one in waiting}
        needs = disclose(waiting[0], "needs", to=cast.care_supervisor)
    assert needs == {"needs": "Rest and a doctor"}


def test_the_sender_reads_nothing_of_what_she_handed_in(cast: Cast) -> None:
    rescued(cast)
    with acting_as(cast.investigator, "r"):
        assert not Referral.objects.exists() and not Name.objects.exists()
        assert not CaseFile.objects.filter(kind="care").exists() and not Alias.objects.filter(wing="aftercare").exists()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_the_database_shows_referrals_to_nobody_else(cast: Cast, who: str) -> None:
    waiting = rescued(cast)[0]
    with acting_as(getattr(cast, who), "r"):
        assert not Referral.objects.exists()
        with pytest.raises(Http404):
            policy.get_referral(getattr(cast, who), waiting.code)


def test_where_only_the_supporting_office_has_a_supervisor_it_receives(cast: Cast) -> None:
    assert receiving_office(cast.office) == cast.office
    cast.office.supported_by = cast.far_office
    assert receiving_office(cast.office) == cast.office, "it has a supervisor of its own"
    lone = type(cast.office)(name_en="Kampot office", supported_by=cast.far_office)
    assert receiving_office(lone) == cast.far_office
    assert receiving_office(type(lone)(name_en="Kep", supported_by=lone)).name_en == "Kep", "nobody anywhere yet"


def test_taken_in_with_consent_recorded_and_her_worker_on_the_file(cast: Cast) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_worker, "r"):
        mine = policy.get_survivor(cast.care_worker, survivor.code)
        assert (mine.worker, mine.referral.state, mine.code) == (cast.care_worker, "taken_in", survivor.alias.code)
        assert set(Consent.objects.values_list("purpose", "answer")) == {("services", "given"), ("storage", "given")}
    assert {"referral.taken_in", "survivor.begun", "consent.recorded", "access.granted"} <= set(acts())


def test_a_worker_who_stands_on_the_file_takes_her_in_herself(cast: Cast) -> None:
    referral = rescued(cast)[0]
    with acting_as(cast.care_supervisor):
        survivor = referrals.take_in(referral, by=cast.care_supervisor, worker=cast.care_supervisor, consents=GIVEN,
                                     began_on=TODAY)
    assert survivor.worker == cast.care_supervisor


@pytest.mark.parametrize(("consents", "worker", "reason"), [
    ((), "care_worker", "consent"),
    ((Said(ConsentPurpose.SERVICES, ConsentAnswer.GIVEN),), "care_worker", "consent"),
    ((GIVEN[0], Said(GIVEN[1].purpose, ConsentAnswer.REFUSED)), "care_worker", "consent"),
    (GIVEN, "investigator", "worker"),
    (GIVEN, "far_care_worker", "worker"),
    (GIVEN, "auditor", "worker"),
])
def test_nobody_is_taken_in_without_consent_or_by_a_stranger(
        cast: Cast, consents: tuple[Said, ...], worker: str, reason: str) -> None:
    referral = rescued(cast)[0]
    with acting_as(cast.care_supervisor), pytest.raises(Refused):
        referrals.take_in(referral, by=cast.care_supervisor, worker=getattr(cast, worker), consents=consents,
                          began_on=TODAY)
    assert (last_events(1)[0]["cat"], last_events(1)[0]["why"]["code"]) == ("refusal", reason)
    with acting_as(cast.care_supervisor, "r"):
        assert not Survivor.objects.exists() and Referral.objects.get().state == "waiting"


def test_a_child_under_fifteen_does_not_consent_alone(cast: Cast) -> None:
    referral = rescued(cast, age_band="12-14")[0]
    with acting_as(cast.care_supervisor), pytest.raises(Refused):
        referrals.take_in(referral, by=cast.care_supervisor, worker=cast.care_worker, consents=GIVEN, began_on=TODAY)
    with acting_as(cast.care_supervisor):
        again = policy.get_referral(cast.care_supervisor, referral.code)
        referrals.take_in(again, by=cast.care_supervisor, worker=cast.care_worker, consents=BY_CAREGIVER, began_on=TODAY)
        assert set(Consent.objects.values_list("giver", flat=True)) == {ConsentGiver.CAREGIVER}


def test_an_answered_referral_is_not_answered_again(cast: Cast) -> None:
    taken_in(cast)
    with acting_as(cast.care_supervisor), pytest.raises(Refused):
        referrals.decline(Referral.objects.select_related("alias").get(), by=cast.care_supervisor, answer="Too late")


def test_not_taken_in_and_why_stays_sealed(cast: Cast) -> None:
    referral = rescued(cast)[0]
    with acting_as(cast.care_supervisor):
        referrals.decline(referral, by=cast.care_supervisor, answer="Her family waits for her in Svay Rieng")
        kept = policy.get_referral(cast.care_supervisor, referral.code)
        assert (kept.state, kept.answered_by) == ("declined", cast.care_supervisor)
        assert disclose(kept, "answer", "needs", to=cast.care_supervisor) == {
            "answer": "Her family waits for her in Svay Rieng", "needs": "Rest and a doctor"}


@pytest.mark.parametrize("who", ["investigator", "liaison", "auditor", "partner"])
def test_no_other_role_answers_even_with_the_record_in_hand(cast: Cast, who: str) -> None:
    referral, user = rescued(cast)[0], getattr(cast, who)
    with acting_as(user), pytest.raises(Refused):
        referrals.decline(referral, by=user, answer="No")
    with acting_as(user), pytest.raises(Refused):
        referrals.take_in(referral, by=user, worker=cast.care_worker, consents=GIVEN, began_on=TODAY)


def test_the_right_role_without_a_place_on_the_file_changes_nothing(committed_cast: Cast) -> None:
    cast = committed_cast
    referral = rescued(cast)[0]
    for stranger in (cast.care_worker_two, cast.far_care_worker, cast.far_care_supervisor):
        with pytest.raises((DatabaseError, Stale)), acting_as(stranger):
            referrals.decline(copy(referral), by=stranger, answer="No")
    with acting_as(cast.care_supervisor, "r"):
        assert Referral.objects.get().state == "waiting"


def test_the_pages_of_a_referral(cast: Cast, signed_in: SignIn) -> None:
    referral = rescued(cast)[0]
    client, address = signed_in(cast.care_supervisor), f"/aftercare/referrals/{referral.code}/"
    assert referral.code in client.get("/aftercare/referrals/").content.decode()
    page = client.get(address).content.decode()
    assert "Woman, 18 to 24" in page and "Khmer, Vietnamese" in page and "Chanthy" not in page and "doctor" not in page
    assert "1 investigation file" in page
    shown = client.post(f"{address}reveal/", {"field": "needs", "purpose": "REFERRAL"}).content.decode()
    assert "Rest and a doctor" in shown and "Chanthy" not in shown
    assert [event["why"]["code"] for event in last_events(9) if event["act"] == "field.disclosed"] == ["REFERRAL"]


def test_taking_in_by_the_form_keeps_what_was_typed(cast: Cast, signed_in: SignIn) -> None:
    referral = rescued(cast)[0]
    client, address = signed_in(cast.care_supervisor), f"/aftercare/referrals/{referral.code}/take-in/"
    assert client.get(address).status_code == 200
    said = {"worker": cast.care_worker.code, "began_on_0": "2", "began_on_1": "3", "began_on_2": "2026",
            "answer_services": "given", "answer_storage": "refused", "giver": "self", "form": "spoken",
            "language": "khm", "witness": "The nurse", "note": ""}
    said |= {f"answer_{purpose}": "not_asked" for purpose in ConsentPurpose.values if purpose not in ("services", "storage")}
    page = client.post(address, said)
    assert page.status_code == 200 and "against their will" in page.content.decode()
    assert 'value="The nurse"' in page.content.decode()
    done = client.post(address, said | {"answer_storage": "given", "answer_story": "refused"})
    assert done.status_code == 302 and done["Location"].startswith("/aftercare/survivors/SV-")
    with acting_as(cast.care_worker, "r"):
        assert Consent.objects.get(purpose="story").answer == "refused"
        assert Survivor.objects.get().began_on == TODAY
    assert client.get(address).status_code == 200, "an answered referral says so instead of offering the form"
    assert "Answered" in client.get("/aftercare/referrals/?show=answered").content.decode()


def test_a_child_is_asked_who_speaks_for_her(cast: Cast, signed_in: SignIn) -> None:
    referral = rescued(cast, age_band="0-11")[0]
    page = signed_in(cast.care_supervisor).post(f"/aftercare/referrals/{referral.code}/take-in/", {"giver": "self"})
    assert "Under fifteen" in page.content.decode()


def test_declining_by_the_form(cast: Cast, signed_in: SignIn) -> None:
    referral = rescued(cast)[0]
    client, address = signed_in(cast.care_supervisor), f"/aftercare/referrals/{referral.code}/decline/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"answer": ""}).status_code == 200
    assert client.post(address, {"answer": "She went home"}).status_code == 302
    assert "Not taken in" in client.get(f"/aftercare/referrals/{referral.code}/").content.decode()


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("verb", ["", "take-in/", "decline/", "reveal/"])
def test_everybody_else_meets_the_page_of_what_is_not_there(cast: Cast, signed_in: SignIn, who: str, verb: str) -> None:
    referral = rescued(cast)[0]
    client = signed_in(getattr(cast, who))
    address = f"/aftercare/referrals/{referral.code}/{verb}"
    answer = client.post(address, {"field": "name", "purpose": "SAFETY"}) if verb == "reveal/" else client.get(address)
    missing = client.get("/aftercare/referrals/RF-0000-0000/")
    assert (answer.status_code, answer.content) == (404, missing.content)
    assert last_events(2)[0]["cat"] == "refusal"
