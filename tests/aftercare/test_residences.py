"""Where she lives: changed by her worker, read by another with a purpose, hidden from everybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from aftercare.actions import residences, survivors
from aftercare.models import Residence
from aftercare.states import SurvivorState
from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused, Stale
from ijm.vault.disclosure import disclose
from tests.aftercare.steps import ADDRESS, LONG_AGO, OUTSIDERS, housed, taken_in
from tests.cast import Cast
from tests.trail import last_events

SignIn = Callable[[User], Client]
NEW = {"placement": "own", "address": "Room 4, Street 271", "directions": "Above the bakery", "phone_there": "",
       "since_on_0": "5", "since_on_1": "3", "since_on_2": "2024", "reason": "A room of her own"}


def test_a_move_ends_the_former_residence_and_keeps_it(cast: Cast, signed_in: SignIn) -> None:
    survivor, before = housed(cast)
    client, address = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/move/"
    page = client.get(address).content.decode()
    assert before.code in page and "Svay Chrum" not in page, "the form never shows the sealed address"
    assert client.post(address, NEW | {"replaces": before.code}).status_code == 302
    with acting_as(cast.care_worker, "r"):
        new, old = Residence.objects.select_related("survivor__alias")
        assert (old.until_on, new.since_on, new.until_on) == (date(2024, 3, 5), date(2024, 3, 5), None)
        assert disclose(new, "address", "directions", to=cast.care_worker) == {
            "address": "Room 4, Street 271", "directions": "Above the bakery"}
        assert disclose(old, "address", to=cast.care_worker) == {"address": ADDRESS}


def test_who_was_slower_is_told_and_nothing_is_overwritten(cast: Cast, signed_in: SignIn) -> None:
    survivor, before = housed(cast)
    client, address = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/move/"
    assert client.post(address, NEW | {"replaces": before.code}).status_code == 302
    assert client.post(address, NEW | {"replaces": before.code}).status_code == 409
    with acting_as(cast.care_worker), pytest.raises(Stale):
        residences.move(survivor, by=cast.care_worker, placement="own", address="x", since_on=date(2024, 4, 1), replaces="")
    with acting_as(cast.care_worker, "r"):
        assert Residence.objects.count() == 2


def test_a_first_residence_replaces_nothing(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    client, address = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/move/"
    assert "Nothing was recorded yet" in client.get(address).content.decode()
    assert client.post(address, NEW | {"replaces": ""}).status_code == 302


def test_a_day_before_she_came_is_said_beside_the_date(cast: Cast, signed_in: SignIn) -> None:
    survivor, before = housed(cast)
    page = signed_in(cast.care_worker).post(
        f"/aftercare/survivors/{survivor.code}/move/", NEW | {"since_on_2": "2023", "replaces": before.code})
    assert page.status_code == 200 and "can have moved before" in page.content.decode()
    assert "Room 4, Street 271" in page.content.decode(), "what was typed is kept"


@pytest.mark.parametrize(("since_on", "reason"), [
    (LONG_AGO - timedelta(days=1), "before"), (timezone.localdate() + timedelta(days=2), "future"),
])
def test_the_action_refuses_an_impossible_day(cast: Cast, since_on: date, reason: str) -> None:
    survivor, _before = housed(cast)
    with acting_as(cast.care_worker), pytest.raises(Refused):
        residences.move(survivor, by=cast.care_worker, placement="own", address="x", since_on=since_on)
    assert last_events(1)[0]["why"]["code"] == reason


def test_a_closed_file_moves_nobody(cast: Cast, signed_in: SignIn) -> None:
    survivor, _before = housed(cast)
    with acting_as(cast.care_worker):
        survivors.advance(survivor, by=cast.care_worker, to=SurvivorState.FOLLOWED_UP)
        survivors.advance(survivor, by=cast.care_worker, to=SurvivorState.CLOSED)
    client, address = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/move/"
    assert "This file is closed" in client.get(address).content.decode()
    assert client.post(address, NEW).status_code == 404


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_else_changes_or_reads_an_address(cast: Cast, who: str) -> None:
    survivor, _home = housed(cast)
    user = getattr(cast, who)
    with acting_as(user, "r"):
        assert not Residence.objects.exists()
    with pytest.raises((Refused, DatabaseError)), acting_as(user):
        residences.move(survivor, by=user, placement="own", address="x", since_on=date(2024, 5, 1))
    with acting_as(cast.care_worker, "r"):
        assert Residence.objects.count() == 1


def test_only_one_place_at_a_time_even_past_the_action(cast: Cast) -> None:
    survivor, home = housed(cast)
    worker = cast.care_worker
    second = Residence(code="RS-0000-0001", file=survivor.file, survivor=survivor, placement="own",
                       since_on=date(2025, 1, 1))
    with pytest.raises(DatabaseError), acting_as(worker), entry("residence.changed", by=worker, about=home):
        second.save()
