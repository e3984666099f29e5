"""Names in sealed lists: found though spelled otherwise, and unreadable where they lie."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from ijm.vault.errors import BadFormat, Tampered
from ijm.vault.likeness import Listed, Names
from ijm.vault.segments import BUCKET, Line, seal, unseal
from tests.cast import Cast

NAMES = ["Sok Sophea", "សុខ សុភា", "Chea Sreyleak", "ជា ស្រីលក្ខណ៍", "Heng Bopha", "Keo Samnang", "Chan Dara", "Long Phalla",
         "Kim Sreymom", "Meas Virak", "Tep Rithy", "Prak Samnang", "Yim Piseth", "Ouk Chenda", "Nhem Kunthea", "Sar Malis"]
PEOPLE = {name: uuid.UUID(int=number + 1) for number, name in enumerate(NAMES)}
LINES = [Line.of(person, name) for name, person in PEOPLE.items()]
ALL = Names([Listed(LINES[:5]), Listed(LINES[5:])])


@pytest.mark.parametrize(("asked", "meant"), [
    ("Sophea Sok", ["Sok Sophea", "សុខ សុភា"]), ("soksophea", ["Sok Sophea", "សុខ សុភា"]),
    ("Sok Sophear", ["Sok Sophea"]), ("សុខសុភា", ["សុខ សុភា", "Sok Sophea"]),
    ("Chia Sreileac", ["Chea Sreyleak", "ជា ស្រីលក្ខណ៍"]), ("ស្រីលក្ខណ៍ ជា", ["ជា ស្រីលក្ខណ៍", "Chea Sreyleak"]),
    ("SAMNANG KEO", ["Keo Samnang"]), ("Kunthear Nhiem", ["Nhem Kunthea"]), ("pisit yim", ["Yim Piseth"]),
])
def test_a_name_is_found_however_it_is_spelled(asked: str, meant: list[str]) -> None:
    found = [match.person for match in ALL.nearest(asked, limit=len(meant))]
    assert set(found) == {PEOPLE[name] for name in meant}


def test_the_nearest_come_first_and_each_person_once() -> None:
    twice = Names([Listed([*LINES, Line.of(PEOPLE["Keo Samnang"], "Samnang")])])
    found = twice.nearest("Keo Samnang")
    assert found[0].person == PEOPLE["Keo Samnang"] and found[0].score == 100
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert len({match.person for match in found}) == len(found)


@pytest.mark.parametrize("nothing", ["", "   ", "123", "!?"])
def test_without_a_sound_nothing_is_found(nothing: str) -> None:
    assert ALL.nearest(nothing) == [] == ALL.partly(nothing, among=set(PEOPLE.values()))


@pytest.mark.parametrize(("asked", "meant"), [("Samnang", {"Keo Samnang", "Prak Samnang"}),
                                              ("សំណាង", {"Keo Samnang", "Prak Samnang"}),
                                              ("ស្រីលក្ខណ៍", {"ជា ស្រីលក្ខណ៍", "Chea Sreyleak"})])
def test_among_few_people_a_part_of_the_name_is_enough_in_either_script(asked: str, meant: set[str]) -> None:
    some = {PEOPLE[name] for name in ("Keo Samnang", "Prak Samnang", "Heng Bopha", "ជា ស្រីលក្ខណ៍", "Chea Sreyleak")}
    assert {match.person for match in ALL.partly(asked, among=some)} == {PEOPLE[name] for name in meant}


def test_across_the_scripts_sound_alone_never_makes_two_names_the_same() -> None:
    assert ALL.nearest("សុខ សុភា")[1].person == PEOPLE["Sok Sophea"] and ALL.nearest("សុខ សុភា")[1].score == 80


def test_nobody_is_found_who_is_not_near() -> None:
    assert ALL.nearest("Wilhelmina Oosterhuis") == []


@pytest.fixture
def sealed(cast: Cast) -> Iterator[tuple[uuid.UUID, bytes]]:
    segment = uuid.uuid4()
    yield segment, seal(segment, 3, LINES)[0]


def test_a_list_comes_back_whole_and_says_nothing_where_it_lies(sealed: tuple[uuid.UUID, bytes]) -> None:
    segment, stored = sealed
    assert unseal(segment, 3, stored) == LINES
    assert len(stored) % BUCKET == len(seal(segment, 3, LINES[:2])[0]) % BUCKET, "its length does not count the names"
    for name in ("sophea", "samnang", "SPN", "សុខ"):
        assert name.encode() not in stored


def test_an_older_list_or_anothers_place_is_refused(sealed: tuple[uuid.UUID, bytes]) -> None:
    segment, stored = sealed
    for where, rev in ((segment, 2), (segment, 4), (uuid.uuid4(), 3)):
        with pytest.raises(Tampered):
            unseal(where, rev, stored)
    with pytest.raises(Tampered):
        unseal(segment, 3, seal(segment, 3, LINES, epoch=1)[0])
    with pytest.raises(BadFormat):
        unseal(segment, 3, b"Sok Sophea")
