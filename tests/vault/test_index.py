"""The search's own tables in the hands of an attacker: groups 1, 2, 4 and 11 for lists of names and marks of numbers."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from ijm.people import finding, learning
from ijm.people.indexed import Segment
from ijm.people.models import Identifier, Name
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests.vault.attacks import AT_READ, AT_WRITE, HARMLESS, LEFT, attack
from tests.vault.conftest import Ground
from tests.vault.hands import SUPERUSER, said

HERS = "Threnoly Kwazima"


@pytest.fixture
def name(ground: Ground) -> Name:
    """Somebody who can be found by her name."""
    family, given = HERS.split()
    made = ground.name(family=family, given=given)
    assert made.person_id in found(ground)
    return made


def found(ground: Ground, text: str = HERS) -> dict[uuid.UUID, float]:
    """Who is found by this text, by a process that has read nothing yet."""
    finding._held.clear()
    with acting_as(ground.cast.investigator):
        return finding.find(ground.cast.investigator, text).persons


def list_of(ground: Ground, name: Name) -> Segment:
    """The sealed list in which this person stands."""
    with acting_as(ground.cast.investigator, "r"):
        return Segment.objects.get(persons__contains=[name.person_id])


def put(segment: Segment, **columns: Any) -> None:
    """Overwrite columns of a list, by the superuser's hand."""
    parts = ", ".join(f"{column} = %s" for column in columns)
    said(f"UPDATE people_segment SET {parts}, stamp = gen_random_uuid() WHERE id = %s", *columns.values(), segment.pk,
         hand=SUPERUSER)


def kept(segment: Segment) -> dict[str, Any]:
    """What somebody keeps who wants to put a list back one day."""
    return {"persons": segment.persons, "rev": segment.rev, "body": bytes(segment.body), "body_key": segment.body_key}


@attack(1, AT_READ)
def test_a_list_in_the_place_of_another(ground: Ground, name: Name) -> None:
    segment, other = list_of(ground, name), uuid.uuid4()
    said("INSERT INTO people_segment (id, epoch, rev, stamp, persons, body, body_key)"
         " SELECT %s, epoch, rev, gen_random_uuid(), '{}',"
         " body, body_key FROM people_segment WHERE id = %s", other, segment.pk, hand=SUPERUSER)
    with acting_as(ground.cast.investigator, "r"):
        assert learning.opened(Segment.objects.get(pk=other)) is None
        assert learning.opened(Segment.objects.get(pk=segment.pk))
    said("DELETE FROM people_segment WHERE id = %s", other, hand=SUPERUSER)


@attack(2, AT_READ)
def test_a_changed_bit_of_a_list_is_said_and_breaks_no_search(ground: Ground, name: Name) -> None:
    segment = list_of(ground, name)
    good = bytes(segment.body)
    put(segment, body=good[:-1] + bytes([good[-1] ^ 1]))
    assert name.person_id not in found(ground)
    with acting_as(ground.cast.investigator):
        assert not finding.find(ground.cast.investigator, HERS).is_whole, "the page says that not everybody could be searched"
    put(segment, body=good)
    assert name.person_id in found(ground)


@attack(4, AT_READ)
def test_an_older_list_without_its_revision(ground: Ground, name: Name) -> None:
    before = kept(list_of(ground, name))
    ground.name(family="Oddavuth", given="Plimsorn")
    segment = list_of(ground, name)
    now = kept(segment)
    assert now["rev"] > before["rev"]
    put(segment, body=before["body"])
    assert name.person_id not in found(ground)
    put(segment, **now)
    assert name.person_id in found(ground)


def forgotten(ground: Ground, name: Name) -> None:
    """She is taken out of the search, as an erasure does it."""
    with acting_as(ground.cast.investigator), entry("test.forgotten", by=ground.cast.investigator, about=None):
        learning.forget([name.person_id])


@attack(11, AT_READ)
def test_who_is_forgotten_is_in_no_list(ground: Ground, name: Name) -> None:
    other = ground.name(family="Vorlam", given="Cribella")
    forgotten(ground, name)
    assert name.person_id not in found(ground) and other.person_id in found(ground, "Vorlam Cribella")
    with acting_as(ground.cast.investigator, "r"):
        assert not [line for segment in Segment.objects.all() for line in learning.opened(segment) or ()
                    if line.person == name.person_id]


@attack(11, AT_READ)
def test_who_is_forgotten_is_in_no_list_even_if_somebody_hid_in_which(ground: Ground, name: Name) -> None:
    """Which persons stand in a list is written beside it in the open: whoever wrote there must not save a name from erasure."""
    segment = list_of(ground, name)
    put(segment, persons=[person for person in segment.persons if person != name.person_id])
    forgotten(ground, name)
    assert name.person_id not in found(ground)


@attack(11, LEFT)
def test_an_old_list_put_back_whole_after_an_erasure(ground: Ground, name: Name) -> None:
    """It opens until its epoch ends, and her line with it; her record and her names in it stay closed. A new epoch ends that."""
    segment = list_of(ground, name)
    before = kept(segment)
    forgotten(ground, name)
    assert name.person_id not in found(ground)
    put(segment, **before)
    assert name.person_id in found(ground)
    put(segment, persons=[], body=None)


@attack(1, AT_WRITE)
def test_marks_are_neither_read_nor_compared_by_who_serves(ground: Ground) -> None:
    asked = ("SELECT mark FROM people_mark", "SELECT guard.numbered(ARRAY[]::bytea[])", "UPDATE people_mark SET mark = ''",
             "DELETE FROM people_mark", "SELECT count(*) FROM people_mark")
    for statement in asked:
        with acting_as(ground.cast.investigator), pytest.raises(DatabaseError), transaction.atomic(), \
                connections["default"].cursor() as cursor:
            cursor.execute(statement)


@attack(1, HARMLESS)
def test_a_mark_hung_on_another_person_shows_nothing_of_anybody(ground: Ground, name: Name) -> None:
    """A mark bears no seal: the search then leads to the wrong one of her own people, whose own number the page shows."""
    number, other = "0977314159", ground.name(family="Vorlam", given="Hyxanta")
    he = ground.cast.investigator
    with acting_as(he), entry("test.added", by=he, about=None):
        Identifier(person_id=name.person_id, kind="phone", value=number).save()
    assert set(found(ground, number)) == {name.person_id}
    said("UPDATE people_mark SET person_id = %s WHERE person_id = %s", other.person_id, name.person_id, hand=SUPERUSER)
    assert set(found(ground, number)) == {other.person_id}
    assert ground.read(other, "family") == {"family": "Vorlam"}
