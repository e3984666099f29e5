"""Opening a sealed value: for a purpose, recorded before it is shown, never on the page itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from ijm.trail.context import acting_as
from prosecutions import policy
from prosecutions.actions import hearings
from prosecutions.models import Accused, Prosecution
from tests.cast import Cast
from tests.prosecutions import scene
from tests.trail import last_events

SignIn = Callable[..., Client]
FOR = {"purpose": "COURT"}


@pytest.fixture
def case(cast: Cast) -> dict[str, str]:
    """Addresses of every sealed value of one case."""
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        accused = scene.accused_of(prosecution)[0]
        charge = scene.charge(cast, accused)
        verdict = scene.verdict(cast, charge)
        held = hearings.hold(scene.hearing(cast, Prosecution.objects.get(), days=-1), by=cast.liaison,
                             outcome_note="Two witnesses were heard.")
    return {"name": reverse("prosecutions:accused-reveal", args=[prosecution.code, accused.code]),
            "note": reverse("prosecutions:charge-reveal", args=[charge.code]),
            "grounds": reverse("prosecutions:verdict-reveal", args=[verdict.code]),
            "hearing": reverse("prosecutions:hearing-reveal", args=[held.code])}


def test_the_name_of_an_accused_is_opened_for_a_purpose_and_the_look_is_recorded(
        cast: Cast, signed_in: SignIn, case: dict[str, str]) -> None:
    opened = signed_in(cast.liaison).post(case["name"], FOR).content.decode()
    assert "Prum Vuthy" in opened and "ព្រំ វុទ្ធី" in opened and "<!doctype html>" in opened
    look = last_events(1)[0]
    assert (look["act"], look["cat"], look["why"]["code"]) == ("field.disclosed", "look", "COURT")
    assert look["fields"] == ["family", "given"] and len(look["obj"]["subjects"]) == 1
    assert "Prum" not in str(look)


def test_who_changed_an_accused_is_asked_by_her_code_alone(cast: Cast, signed_in: SignIn, case: dict[str, str]) -> None:
    with acting_as(cast.liaison, "r"):
        code = Accused.objects.get().code
        assert policy.accused_of(cast.liaison, code).code == code
    for name in ("far_liaison", "care_worker", "administrator", "auditor"):
        user = getattr(cast, name)
        with acting_as(user, "r"), pytest.raises(Http404):
            policy.accused_of(user, code)


def test_with_htmx_only_the_opened_box_comes_back(cast: Cast, signed_in: SignIn, case: dict[str, str]) -> None:
    opened = signed_in(cast.liaison).post(case["name"], FOR, headers={"HX-Request": "true"}).content.decode()
    assert opened.lstrip().startswith('<div class="sealed" data-open') and "Prum Vuthy" in opened


@pytest.mark.parametrize(("what", "field", "words"), [
    ("note", "", "Filed with the closing order."),
    ("grounds", "", "Read in open court."),
    ("hearing", "room_note", "Room 2, side door."),
    ("hearing", "outcome_note", "Two witnesses were heard."),
])
def test_legal_notes_are_opened_one_by_one(cast: Cast, signed_in: SignIn, case: dict[str, str], what: str, field: str,
                                           words: str) -> None:
    assert words in signed_in(cast.liaison).post(case[what], {**FOR, "field": field}).content.decode()
    assert len(last_events(1)[0]["fields"]) == 1


@pytest.mark.parametrize("given", [{}, {"purpose": ""}, {"purpose": "CURIOSITY"}, {"purpose": "MEDICAL"}])
def test_without_a_purpose_of_the_list_nothing_is_opened(cast: Cast, signed_in: SignIn, case: dict[str, str],
                                                         given: dict[str, str]) -> None:
    client = signed_in(cast.liaison)
    for url in case.values():
        answer = client.post(url, given, follow=True).content.decode()
        assert "Choose why you need it" in answer and "Prum" not in answer and "Room 2" not in answer
    assert client.get(case["name"]).status_code == 302
    assert "field.disclosed" not in {event["act"] for event in last_events(8)}
