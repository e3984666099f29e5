"""Group 9: many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from aftercare.models import Residence
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Stale
from ijm.vault import keyring
from tests.vault.attacks import AT_WRITE, HARMLESS, attack
from tests.vault.conftest import Ground


def all_at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each of these gives back, or the error it ends with, when all begin at the same moment."""
    ready, given = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            ready.wait(10)
            given[number] = act()
        except BaseException as error:
            given[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return given


@attack(9, HARMLESS)
def test_eight_readers_while_keys_are_dropped_again_and_again(ground: Ground) -> None:
    """Nobody ever reads another's value, an error or nothing, however often the open keys are forgotten meanwhile."""
    homes = [ground.home(address=f"House {number}") for number in range(4)]

    def reads(number: int) -> set[Any]:
        return {ground.read(homes[number % 4], "address")["address"] for _ in range(2)}

    def forgets() -> None:
        for _ in range(30):
            keyring.forget()

    given = all_at_once([*(lambda number=number: reads(number) for number in range(8)), forgets])
    assert given[:8] == [{f"House {number % 4}"} for number in range(8)]


@attack(9, AT_WRITE)
def test_of_four_who_save_the_same_row_one_wins_and_nothing_breaks(ground: Ground) -> None:
    home, she = ground.home(), ground.cast.care_worker
    loaded = threading.Barrier(4)

    def saves(number: int) -> str:
        with acting_as(she), entry("test.changed", by=she, about=None):
            mine = Residence.objects.get(pk=home.pk)
            mine.address = f"House {number}"
            loaded.wait(10)
            with transaction.atomic():
                mine.save()
        return f"House {number}"

    given = all_at_once([lambda number=number: saves(number) for number in range(4)])
    won = [one for one in given if isinstance(one, str)]
    assert len(won) == 1 and all(isinstance(one, Stale) for one in given if one not in won), given
    assert ground.read(home, "address", "phone_there") == {"address": won[0], "phone_there": "012 345 678"}


@attack(9, HARMLESS)
def test_four_who_need_a_new_key_get_the_same(ground: Ground) -> None:
    scope = ground.home().survivor.alias.person_id
    given = all_at_once([lambda: keyring.key_for("subject", scope, "clinical").id] * 4)
    assert len(set(given)) == 1 and isinstance(given[0], int)


@pytest.mark.parametrize("compartments", [{"narrative"}, {"whereabouts"}])
@attack(9, HARMLESS)
def test_a_compartment_taken_from_a_process_between_two_pages(ground: Ground, settings: Any, compartments: set[str]) -> None:
    """What it was given before is not remembered past a change of roles, when the open keys are dropped."""
    home = ground.home()
    assert ground.read(home, "address", "reason") == {"address": "House 12, Street 271", "reason": "her aunt asked"}
    settings.COMPARTMENTS = frozenset(compartments)
    keyring.forget()
    shown = ground.read(home, "address", "reason")
    assert sorted(value == "VAULT-KEY-FORBIDDEN" for value in shown.values()) == [False, True]
