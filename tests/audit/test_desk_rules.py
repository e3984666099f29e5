"""The rules of flags, one day at a time: what each finds, and what an ordinary day leaves quiet."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from audit import queries
from audit.deeds import Deed
from audit.flags import rules
from audit.flags.day import Day
from audit.states import Ground
from ijm.messages import Event
from ijm.trail.looks import DISCLOSED

ON = date(2026, 11, 18)  # a Wednesday
NOON = datetime(2026, 11, 18, 5, tzinfo=UTC)  # noon in Phnom Penh
NIGHT = datetime(2026, 11, 18, 16, tzinfo=UTC)
SHE, HE = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
FILE, OTHER, PERSON = (str(uuid.UUID(int=number)) for number in (10, 11, 20))
CODE = "CR-7K4M-92QX"


def place(user: str = SHE, file: str = FILE, since: datetime = NOON - timedelta(days=90)) -> queries.Stay:
    """Her place on a file."""
    return queries.Stay(user, file, "assignment", since, NOON + timedelta(days=90))


def deed(number: int = 1, **given: Any) -> Deed:
    """A look at noon, by somebody who stands on the file."""
    plain: dict[str, Any] = {
        "at": NOON, "kind": "look", "act": Event.RECORD_SEEN, "user": SHE, "user_code": "US-0000-0000", "roles": ("CARE_WORKER",),
        "office": "", "reason": "CASEWORK", "model": "", "rows": 1, "fields": (), "tables": (), "place": place(),
        "files": (FILE,)}
    return Deed(number=number, **{**plain, **given})


def day(*deeds: Deed, **given: Any) -> Day:
    """A day on which this was done."""
    return Day(ON, list(deeds), files={FILE: queries.Told(CODE, None)}, **given)


def grounds(one: Day) -> set[str]:
    """What the rules say of it."""
    return {found.ground for found in rules.found(one)}


def usual(looks: int, user: str = SHE, odd: int = 0) -> list[queries.Day]:
    """Ten days of before."""
    return [queries.Day(user, "CARE_WORKER", ON - timedelta(days=back), looks, odd) for back in range(1, 11)]


def test_an_ordinary_day_is_quiet() -> None:
    assert grounds(day(*(deed(number) for number in range(20)), before=usual(15))) == set()


@pytest.mark.parametrize(("number", "before", "flagged"), [
    (60, usual(15), True), (40, usual(15), False), (29, [], False), (30, [], True),
    (60, usual(15) + usual(40, HE), False), (119, usual(40, HE), False), (120, usual(40, HE), True)])
def test_volume_is_measured_against_her_own_days_and_her_peers(number: int, before: list[queries.Day], flagged: bool) -> None:
    found = rules.found(day(*(deed(one) for one in range(number)), before=before))
    assert bool(found) == flagged and all(one.number == number for one in found)


def test_a_look_at_many_rows_weighs_as_many() -> None:
    assert grounds(day(deed(rows=200), before=usual(15))) == {Ground.VOLUME}


@pytest.mark.parametrize(("number", "odd", "flagged"), [(5, 0, True), (4, 0, False), (5, 4, False), (12, 4, True)])
def test_nights_count_for_who_seldom_works_then(number: int, odd: int, flagged: bool) -> None:
    nights = [deed(one, at=NIGHT) for one in range(number)]
    assert (Ground.HOURS in grounds(day(*nights, before=usual(15, odd=odd)))) == flagged


def test_a_look_without_a_place_on_the_file_names_the_file() -> None:
    [found] = rules.found(day(deed(place=None)))
    assert (found.ground, found.about, found.user) == (Ground.NEVER, CODE, uuid.UUID(SHE))
    assert grounds(day(deed(place=None, files=()))) == set(), "what names no file needs no place"


@pytest.mark.parametrize(("closed", "fields", "flagged"), [
    (NOON - timedelta(days=1), ("given",), True), (NOON + timedelta(days=1), ("given",), False),
    (NOON - timedelta(days=1), (), False)])
def test_sealed_fields_of_a_closed_file(closed: datetime, fields: tuple[str, ...], flagged: bool) -> None:
    one = Day(ON, [deed(act=DISCLOSED, fields=fields)], files={FILE: queries.Told(CODE, closed)})
    assert grounds(one) == ({Ground.CLOSED} if flagged else set())


@pytest.mark.parametrize("ground", [Ground.ONESELF, Ground.SURNAME])
def test_a_namesake_is_flagged_though_her_place_explains_the_look(ground: Ground) -> None:
    mine = {(SHE, PERSON): ground.value}
    [found] = rules.found(day(deed(subjects=(PERSON,), codes=("SV-7K4M-92QX",)), namesakes=mine))
    assert (found.ground, found.about) == (ground, "SV-7K4M-92QX")
    assert grounds(day(deed(act=Event.LIST_SEEN, subjects=(PERSON,)), namesakes=mine)) == set(), "a list is no look at one"


def test_tries_that_find_nothing() -> None:
    misses = [deed(1, act=Event.SEARCHED, found=0, files=())] * 6 + [deed(2, kind="refused", act=Event.NOT_THERE, files=())] * 6
    assert grounds(day(*misses)) == {Ground.GUESSING}
    assert grounds(day(*misses[1:])) == set()
    assert grounds(day(*[deed(1, act=Event.SEARCHED, found=3, files=())] * 20)) == set(), "who finds does not guess"


def test_much_taken_along_within_an_hour() -> None:
    quick = [deed(one, act=Event.PAGE_PRINTED, at=NOON + timedelta(minutes=one)) for one in range(8)]
    slow = [deed(one, act=Event.PAGE_PRINTED, at=NOON + timedelta(minutes=20 * one)) for one in range(8)]
    assert grounds(day(*quick)) == {Ground.TAKING} and grounds(day(*slow)) == set()


@pytest.mark.parametrize(("since", "flagged"), [
    (timedelta(hours=2), True), (timedelta(days=8), False), (timedelta(hours=-2), False)])
def test_refused_first_opened_later(since: timedelta, flagged: bool) -> None:
    knock = deed(9, kind="refused", act=Event.NOT_THERE, at=NOON - timedelta(days=9), files=(), asked=CODE)
    look = deed(10, place=place(since=knock.at + since))
    assert grounds(day(look, refused=[knock])) == ({Ground.GRANTED} if flagged else set())


def test_who_asks_the_log_about_herself() -> None:
    mine = deed(kind="asked", act=Event.AUDIT_ASKED, files=(), user_code="US-7K4M-92QX", asked="US-7K4M-92QX")
    [found] = rules.found(day(mine))
    assert (found.ground, found.about) == (Ground.ABOUT_HERSELF, "US-7K4M-92QX")


def test_an_event_that_names_nobody_of_ours_raises_nothing() -> None:
    assert rules.found(day(deed(user="nobody", place=None))) == []
