"""How much the vault does, exactly: one encryption for each changed compartment of a save, one unwrapping of a key a page."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from aftercare.models import Residence
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import keyring
from ijm.vault.disclosure import disclose
from ijm.vault.keyring import KEYS
from tests import records
from tests.vault.attacks import HARMLESS, attack
from tests.vault.conftest import Ground
from tests.vault.counting import bundles, counting, unwrapped

CHANGES = [
    # a whole compartment: opened once too, so that the event can promise from what
    ({"address": "House 3", "directions": None, "phone_there": None}, 1, 1),
    ({"address": "House 3"}, 1, 1),  # a part: the rest is opened once
    ({"address": "House 3", "reason": "nearer to school"}, 2, 2),  # parts of two
    ({"placement": "shelter"}, 0, 0),  # nothing sealed
    ({}, 0, 0),
]


@pytest.mark.parametrize(("values", "sealed", "opened"), CHANGES)
def test_a_save_seals_each_changed_compartment_once_history_included(
        ground: Ground, monkeypatch: pytest.MonkeyPatch, values: dict[str, str], sealed: int, opened: int) -> None:
    home, she = ground.home(), ground.cast.care_worker
    with acting_as(she), entry("test.changed", by=she, about=None):
        mine = Residence.objects.get(pk=home.pk)
        for name, value in values.items():
            setattr(mine, name, value)
        with counting(monkeypatch):
            mine.save()
            assert (bundles("sealed"), bundles("opened")) == (sealed, opened)
        assert Residence.history.filter(id=home.pk).count() == 2


def test_a_new_row_seals_each_compartment_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    survivor = records.survivor_of(ground.cast.care_worker)
    with counting(monkeypatch):
        records.home_of(survivor, ground.cast.care_worker, address="House 3", reason="nearer to school")
        assert (bundles("sealed"), bundles("opened")) == (2, 0)


def names(ground: Ground, count: int) -> list[Name]:
    """Names of as many persons on one file, so each has a key of its own."""
    he = ground.cast.investigator
    file = records.file_of(he)
    people = [records.person_on(file, he).person_id for _ in range(count)]
    with acting_as(he), entry("test.added", by=he, about=file):
        return Name.objects.bulk_create(Name(person_id=person, script="latn", family="Sok", given="Dara") for person in people)


def test_rows_made_in_bulk_are_sealed_once_each(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    with counting(monkeypatch):
        made = names(ground, 5)
        assert (bundles("sealed"), bundles("opened")) == (2 * len(made), 0), "a person and a name each"


def test_a_page_unwraps_each_key_once_and_opens_each_bundle_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    made, he = names(ground, 12), ground.cast.investigator
    with acting_as(he, "r"), counting(monkeypatch):
        rows = list(Name.objects.filter(pk__in=[name.pk for name in made]))
        disclose(rows, "family", "given", to=he)
        assert len(unwrapped()) == 12 and set(unwrapped().values()) == {1}
        assert bundles("opened") == 12
        disclose(rows, "family", to=he)
        assert set(unwrapped().values()) == {1}, "the second page of the same people unwraps nothing"


def test_a_page_of_one_key_unwraps_it_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    name, he = ground.name(), ground.cast.investigator
    with acting_as(he), entry("test.added", by=he, about=None):
        made = Name.objects.bulk_create(Name(person_id=name.person_id, script="latn", family=f"Sok {n}") for n in range(20))
    with acting_as(he, "r"), counting(monkeypatch):
        disclose(list(Name.objects.filter(pk__in=[row.pk for row in made])), "family", to=he)
        assert list(unwrapped().values()) == [1] and bundles("opened") == 20


@attack(9, HARMLESS)
def test_a_stampede_of_eight_on_cold_keys_unwraps_each_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [name.identity_key for name in names(ground, 6)]
    wrong, ready = list[BaseException](), threading.Barrier(8)

    def ask() -> None:
        try:
            ready.wait(10)
            assert keyring.keys(numbers).keys() == set(numbers)
        except BaseException as error:
            wrong.append(error)
        finally:
            connections[KEYS].close()

    with counting(monkeypatch):
        askers = [threading.Thread(target=ask) for _ in range(8)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join(20)
        assert wrong == []
        assert len(unwrapped()) == 6 and set(unwrapped().values()) == {1}
