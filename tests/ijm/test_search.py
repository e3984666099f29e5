"""The search box: who finds whom by name and number, who must not, who is told, and how often one may ask."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from ijm.accounts.models import User
from ijm.desk import named as cards
from ijm.notices.models import Notice
from ijm.people.finding import Found
from ijm.people.models import Alias, Asked, Person, Wing
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests.cast import Cast
from tests.conftest import sign_in
from tests.ijm.test_search_index import numbered
from tests.records import file_of, named, person_on
from tests.trail import last_events

NOTHING = "Nothing that you may open"
RESTRICTED = "Restricted match: contact "


@pytest.fixture
def suspect(cast: Cast) -> Alias:
    """Somebody on an investigation of the investigator alone: a name in both scripts, a telephone, a passport, a plate."""
    return made(cast.investigator, Kind.INVESTIGATION, "Sok", "Sophea")


@pytest.fixture
def survivor(cast: Cast) -> Alias:
    """Somebody in the care worker's care."""
    return made(cast.care_worker, Kind.CARE, "Chea", "Bopha")


def made(by: User, kind: Kind, family: str, given: str, *, opens: bool = True) -> Alias:
    alias = person_on(file_of(by, kind), by, opens=opens)
    named(alias, by, family, given)
    numbered(alias, by, "phone", "012 345 678")
    numbered(alias, by, "plate", "2A-1234")
    return alias


def shown(user: User, text: str) -> str:
    return sign_in(user).post(reverse("desk:search"), {"q": text}).content.decode()


def new(user: User) -> list[Notice]:
    with acting_as(user, "r"):
        return list(Notice.objects.filter(user=user, kind="search.matched"))


@pytest.mark.parametrize("text", ["Sok Sophea", "sophear sok", "Soksophea", "សុខ សុភា", "Sophea", "012345678", "០១២ ៣៤៥ ៦៧៨",
                                  "+855 12 345 678", "2a 1234"])
def test_people_of_her_own_files_are_found_and_shown_by_name(cast: Cast, suspect: Alias, text: str) -> None:
    page = shown(cast.investigator, text)
    assert suspect.code in page and "Sok Sophea" in page and RESTRICTED not in page


def test_what_was_searched_is_in_the_trail_as_a_keyed_hash_and_the_names_shown_as_a_look(cast: Cast, suspect: Alias) -> None:
    shown(cast.investigator, "Sok  SOPHEA")
    searched = [event for event in last_events(4) if event["act"] == "search.made"][-1]
    look = [event for event in last_events(4) if event["act"] == "field.disclosed"][-1]
    assert (searched["q"]["count"], searched["q"]["elsewhere"]) == (1, 0) and searched["obj"]["codes"] == [suspect.code]
    assert look["fields"] == ["family", "given"] and look["obj"]["subjects"] == [str(suspect.person_id)]
    assert len(searched["q"]["hash"]) == 32 and "ophea" not in str((searched, look)).lower()
    shown(cast.colleague, "sok sophea")
    again = [event for event in last_events(4) if event["act"] == "search.made"][-1]
    assert again["q"]["hash"] == searched["q"]["hash"], "the same question, whoever asks and however it is typed"


@pytest.mark.parametrize("who", ["colleague", "far_investigator", "investigation_supervisor", "far_supervisor"])
@pytest.mark.parametrize("text", ["Sok Sophea", "012 345 678"])
def test_another_of_the_same_wing_learns_whom_to_ask_and_no_more(cast: Cast, suspect: Alias, who: str, text: str) -> None:
    """Who supervises finds the person herself; the others learn the unit, and the file's people learn who asked."""
    asker = getattr(cast, who)
    page = shown(asker, text)
    if who == "investigation_supervisor":
        assert suspect.code in page and new(cast.investigator) == []
        return
    assert f"{RESTRICTED}Phnom Penh office, Investigation" in page and NOTHING not in page
    for secret in (suspect.code, suspect.file.code, str(suspect.person_id), "Sophea</"):
        assert secret not in page
    [notice] = new(cast.investigator)
    assert notice.about_code == suspect.file.code and notice.path == reverse("desk:asked")
    page = sign_in(cast.investigator).get(notice.path).content.decode()
    assert asker.display_name in page and suspect.file.code in page and asker.office.name in page
    shown(asker, text)
    assert len(new(cast.investigator)) == 1, "once a day"
    assert suspect.file.code not in sign_in(asker).get(reverse("desk:asked")).content.decode()
    told = [event for event in last_events(8) if event["act"] == "search.told"][-1]
    assert "obj" not in told and told["who"]["ref"] == str(asker.pk)


