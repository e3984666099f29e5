"""Numbers of a suspect: recorded sealed, opened one by one, found again by the search; and who must not."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from ijm.accounts.models import User
from ijm.people.models import Identifier
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from investigations import policy
from investigations.actions import investigations, suspects
from investigations.models import Suspect
from tests.cast import Cast
from tests.investigations import making
from tests.investigations.test_investigations import STRANGERS
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
PHONE = {"kind": "phone", "value": "០១២ ៣៤៥ ៦៧៨"}
TOLD = re.compile("345 678|៣៤៥ ៦៧៨|12345678")  # the number, however it is written


def home(suspect: Suspect) -> str:
    return reverse("investigations:suspect-show", args=[suspect.code])


def recorded(cast: Cast, suspect: Suspect, kind: str = "phone", value: str = "012 345 678") -> Identifier:
    with acting_as(cast.investigator):
        return suspects.record_number(suspect, by=cast.investigator, kind=kind, value=value)


def test_a_number_is_recorded_sealed_and_opened_with_a_purpose(cast: Cast, suspect: Suspect, signed_in: SignIn) -> None:
    client, at = signed_in(cast.investigator), home(suspect)
    assert "Not recorded" in client.get(at).content.decode() and client.get(f"{at}numbers/new/").status_code == 200
    answer = client.post(f"{at}numbers/new/", PHONE)
    assert answer["Location"] == at
    page = client.get(at).content.decode()
    assert "Telephone" in page and not TOLD.search(page)
    [field] = re.findall(r'name="field" value="([^"]+)"', page)
    assert client.post(f"{at}numbers/reveal/", {"field": field})["Location"] == at, "no purpose, no number"
    assert client.post(f"{at}numbers/reveal/", {"field": str(uuid.uuid4()), "purpose": "COURT"}).status_code == 404
    shown = client.post(f"{at}numbers/reveal/", {"field": field, "purpose": "COURT"}).content.decode()
    assert "012 345 678" in shown and "Court" in shown


def test_each_number_opens_alone_and_only_for_its_own_suspect(cast: Cast, suspect: Suspect, signed_in: SignIn) -> None:
    phone, plate = recorded(cast, suspect), recorded(cast, suspect, "plate", "2A-1234")
    other = making.suspect(cast, suspect.investigation)
    client = signed_in(cast.investigation_supervisor)
    assert client.get(home(suspect)).content.decode().count('name="field"') == 2
    asked = {"field": str(plate.pk), "purpose": "SUPERVISION"}
    shown = client.post(f"{home(suspect)}numbers/reveal/", asked).content.decode()
    assert "2A-1234" in shown and not TOLD.search(shown) and str(phone.pk) not in shown
    assert client.post(f"{home(other)}numbers/reveal/", asked).status_code == 404


@pytest.mark.parametrize(("kind", "value", "why"), [
    ("phone", "12345", "Write the telephone number in digits"), ("phone", "Bong Nang", "Write the telephone number in digits"),
    ("national_id", "N0123456", "has digits only, five or more"), ("passport", "Samnang", "five or more letters and digits"),
    ("plate", "2A", "five or more letters and digits"), ("", "012 345 678", "Choose one of the answers"),
    ("phone", "", "Write an answer."),
])
def test_what_no_number_can_be_is_said_and_what_was_typed_stays(
        cast: Cast, suspect: Suspect, signed_in: SignIn, kind: str, value: str, why: str) -> None:
    page = signed_in(cast.investigator).post(f"{home(suspect)}numbers/new/", {"kind": kind, "value": value}).content.decode()
    assert "One answer needs mending" in page and why in page
    assert (not value or f'value="{value}"' in page) and (not kind or re.search(rf'value="{kind}"[^>]* checked', page))
    with acting_as(cast.investigator, "r"):
        assert not Identifier.objects.exists()
    assert "number.added" not in acts()


@pytest.mark.parametrize("text", ["០១២ ៣៤៥ ៦៧៨", "+855 12 345 678"])
def test_the_search_finds_the_suspect_by_the_number(cast: Cast, suspect: Suspect, signed_in: SignIn, text: str) -> None:
    client = signed_in(cast.investigator)
    assert suspect.code not in client.post(reverse("desk:search"), {"q": text}).content.decode()
    client.post(f"{home(suspect)}numbers/new/", PHONE | {"value": "012-345-678"})
    assert suspect.code in client.post(reverse("desk:search"), {"q": text}).content.decode()
    assert suspect.code not in signed_in(cast.care_worker).post(reverse("desk:search"), {"q": text}).content.decode()


def test_a_closed_file_takes_no_number(cast: Cast, suspect: Suspect, signed_in: SignIn) -> None:
    client, at = signed_in(cast.investigator), f"{home(suspect)}numbers/new/"
    with acting_as(cast.investigator):
        investigations.close(suspect.investigation, by=cast.investigator)
    for answer in (client.get(at), client.post(at, PHONE)):
        assert answer["Location"] == home(suspect)
    page = client.get(home(suspect)).content.decode()
    assert "This investigation is closed." in page and at not in page
    with acting_as(cast.investigator), pytest.raises(Refused):
        suspects.record_number(policy.get_suspect(cast.investigator, suspect.code), by=cast.investigator, **PHONE)


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_finds_no_page_and_no_number(cast: Cast, suspect: Suspect, signed_in: SignIn, name: str) -> None:
    number, user = recorded(cast, suspect), getattr(cast, name)
    client = signed_in(user)
    missing = client.get("/nothing/")
    for at in (f"{home(suspect)}numbers/new/", f"{home(suspect)}numbers/reveal/"):
        for answer in (client.get(at), client.post(at, PHONE | {"field": str(number.pk), "purpose": "COURT"})):
            assert (answer.status_code, answer.content) == (404, missing.content), at
    with acting_as(user):
        assert not Identifier.objects.exists()
        with pytest.raises(Refused):
            suspects.record_number(suspect, by=user, **PHONE)


def test_the_auditor_reads_who_and_which_field_and_no_number(committed_cast: Cast, signed_in: SignIn) -> None:
    cast = committed_cast
    suspect = making.suspect(cast, making.investigation(cast, making.assessed(cast, making.tip(cast))))
    client, at = signed_in(cast.investigator), home(suspect)
    client.post(f"{at}numbers/new/", PHONE)
    with acting_as(cast.investigator, "r"):
        number = Identifier.objects.get()
    client.post(f"{at}numbers/reveal/", {"field": str(number.pk), "purpose": "COURT"})
    look = last_events(1)[0]
    assert (look["act"], look["fields"], look["why"]["code"]) == ("field.disclosed", ["value"], "COURT")
    assert not TOLD.search(str(last_events(30)))
    given = {"code": suspect.code, "period": "28", "who": cast.investigator.code}
    page = signed_in(cast.auditor).get("/audit/who-saw/", given).content.decode()
    assert "Recorded a number of somebody" in page and "Identity: value" in page and not TOLD.search(page)
