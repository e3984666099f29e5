"""Sifting names before they are compared: who is clearly near is not sifted out, however many share a name."""

from __future__ import annotations

import uuid

import pytest

from ijm.vault import likeness
from ijm.vault.bench.names import Crowd
from ijm.vault.likeness import Listed, Names
from ijm.vault.segments import Line

CROWD = Crowd(1500)
LINES = [Line.of(uuid.UUID(int=number), name) for number, name in enumerate(CROWD.names)]
LISTS = [Listed(LINES[first:first + 256]) for first in range(0, len(LINES), 256)]
SIFTED = Names(LISTS)
SAME = 88


def scores(names: Names, asked: str) -> dict[uuid.UUID, float]:
    return {match.person: match.score for match in names.nearest(asked, limit=len(LINES))}


def test_nobody_who_is_clearly_near_is_sifted_out(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [scores(SIFTED, asked) for asked, _persons in CROWD.asked[:60]]
    monkeypatch.setattr(likeness, "WHOLE", (len(LINES), len(LINES)))
    every = [scores(SIFTED, asked) for asked, _persons in CROWD.asked[:60]]
    assert sum(map(len, few)) < sum(map(len, every)), "most were never compared"
    assert all(found.items() <= full.items() for found, full in zip(few, every, strict=True)), "the scores are the same"
    near = [{person for person, score in full.items() if score >= SAME} for full in every]
    assert any(near) and all(persons <= found.keys() for persons, found in zip(near, few, strict=True))


def test_of_her_own_people_everybody_with_the_given_name_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    every = {line.person for line in LINES}
    given = [name.split()[1] for name in CROWD.names[:20]]
    few = [SIFTED.partly(name, among=every) for name in given]
    monkeypatch.setattr(likeness, "PART", (len(LINES), len(LINES)))
    assert few == [SIFTED.partly(name, among=every) for name in given] and all(few)


def test_all_who_have_the_same_name_are_found_and_who_is_not_meant_takes_nobodys_place() -> None:
    same = [Line.of(uuid.UUID(int=10_000 + number), "Sok Sophea") for number in range(2 * likeness.WHOLE[1])]
    names, theirs = Names([*LISTS, Listed(same)]), {line.person for line in same}
    assert theirs <= {match.person for match in names.nearest("Sok Sophea", limit=len(theirs)) if match.score == 100}
    others = {match.person for match in names.nearest("Sok Sophea", but=theirs, limit=len(LINES))}
    assert others and not others & theirs
    assert {match.person for match in names.partly("Sophea", among=theirs, limit=len(theirs))} == theirs
    assert names.partly("Sophea", among=set()) == []


def test_names_of_the_other_script_are_looked_at_however_many_of_this_one_are_nearer() -> None:
    meant = uuid.uuid4()
    names = Names([*LISTS, Listed([Line.of(uuid.uuid4(), "Sok Sophea")] * likeness.WHOLE[1]),
                   Listed([Line.of(meant, "សុខ សុភា")])])
    assert scores(names, "Sok Sophea")[meant] == 80
    assert scores(names, "សុខ សុភា")[meant] == 100


def test_what_is_held_of_a_list_is_bounded_and_a_very_long_name_is_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "PAIRS", 8)
    listed = Listed(LINES[:50])
    assert scores(Names([listed]), CROWD.names[7])[LINES[7].person] == 100
    assert 0 < len(listed.pairs) <= 8
    letters = "".join(f"{one}{other}" for one in "abcdefghijklmnopqrstuvwxyz" for other in "abcdefghijklmnopqrstuvwxyz")
    person = uuid.uuid4()
    assert scores(Names([Listed([Line.of(person, letters)])]), letters) == {person: 100}
