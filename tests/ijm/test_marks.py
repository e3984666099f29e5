"""Marks by which equal things are known as equal, and keys made many at a time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest

from ijm.accounts.models import User
from ijm.people.models import Name, Person
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import keyring, marks
from ijm.vault.disclosure import disclose
from ijm.vault.errors import KeyForbidden
from ijm.vault.keyring import KEYS, DataKey
from tests.cast import Cast
from tests.trail import last_events

SCOPES = [uuid.UUID(int=number) for number in range(1, 8)]


@pytest.fixture
def ring(committed_db: tuple[str, str]) -> Iterator[None]:
    keyring.forget()
    yield


def test_many_keys_are_made_in_one_go_and_found_again(ring: None) -> None:
    before = keyring.key_for("subject", SCOPES[0], "identity")
    made = keyring.keys_for("subject", SCOPES, "identity")
    assert set(made) == set(SCOPES) and made[SCOPES[0]].id == before.id
    assert DataKey.objects.using(KEYS).filter(compartment="identity").count() == len(SCOPES)
    keyring.forget()
    again = keyring.keys_for("subject", SCOPES, "identity")
    assert {key.id for key in again.values()} == {key.id for key in made.values()}
    sealed = made[SCOPES[3]].aead.encrypt(b"0" * 12, b"text", b"")
    assert again[SCOPES[3]].aead.decrypt(b"0" * 12, sealed, b"") == b"text"


def test_a_process_without_the_compartment_makes_none(ring: None, settings: object) -> None:
    settings.COMPARTMENTS = ("narrative",)  # type: ignore[attr-defined]
    with pytest.raises(KeyForbidden):
        keyring.keys_for("subject", SCOPES, "identity")


def test_equal_things_have_one_mark_and_others_another(ring: None) -> None:
    first = marks.mark("one", b"Sok Dara 1999")
    keyring.forget()
    assert marks.mark("one", b"Sok Dara 1999") == first and len(first) == marks.LENGTH
    assert len({first, marks.mark("two", b"Sok Dara 1999"), marks.mark("one", b"Sok Dara 1998")}) == 3


def test_a_mark_needs_the_key_of_this_house(ring: None) -> None:
    first = marks.mark("one", b"Sok Dara 1999")
    keyring.destroy("own", marks.HOUSE, keyring.SEARCH, by=SCOPES[0])
    assert marks.mark("one", b"Sok Dara 1999") != first


def people_of(by: User, number: int) -> list[Name]:
    """So many new persons with a name each, made in bulk in one entry."""
    with acting_as(by), entry("people.imported", by=by, about=None):
        people = [Person(born_on="1999", rev=1) for _ in range(number)]
        names = [Name(person=person, script="latn", family="Sok", given=f"Number {at}") for at, person in enumerate(people)]
        Person.objects.bulk_create(people)
        return list(Name.objects.bulk_create(names))


def test_rows_sealed_in_bulk_are_opened_like_any_other_and_told_in_events_of_bearable_size(cast: Cast) -> None:
    names = people_of(cast.care_supervisor, 240)
    told = [event for event in last_events(9) if event["act"] == "people.imported"]
    assert sum(len(event["hist"]) for event in told) == 480 and len({event["id"] for event in told}) == 1
    assert sum(len(event["dig"]) for event in told) == 480
    assert all(len(json.dumps(event)) < 60_000 for event in told)
    with acting_as(cast.care_supervisor, "r"):
        assert disclose(names[7], "given", to=cast.care_supervisor) == {"given": "Number 7"}
