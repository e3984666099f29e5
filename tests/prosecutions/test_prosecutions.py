"""A prosecution file in the browser: what it shows, what it keeps closed, closing it, protecting its witnesses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ijm.casefiles import grants
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from prosecutions import policy
from prosecutions.actions import hearings, prosecutions
from prosecutions.models import Prosecution, VictimWitness
from prosecutions.states import Measure, Outcome, Stage
from tests.cast import Cast
from tests.prosecutions import scene
from tests.trail import acts, last_events

SignIn = Callable[..., Client]
LIST = "prosecutions:prosecution-list"
SHOW = "prosecutions:prosecution-show"


def judged(cast: Cast) -> Prosecution:
    """A case in which the last charge has its verdict."""
    prosecution = scene.referred(cast, days_ago=9)
    with acting_as(cast.liaison):
        scene.verdict(cast, scene.charge(cast, scene.accused_of(prosecution)[0]), Outcome.OTHER)
        return Prosecution.objects.select_related("file").get(pk=prosecution.pk)


def step(prosecution: Prosecution, what: str) -> str:
    """The one primary button of the file's page, leading to this step."""
    return f'class="govuk-button" href="/prosecutions/files/{prosecution.code}/{what}/"'


def test_the_list_teaches_while_it_is_empty_and_names_the_stage_of_each_file(cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in(cast.liaison), reverse(LIST)
    assert "No prosecution files yet" in client.get(url).content.decode()
    assert "No closed files" in client.get(url, {"show": "closed"}).content.decode()
    waiting, done = scene.referred(cast, accused=2, witnesses=3), judged(cast)
    shown = client.get(url).content.decode()
    for words in (waiting.code, "Waits for a charge", done.code, "Judged", "No hearing set", "Forced labour"):
        assert words in shown
    seen = last_events(1)[0]
    assert seen["act"] == "list.seen" and set(seen["obj"]["codes"]) == {waiting.code, done.code}


def test_a_list_of_many_has_pages(cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ijm.web.lists.shown.ROWS", 1)
    for _ in range(2):
        scene.referred(cast, witnesses=0)
    client = signed_in(cast.liaison)
    assert "Page 1 of 2" in client.get(reverse(LIST)).content.decode()
    assert "Page 2 of 2" in client.get(reverse(LIST), {"page": "77"}).content.decode()
    with acting_as(cast.liaison):
        for prosecution in Prosecution.objects.all():
            scene.hearing(cast, prosecution)
    assert "Page 1 of 2" in client.get(reverse("prosecutions:hearing-list")).content.decode()


def test_a_file_shows_its_stage_and_keeps_names_closed(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast, accused=2, witnesses=2)
    with acting_as(cast.liaison, "r"):
        codes = [row.code for row in (*scene.accused_of(prosecution), *scene.witnesses_of(prosecution))]
    shown = signed_in(cast.liaison).get(reverse(SHOW, args=[prosecution.code])).content.decode()
    for words in (*codes, "Forced labour: case against 2 accused", "File a charge", 'aria-current="step"', "Reveal",
                  "Investigation: 1", "Ask the Phnom Penh office", "No day in court is set", "No charge is filed yet"):
        assert words in shown
    for name in ("Prum", "Vuthy", "ព្រំ", "Chhim", "Kanha"):
        assert name not in shown
    assert last_events(1)[0]["act"] == "record.seen"


def test_a_file_without_people_says_so(cast: Cast, signed_in: SignIn) -> None:
    nobody = scene.referred(cast, accused=0, witnesses=0)
    shown = signed_in(cast.liaison).get(reverse(SHOW, args=[nobody.code])).content.decode()
    assert "names no accused yet" in shown and "Nobody was named as a witness" in shown
    nameless = scene.referred(cast, named=False)
    shown = signed_in(cast.liaison).get(reverse(SHOW, args=[nameless.code])).content.decode()
    assert "No name is known yet" in shown and "Reveal" not in shown


def test_each_stage_offers_its_next_step(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast)
    client, url = signed_in(cast.liaison), reverse(SHOW, args=[prosecution.code])
    with acting_as(cast.liaison):
        charge = scene.charge(cast, scene.accused_of(prosecution)[0])
    assert step(prosecution, "hearings/new") in client.get(url).content.decode()
    with acting_as(cast.liaison):
        made = scene.hearing(cast, Prosecution.objects.get())
    shown = client.get(url).content.decode()
    assert step(prosecution, "verdicts/new") in shown
    assert made.court.name in shown
    with acting_as(cast.liaison):
        scene.verdict(cast, charge, Outcome.CONVICTED)
    assert step(prosecution, "close") not in client.get(url).content.decode(), "a hearing is still set"
    with acting_as(cast.liaison):
        hearings.adjourn(made, by=cast.liaison)
    assert step(prosecution, "close") in client.get(url).content.decode()


def test_a_hearing_shows_charges_and_protection_by_code(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast, witnesses=1)
    client = signed_in(cast.liaison)
    with acting_as(cast.liaison):
        made = scene.hearing(cast, prosecution)
    url = reverse("prosecutions:hearing-show", args=[made.code])
    assert "No charge is filed yet." in client.get(url).content.decode()
    with acting_as(cast.liaison):
        charge = scene.charge(cast, scene.accused_of(prosecution)[0])
        prosecutions.protect(scene.witnesses_of(prosecution)[0], by=cast.liaison, measures=[Measure.VIDEO])
    shown = client.get(url).content.decode()
    for words in (charge.code, "Video link", "Kandal Provincial Court", "Record what happened"):
        assert words in shown
    with acting_as(cast.liaison):
        hearings.adjourn(made, by=cast.liaison)
    shown = client.get(url).content.decode()
    assert "Record what happened" not in shown and "What was decided" in shown and "Nothing was written." in shown


def test_a_judged_file_is_closed_and_stays_readable(cast: Cast, signed_in: SignIn) -> None:
    prosecution = judged(cast)
    client, url = signed_in(cast.liaison), reverse("prosecutions:prosecution-close", args=[prosecution.code])
    assert "Close the file" in client.get(url).content.decode()
    shown = client.post(url, follow=True).content.decode()
    assert "The file is closed." in shown and "File a charge" not in shown and "Schedule a hearing" not in shown
    assert prosecution.code in client.get(reverse(LIST), {"show": "closed"}).content.decode()
    for page in ("charge-file", "hearing-schedule", "verdict-record", "prosecution-close"):
        url = reverse(f"prosecutions:{page}", args=[prosecution.code])
        assert "This file is closed." in client.get(url).content.decode()
    assert "prosecution.closed" in acts()
    with acting_as(cast.liaison):
        closed = Prosecution.objects.get()
        with pytest.raises(Refused, match="closed"):
            prosecutions.protect(VictimWitness.objects.first() or pytest.fail(), by=cast.liaison, measures=[])
        assert closed.state == Stage.CLOSED


def test_a_case_that_is_not_judged_is_not_closed(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison), pytest.raises(Refused, match="every charge has its verdict"):
        prosecutions.close(prosecution, by=cast.liaison, on=timezone.localdate())


def test_a_file_is_not_closed_while_a_hearing_is_set(cast: Cast) -> None:
    prosecution = judged(cast)
    with acting_as(cast.liaison):
        ahead = scene.hearing(cast, prosecution)
        with pytest.raises(Refused, match="hearing is still set"):
            prosecutions.close(prosecution, by=cast.liaison, on=timezone.localdate())
        hearings.adjourn(ahead, by=cast.liaison)
        prosecutions.close(prosecution, by=cast.liaison, on=timezone.localdate())
    assert prosecution.state == Stage.CLOSED


def test_protection_is_recorded_and_taken_back_by_code(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast, witnesses=1)
    with acting_as(cast.liaison, "r"):
        code = scene.witnesses_of(prosecution)[0].code
    client, url = signed_in(cast.liaison), reverse("prosecutions:witness-protect", args=[code])
    shown = client.post(url, {"rev": "1", "measures": ["screen", "pseudonym"]}, follow=True).content.decode()
    assert "Screen in the room, Name not read out" in shown
    assert client.get(url).content.decode().count(" checked") == 2
    assert "Tick only answers from the list" in client.post(url, {"rev": "2", "measures": ["guard dog"]}).content.decode()
    assert client.post(url, {"rev": "1", "measures": ["video"]}).status_code == 409, "other answers were ticked in between"
    client.post(url, {"rev": "2"})
    with acting_as(cast.liaison, "r"):
        assert VictimWitness.objects.get().measures == []


def test_codes_are_found_however_they_are_typed(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison, "r"):
        assert policy.get_prosecution(cast.liaison, prosecution.code.lower().replace("-", " ")) == prosecution
        assert grants.linked(prosecution.file)[0].kind == Kind.INVESTIGATION
