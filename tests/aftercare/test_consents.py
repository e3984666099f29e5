"""What she agreed to, one purpose at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError
from django.test import Client

from aftercare.actions import consents
from aftercare.actions.consents import Said
from ijm.accounts.models import User
from ijm.people.models import Consent, ConsentAnswer
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from ijm.vault.disclosure import disclose
from tests.aftercare.steps import OUTSIDERS, taken_in
from tests.cast import Cast
from tests.trail import last_events

SignIn = Callable[[User], Client]
POLICE = {"purpose": "police", "answer": "given", "giver": "self", "form": "written", "language": "khm",
          "until_on_0": "", "until_on_1": "", "until_on_2": "", "witness": "Her aunt", "note": "She asked to read it"}


def test_recorded_by_the_form_and_sealed_where_it_names_people(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    client, address = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/consents/"
    assert client.get(f"{address}?purpose=police").status_code == 200
    assert client.post(address, POLICE).status_code == 302
    page = client.get(address).content.decode()
    assert "Sharing with police" in page and "Her aunt" not in page
    with acting_as(cast.care_worker, "r"):
        consent = Consent.objects.select_related("alias").get(purpose="police")
        assert disclose(consent, "witness", "note", to=cast.care_worker) == {
            "witness": "Her aunt", "note": "She asked to read it"}


def test_taken_back_and_given_again(cast: Cast) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_worker):
        for answer in (ConsentAnswer.WITHDRAWN, ConsentAnswer.GIVEN, ConsentAnswer.GIVEN):
            consents.record(survivor, by=cast.care_worker, said=Said("storage", answer, until_on=date(2027, 6, 30)))
        assert Consent.objects.get(purpose="storage").answer == "given"
        assert Consent.objects.filter(purpose="storage").count() == 1


def test_an_answer_that_cannot_follow_is_said_beside_the_question(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    client, address = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/consents/"
    page = client.post(address, POLICE | {"answer": "withdrawn"})
    assert page.status_code == 200 and "cannot follow" in page.content.decode()
    with acting_as(cast.care_worker), pytest.raises(Refused):
        consents.record(survivor, by=cast.care_worker, said=Said("story", ConsentAnswer.WITHDRAWN))
    assert last_events(1)[0]["why"]["code"] == "answer"


def test_a_child_does_not_agree_alone_and_may_refuse_alone(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast, age_band="12-14")
    client, address = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/consents/"
    page = client.post(address, POLICE)
    assert page.status_code == 200 and "Under fifteen" in page.content.decode()
    assert client.post(address, POLICE | {"answer": "refused"}).status_code == 302


def test_nobody_else_reads_or_records_a_consent(committed_cast: Cast) -> None:
    survivor = taken_in(committed_cast)
    for who in OUTSIDERS:
        user = getattr(committed_cast, who)
        with acting_as(user, "r"):
            assert not Consent.objects.exists(), who
        with pytest.raises((Refused, DatabaseError)), acting_as(user):
            consents.record(survivor, by=user, said=Said("police", ConsentAnswer.GIVEN))
    with acting_as(committed_cast.care_worker, "r"):
        assert not Consent.objects.filter(purpose="police").exists()
