"""Looks that somebody would like to take unseen: every page that shows a record leaves an event that names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault.disclosure import disclose
from tests import databases, matrix, records, world
from tests.cast import PASSWORD, Cast
from tests.conftest import Furnished, read_out, sign_in

Event = dict[str, Any]
# Pages about no record: the same for all who may open them, nothing on them is about a person. Each line says why.
NO_RECORD = {
    "help:guide": "words of the house, no row at all",
    "desk:reference-list": "words that forms offer",
    "desk:reference-add": "a new word for forms; adding it is an act of its own in the trail",
    "desk:roster-transfer": "a line of the roster: code, office, counts; asking is an act of its own in the trail",
    "desk:reference-value": "one word that forms offer; changing it is an act of its own in the trail",
    "desk:reference-confirm": "a rule of law with its source; confirming it is an act of its own in the trail",
}


def after(number: int) -> list[tuple[int, Event]]:
    """The events behind this number."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT id, body FROM tests.events(%s)", [number])
        return [(row[0], json.loads(row[1])) for row in cursor.fetchall()]


def newest() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM tests.events()")
        return int(cursor.fetchone()[0])


def looks(since: int, user: User) -> list[Event]:
    """What the log says that this person saw since then."""
    return [event for _n, event in after(since) if event["cat"] == "look" and event["who"]["ref"] == str(user.pk)]


def named(events: list[Event], key: str) -> set[str]:
    """All rows, codes or subjects that these events name."""
    return {value for event in events for value in event.get("obj", {}).get(key, ())}


@pytest.fixture
def things(furnished: Furnished, django_db_blocker: Any) -> Iterator[world.World]:
    """One record of every kind, to be looked at."""
    with django_db_blocker.unblock(), databases.at(furnished.names):
        yield furnished.things


def test_no_page_about_a_record_opens_without_a_look(furnished: Furnished, things: world.World) -> None:
    unseen = []
    for page in matrix.doors():
        if not page.sample:
            continue
        user = getattr(furnished.cast, sorted(page.members())[0])
        since = newest()
        if read_out(sign_in(user).get(page.url(things))).status_code == 200:
            record = getattr(things, page.sample)
            if str(getattr(record, "pk", "")) not in named(looks(since, user), "rows"):
                unseen.append(page.name)
    assert set(unseen) == set(NO_RECORD)


def test_a_page_that_lists_people_names_each_of_them(furnished: Furnished, things: world.World) -> None:
    she = furnished.cast.liaison
    with acting_as(she, "r"):
        person = str(things.witness.alias.person_id)
    for address in (f"/prosecutions/files/{things.prosecution.code}/", f"/prosecutions/hearings/{things.hearing.code}/"):
        since = newest()
        assert sign_in(she).get(address).status_code == 200
        assert person in named(looks(since, she), "subjects"), address


def test_a_reveal_without_a_purpose_shows_the_page_and_says_so_in_the_log(
    furnished: Furnished, things: world.World
) -> None:
    she, address = furnished.cast.care_worker, f"/aftercare/survivors/{things.survivor.code}/reveal/"
    for purpose in ("", "CURIOSITY", "CASEWORK"):
        since = newest()
        answer = sign_in(she).post(address, {"field": "address", "purpose": purpose})
        assert answer.status_code == 200 and "Choose why you need it" in answer.content.decode()
        seen = looks(since, she)
        assert things.survivor.code in named(seen, "codes") and not any(event.get("fields") for event in seen)


def test_a_page_of_another_role_is_refused_under_the_code_that_was_asked_for(
    furnished: Furnished, things: world.World
) -> None:
    since = newest()
    answer = sign_in(furnished.cast.investigator).get(f"/aftercare/survivors/{things.survivor.code.lower()}/")
    assert answer.status_code == 404
    (refusal,) = [event for _n, event in after(since) if event["cat"] == "refusal"]
    assert refusal["q"]["code"] == things.survivor.code


def test_pages_before_the_doors_are_kept_nowhere(committed_cast: Cast) -> None:
    client = sign_in(committed_cast.care_worker)
    for address in ("/account/second-factor/", "/account/password/", "/account/again/", "/language/"):
        assert "no-store" in client.get(address)["Cache-Control"], address


@pytest.mark.parametrize("purpose", ["CURIOSITY", "because she is my neighbour", "casework"])
def test_a_purpose_outside_the_list_opens_and_changes_nothing(cast: Cast, purpose: str) -> None:
    home = records.residence(cast)
    with acting_as(cast.care_worker, "r"), pytest.raises(ValueError):
        disclose(home, "address", to=cast.care_worker, purpose=purpose)
    with acting_as(cast.care_worker), pytest.raises(ValueError), entry("x", by=cast.care_worker, about=home, why=purpose):
        pytest.fail("an entry was opened for a reason of one's own")


@pytest.mark.parametrize(("name", "learns"), [("partner", False), ("care_worker", True), ("auditor", True)])
def test_a_guest_learns_no_names_of_those_who_work_here(cast: Cast, name: str, learns: bool) -> None:
    page = sign_in(getattr(cast, name)).get("/desk/permissions/").content.decode()
    assert (cast.colleague.display_name in page) is learns


def test_a_disabled_account_signs_in_nowhere(cast: Cast) -> None:
    with acting_as(cast.administrator), entry("user.disabled", by=cast.administrator, about=cast.partner):
        cast.partner.is_active = False
        cast.partner.save()
    client = Client()
    answer = client.post("/account/sign-in/", {"login": "partner", "password": PASSWORD})
    assert answer.status_code == 200 and "do not fit together" in answer.content.decode(), "as after a wrong password"
    assert client.get("/desk/").status_code == 302