@pytest.mark.parametrize("who", ["care_worker", "care_supervisor", "far_care_worker", "liaison", "hotline", "partner", "auditor",
                                 "administrator", "data_protection"])
@pytest.mark.parametrize("text", ["Sok Sophea", "012 345 678"])
def test_nobody_else_hears_that_an_investigation_knows_somebody(cast: Cast, suspect: Alias, who: str, text: str) -> None:
    page = shown(getattr(cast, who), text)
    assert NOTHING in page and RESTRICTED not in page and suspect.code not in page
    assert new(cast.investigator) == []
    event = [event for event in last_events(3) if event["act"] == "search.made"][-1]
    assert (event["q"]["count"], event["q"]["elsewhere"]) == (0, 0)


@pytest.mark.parametrize("who", ["investigator", "investigation_supervisor", "far_investigator", "liaison", "hotline", "partner",
                                 "auditor", "administrator", "data_protection"])
@pytest.mark.parametrize("text", ["Chea Bopha", "012 345 678"])
def test_nobody_outside_aftercare_hears_that_it_knows_somebody(cast: Cast, survivor: Alias, who: str, text: str) -> None:
    page = shown(getattr(cast, who), text)
    assert NOTHING in page and RESTRICTED not in page and survivor.code not in page
    assert new(cast.care_worker) == []


def test_another_care_worker_learns_whom_to_ask(cast: Cast, survivor: Alias) -> None:
    assert f"{RESTRICTED}Phnom Penh office, Care" in shown(cast.care_worker_two, "bopha chea")
    assert len(new(cast.care_worker)) == 1
    with acting_as(cast.care_worker, "r"):
        assert Asked.objects.get().asked_by == cast.care_worker_two and list(Asked.objects.get().trail_subjects()) == []
    assert "Bopha" in shown(cast.care_worker, "chea bopha")


def test_a_code_that_opens_no_identity_answers_no_name(cast: Cast) -> None:
    """As after a hand-over: the search would tell otherwise whom the code stands for."""
    alias = made(cast.care_worker, Kind.CARE, "Chea", "Bopha")
    file = file_of(cast.investigator)
    with acting_as(cast.investigator), entry("person.added", by=cast.investigator, about=file):
        code = Alias.begin(Person(id=alias.person_id), prefix="RP", wing=Wing.INVESTIGATIONS, file=file,
                           opens_identity=False).code
    for user in (cast.investigator, cast.colleague, cast.far_investigator):
        for text in ("Chea Bopha", "012345678"):
            page = shown(user, text)
            assert NOTHING in page and code not in page and RESTRICTED not in page


def test_a_name_nearly_like_another_hints_at_nobody(cast: Cast, suspect: Alias) -> None:
    assert RESTRICTED not in shown(cast.colleague, "Sok Sovann") and RESTRICTED not in shown(cast.colleague, "Sophea")
    assert RESTRICTED not in shown(cast.colleague, "s")


def test_somebody_without_a_name_is_found_by_her_number(cast: Cast) -> None:
    alias = person_on(file_of(cast.liaison, Kind.PROSECUTION), cast.liaison)
    numbered(alias, cast.liaison, "passport", "N 0123456")
    page = shown(cast.liaison, "n0123456")
    assert "No name on record" in page and alias.code in page
    assert cards.cards(cast.liaison, Found()) == []


def test_searching_too_often_is_stopped_said_and_recorded(cast: Cast, suspect: Alias, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ijm.desk.often.MOST", 2)
    monkeypatch.setattr("ijm.desk.often.time.time", lambda: 1_800_000_000.0)
    client = sign_in(cast.investigator)
    answers = [client.post(reverse("desk:search"), {"q": "Sok Sophea"}) for _again in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    text = answers[-1].content.decode()
    assert "Too many searches" in text and suspect.code not in text and "Sok" not in text
    assert last_events(1)[0]["act"] == "search.refused" and last_events(1)[0]["why"] == {"code": "too-often"}
    assert client.get(reverse("desk:search")).status_code == 200, "looking at the empty box costs nothing"
    assert RESTRICTED in shown(cast.colleague, "Sok Sophea"), "others go on"
    cache.clear()


def test_an_index_that_is_not_whole_is_said_on_the_page(cast: Cast, suspect: Alias, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ijm.people.finding.opened", lambda _segment: None)
    monkeypatch.setattr("ijm.people.finding._held", {})
    page = shown(cast.investigator, "Sok Sophea")
    assert "Names may be missing" in page and suspect.code not in page
