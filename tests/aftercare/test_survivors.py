"""A survivor's page, her sealed values, who stands on her file, and her next step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import Http404
from django.test import Client

from aftercare import policy
from aftercare.actions import survivors
from aftercare.models import Referral, Survivor
from aftercare.models.describing import described
from aftercare.states import SurvivorState
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseAccess
from ijm.people.models import Identifier, Name
from ijm.trail.context import acting_as
from ijm.trail.errors import NoDoor, Refused
from ijm.vault.disclosure import disclose
from tests.aftercare.steps import ADDRESS, LONG_AGO, OUTSIDERS, housed, rescued, taken_in
from tests.cast import Cast
from tests.trail import last_events

SignIn = Callable[[User], Client]
PAGES = ("", "people/", "move/", "consents/", "step/", "arrange/", "reveal/")


def disclosures() -> list[dict[str, object]]:
    return [event for event in last_events(20) if event["act"] == "field.disclosed"]


@pytest.mark.parametrize(("sex", "age_band", "words"), [
    ("female", "12-14", "Girl, 12 to 14"), ("male", "15-17", "Boy, 15 to 17"), ("other", "0-11", "Child, under 12"),
    ("female", "unknown", "Woman or girl, age not known"), ("unknown", "unknown", "Person, age not known"),
    ("male", "unknown", "Man or boy, age not known"), ("male", "25-34", "Man, 25 to 34"),
    ("unknown", "50+", "Adult, 50 or older"),
])
def test_a_page_speaks_of_her_without_her_name(sex: str, age_band: str, words: str) -> None:
    assert described(sex, age_band) == words


def test_records_say_who_they_are_by_code(cast: Cast) -> None:
    survivor, residence = housed(cast)
    assert (str(survivor), str(survivor.referral), str(residence)) == (
        survivor.code, survivor.referral.code, residence.code)
    assert not survivor.is_child and survivor.referral is not None and not survivor.referral.is_child


def test_her_page_shows_nothing_sealed(cast: Cast, signed_in: SignIn) -> None:
    survivor, _home = housed(cast)
    page = signed_in(cast.care_worker).get(f"/aftercare/survivors/{survivor.code}/").content.decode()
    assert "Woman, 18 to 24" in page and "With relatives or friends" in page and "Agrees" in page
    for secret in ("Chanthy", "Svay Chrum", "012 555 018", "aunt", "doctor"):
        assert secret not in page
    assert last_events(1)[0]["act"] == "record.seen"


@pytest.mark.parametrize(("field", "value"), [
    ("name", "Sin Chanthy"), ("address", ADDRESS), ("phone", "012 555 018"), ("needs", "Rest and a doctor"),
    ("born", "Nothing is written here."), ("account", "Nothing is written here."),
])
def test_each_sealed_value_is_opened_alone_for_a_purpose(cast: Cast, signed_in: SignIn, field: str, value: str) -> None:
    survivor, _home = housed(cast)
    client = signed_in(cast.care_worker)
    answer = client.post(f"/aftercare/survivors/{survivor.code}/reveal/", {"field": field, "purpose": "HOME_VISIT"})
    assert answer.status_code == 200 and value in answer.content.decode() and "data-open" in answer.content.decode()
    if field in ("name", "address", "phone", "needs"):
        look = disclosures()[-1]
        assert look["why"] == {"code": "HOME_VISIT", "ref": "assignment"}
        assert look["obj"]["subjects"] == [str(survivor.alias.person_id)]  # type: ignore[index]


def test_a_script_gets_the_opened_box_alone(cast: Cast, signed_in: SignIn) -> None:
    survivor, _home = housed(cast)
    answer = signed_in(cast.care_worker).post(
        f"/aftercare/survivors/{survivor.code}/reveal/", {"field": "address", "purpose": "SAFETY"},
        headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert ADDRESS in text and "<html" not in text and f'href="/aftercare/survivors/{survivor.code}/"' in text


@pytest.mark.parametrize("purpose", ["", "CURIOSITY", "IMPORT"])
def test_without_a_purpose_of_the_list_nothing_opens(cast: Cast, signed_in: SignIn, purpose: str) -> None:
    survivor, _home = housed(cast)
    answer = signed_in(cast.care_worker).post(
        f"/aftercare/survivors/{survivor.code}/reveal/", {"field": "address", "purpose": purpose})
    assert ADDRESS not in answer.content.decode() and "Choose why you need it" in answer.content.decode()
    assert not disclosures()


def test_an_unknown_field_is_not_there(cast: Cast, signed_in: SignIn) -> None:
    survivor, _home = housed(cast)
    answer = signed_in(cast.care_worker).post(
        f"/aftercare/survivors/{survivor.code}/reveal/", {"field": "password", "purpose": "SAFETY"})
    assert answer.status_code == 404


@pytest.mark.parametrize("who", OUTSIDERS)
def test_the_database_shows_her_to_nobody_else(cast: Cast, who: str) -> None:
    survivor, _home = housed(cast)
    with acting_as(getattr(cast, who), "r"):
        assert not Survivor.objects.exists() and not Referral.objects.exists()
        assert not Name.objects.exists() and not Identifier.objects.exists()
        with pytest.raises(Http404):
            policy.get_survivor(getattr(cast, who), survivor.code)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_everybody_else_meets_the_page_of_what_is_not_there(cast: Cast, signed_in: SignIn, who: str) -> None:
    survivor, _home = housed(cast)
    client = signed_in(getattr(cast, who))
    missing = client.get("/aftercare/survivors/SV-0000-0000/").content
    for verb in PAGES:
        address = f"/aftercare/survivors/{survivor.code}/{verb}"
        answer = client.get(address) if verb != "reveal/" else client.post(address, {"field": "name", "purpose": "SAFETY"})
        assert (answer.status_code, answer.content) == (404, missing), verb
        assert last_events(1)[0]["cat"] == "refusal"


def test_an_expired_place_opens_nothing(cast: Cast, signed_in: SignIn) -> None:
    survivor, _home = housed(cast)
    with acting_as(cast.care_supervisor):
        grants.leave(survivor.file, cast.care_worker, by=cast.care_supervisor)
    assert signed_in(cast.care_worker).get(f"/aftercare/survivors/{survivor.code}/").status_code == 404
    with acting_as(cast.care_worker, "r"):
        assert not Survivor.objects.exists() and not Name.objects.exists()


def test_the_list_by_where_they_are_on_their_way(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    assert "Nobody here" in client.get("/aftercare/survivors/").content.decode()
    survivor = taken_in(cast)
    assert survivor.code in client.get("/aftercare/survivors/").content.decode()
    assert survivor.code in client.get("/aftercare/survivors/?show=all").content.decode()
    assert survivor.code not in client.get("/aftercare/survivors/?show=closed").content.decode()


def test_a_supervisor_puts_a_colleague_on_the_file_who_then_reads_the_address(cast: Cast, signed_in: SignIn) -> None:
    survivor, _home = housed(cast)
    boss, address = signed_in(cast.care_supervisor), f"/aftercare/survivors/{survivor.code}/people/"
    page = boss.get(address).content.decode()
    assert cast.care_worker_two.code in page and cast.far_care_worker.code not in page
    assert cast.investigator.code not in page and f'value="{cast.care_worker.code}"' not in page
    assert boss.post(address, {"colleague": cast.care_worker_two.code}).status_code == 302
    assert "Everybody of this office" in boss.get(address).content.decode()
    answer = signed_in(cast.care_worker_two).post(
        f"/aftercare/survivors/{survivor.code}/reveal/", {"field": "address", "purpose": "CONTACT"})
    assert ADDRESS in answer.content.decode()
    assert disclosures()[-1]["who"]["ref"] == str(cast.care_worker_two.pk)  # type: ignore[index]


def test_a_worker_puts_nobody_on_a_file(cast: Cast, signed_in: SignIn) -> None:
    survivor, _home = housed(cast)
    client = signed_in(cast.care_worker)
    assert "This is done by" in client.get(f"/aftercare/survivors/{survivor.code}/people/").content.decode()
    answer = client.post(f"/aftercare/survivors/{survivor.code}/people/", {"colleague": cast.care_worker_two.code})
    assert answer.status_code == 404
    assert not CaseAccess.objects.filter(user=cast.care_worker_two).exists()


@pytest.mark.parametrize(("name", "reason"), [
    ("care_worker", "already"), ("investigator", "colleague"), ("far_care_worker", "colleague"), ("auditor", "colleague"),
])
def test_who_cannot_be_put_on_a_care_file(cast: Cast, name: str, reason: str) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_supervisor), pytest.raises(Refused):
        survivors.add_colleague(survivor, by=cast.care_supervisor, colleague=getattr(cast, name))
    assert last_events(1)[0]["why"]["code"] == reason


def test_a_supervisor_entrusts_her_to_another_worker(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    client, address = signed_in(cast.care_supervisor), f"/aftercare/survivors/{survivor.code}/people/"
    assert client.post(address, {"colleague": cast.care_worker_two.code, "as_worker": "on"}).status_code == 302
    with acting_as(cast.care_worker_two, "r"):
        assert policy.get_survivor(cast.care_worker_two, survivor.code).worker == cast.care_worker_two
    with acting_as(cast.care_supervisor):
        again = policy.get_survivor(cast.care_supervisor, survivor.code)
        survivors.entrust(again, by=cast.care_supervisor, worker=cast.care_worker)
        assert again.worker == cast.care_worker


def test_entrusting_puts_the_new_worker_on_the_file(cast: Cast) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_supervisor):
        survivors.entrust(survivor, by=cast.care_supervisor, worker=cast.care_worker_two)
    with acting_as(cast.care_worker_two, "r"):
        assert Survivor.objects.exists()


@pytest.mark.parametrize(("name", "reason"), [("care_worker", "already"), ("liaison", "worker")])
def test_to_whom_she_is_not_entrusted(cast: Cast, name: str, reason: str) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_supervisor), pytest.raises(Refused):
        survivors.entrust(survivor, by=cast.care_supervisor, worker=getattr(cast, name))
    assert last_events(1)[0]["why"]["code"] == reason


def test_her_way_from_care_to_follow_up_back_and_to_the_end(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    client, address = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/step/"
    assert client.get(address).status_code == 200
    for state in ("followed_up", "in_care", "followed_up", "closed"):
        assert client.post(address, {"to": state}).status_code == 302
        with acting_as(cast.care_worker, "r"):
            assert Survivor.objects.get().state == state
    page = client.get(f"/aftercare/survivors/{survivor.code}/").content.decode()
    assert "Record where they live" not in page
    assert client.post(address, {"to": "in_care"}).status_code == 404, "closed is closed"


def test_a_step_that_is_not_the_next_is_refused(cast: Cast) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_worker), pytest.raises(Refused):
        survivors.advance(survivor, by=cast.care_worker, to=SurvivorState.CLOSED)


def test_nobody_is_in_care_without_a_referral_that_was_taken_in(cast: Cast) -> None:
    referral = rescued(cast)[0]
    waits = Survivor(file=referral.file, alias=referral.alias, referral=referral)
    with acting_as(cast.care_supervisor), pytest.raises(Refused):
        survivors.begin(waits, by=cast.care_supervisor, worker=cast.care_worker, began_on=LONG_AGO)
    assert last_events(1)[0]["why"]["code"] == "referral"
    alone = Survivor(file=referral.file, alias=referral.alias)
    with acting_as(cast.care_worker), pytest.raises(Refused):
        survivors.begin(alone, by=cast.care_worker, worker=cast.care_worker, began_on=LONG_AGO)
    assert last_events(1)[0]["why"]["code"] == "role"


@pytest.mark.parametrize("who", ["investigator", "liaison", "auditor", "partner", "hotline", "administrator"])
def test_no_other_role_acts_even_with_the_record_in_hand(cast: Cast, who: str) -> None:
    survivor, user = taken_in(cast), getattr(cast, who)
    with acting_as(user), pytest.raises(Refused):
        survivors.advance(survivor, by=user, to=SurvivorState.FOLLOWED_UP)
    with acting_as(user), pytest.raises(Refused):
        survivors.add_colleague(survivor, by=user, colleague=cast.care_worker_two)


def test_nothing_is_opened_outside_a_door(cast: Cast) -> None:
    survivor = taken_in(cast)
    with pytest.raises(NoDoor):
        disclose(survivor, "account", to=cast.care_worker)
