"""Group 1: what belongs elsewhere is put in a row's place, on the real tables, by the application's role and mightier ones."""

from __future__ import annotations

import uuid
from dataclasses import replace

import psycopg
import pytest
from django.db import DatabaseError

from aftercare.models import Residence
from audit.verifying.records import Reconciler
from audit.verifying.report import Report
from ijm.people.models import Name, Person
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault.boxes import Box
from ijm.vault.errors import Tampered, VaultError
from ijm.vault.keyring import KEYS, SEARCH, DataKey
from prosecutions.models import Hearing
from tests import records
from tests.trail import last_events
from tests.vault.attacks import AT_READ, AT_WRITE, FOUND, attack
from tests.vault.conftest import Ground
from tests.vault.hands import EVERY_HAND, SUPERUSER, bundle_of, field_of, planted, said, said_to_keys, without_triggers

every_hand = pytest.mark.parametrize("hand", EVERY_HAND)
TAMPERED, STALE = "VAULT-TAMPERED", "VAULT-STALE"


@every_hand
@attack(1, AT_READ)
def test_another_name_of_the_same_person_on_the_same_file(ground: Ground, hand: str) -> None:
    """One key, one file, one compartment, one revision: only the row differs."""
    name, he = ground.name(), ground.cast.investigator
    with acting_as(he, "r"):
        alias = name.person.aliases.get()
    other = records.named(alias, he, family="Chea")
    assert other.identity_key == name.identity_key
    planted(name, bundle_of(other, "identity"), hand=hand, by=he)
    assert ground.read(name, "family") == {"family": TAMPERED}
    assert ground.read(other, "family") == {"family": "Chea"}


@every_hand
@attack(1, AT_READ)
def test_a_name_of_another_person_on_another_file(ground: Ground, hand: str) -> None:
    name, other = ground.name(), ground.name(family="Chea")
    planted(name, bundle_of(other, "identity"), hand=hand, by=ground.cast.investigator)
    assert ground.read(name, "family", "given") == {"family": TAMPERED, "given": TAMPERED}


@attack(1, AT_READ)
def test_a_residence_of_another_office(ground: Ground) -> None:
    home, she = ground.home(), ground.cast.far_care_worker
    far = records.home_of(records.survivor_of(she), she, address="House 2")
    planted(home, bundle_of(far, "whereabouts"), hand=SUPERUSER, by=she)
    assert ground.read(home, "address", "reason") == {"address": TAMPERED, "reason": "her aunt asked"}


@every_hand
@attack(1, AT_READ)
def test_another_compartment_of_the_same_row(ground: Ground, hand: str) -> None:
    home = ground.home()
    planted(home, bundle_of(home, "narrative", under="whereabouts"), hand=hand, by=ground.cast.care_worker)
    assert ground.read(home, "address", "reason") == {"address": TAMPERED, "reason": "her aunt asked"}


@attack(1, AT_READ)
def test_another_bundle_of_the_same_compartment_of_the_same_row(ground: Ground) -> None:
    """Two columns of one compartment share row, key and revision: the label of each is under its seal."""
    hearing = Hearing(file_id=records.file_of(ground.cast.investigator).pk, room_note="Room 4", outcome_note="Put off")
    room, outcome = (field_of(Hearing, name) for name in ("legal", "outcome"))
    assert room.seal(hearing) and outcome.seal(hearing) and hearing.legal_key == hearing.outcome_key
    keys = room.keys_of([hearing])
    assert room.open(hearing, keys) == {"room_note": "Room 4"}
    hearing.legal = hearing.outcome
    with pytest.raises(Tampered):
        room.open(hearing, keys)


@attack(1, AT_READ)
def test_another_model_with_the_same_id_and_the_same_person(ground: Ground) -> None:
    name = ground.name()
    with acting_as(ground.cast.investigator, "r"):
        whose = Person.objects.get(pk=name.person_id)
    forged = Name(id=whose.pk, person_id=whose.pk, identity=whose.identity, identity_rev=whose.identity_rev,
                  identity_key=whose.identity_key)
    field = field_of(Name, "identity")
    with pytest.raises(Tampered):
        field.open(forged, field.keys_of([forged]))


@every_hand
@attack(1, AT_READ)
def test_an_older_bundle_from_the_history(ground: Ground, hand: str) -> None:
    home, former = twice_saved(ground)
    planted(home, {"whereabouts": former["whereabouts"]}, hand=hand, by=ground.cast.care_worker)
    assert ground.read(home, "address") == {"address": STALE}


@every_hand
@attack(1, FOUND)
def test_an_older_bundle_from_the_history_with_its_revision(ground: Ground, hand: str) -> None:
    """It opens: it was true once, in this very place. The log knows a newer revision and another digest."""
    home, former = twice_saved(ground)
    logged = last_events(1)[0]["dig"][f"{home.pk}.whereabouts"]
    planted(home, former, hand=hand, by=ground.cast.care_worker)
    assert ground.read(home, "address") == {"address": "House 12, Street 271"}
    assert logged.startswith("2:") and former["whereabouts_rev"] == 1
    assert found_in(home) == {"went-back"}


def found_in(home: Residence) -> set[str]:
    """What the reconciler says of this row."""
    return {trouble.kind for trouble in Reconciler(Report()).rows([(home._meta.db_table, home.pk)]).troubles}


def twice_saved(ground: Ground) -> tuple[Residence, dict[str, object]]:
    """A residence that was corrected once, and the columns of its first version as the history keeps them."""
    home, she = ground.home(), ground.cast.care_worker
    with acting_as(she), entry("test.changed", by=she, about=None):
        home.address = "House 3"
        home.save()
        first = Residence.history.filter(id=home.pk).earliest("history_date")
    return home, bundle_of(first, "whereabouts")


MOVED = "UPDATE people_name SET person_id = %s WHERE id = %s"


@pytest.mark.parametrize("hand", EVERY_HAND)
@attack(1, AT_WRITE)
def test_a_whole_row_moved_to_another_person(ground: Ground, hand: str) -> None:
    name, other = ground.name(), ground.name()
    with pytest.raises((DatabaseError, psycopg.Error)):
        said(MOVED, other.person_id, name.pk, hand=hand, by=ground.cast.investigator)


@attack(1, AT_READ)
def test_a_whole_row_moved_to_another_person_by_who_took_the_triggers_away(ground: Ground) -> None:
    """The seal is whole and the key is there, but it is not the key of whose row it claims to be."""
    name, other = ground.name(), ground.name()
    with without_triggers("people_name"):
        said(MOVED, other.person_id, name.pk, hand=SUPERUSER)
    assert ground.read(name, "family") == {"family": TAMPERED}


@attack(1, AT_READ)
def test_a_residence_moved_to_another_survivor(ground: Ground) -> None:
    """Her person is two steps away; who looks at her is written down, and so those steps have been gone by then."""
    home, other = ground.home(), records.survivor_of(ground.cast.care_worker)
    with without_triggers("aftercare_residence"):
        said("UPDATE aftercare_residence SET survivor_id = %s, file_id = %s WHERE id = %s", other.pk, other.file_id, home.pk,
             hand=SUPERUSER)
    assert ground.read(home, "address", "reason") == {"address": TAMPERED, "reason": TAMPERED}


@every_hand
@attack(1, AT_READ)
def test_a_wrapped_key_of_another_person(ground: Ground, hand: str) -> None:
    home, other = ground.home(), ground.home()
    wrapped = DataKey.objects.using(KEYS).get(id=other.whereabouts_key).wrapped
    said_to_keys("UPDATE vault_key SET wrapped = %s WHERE id = %s", bytes(wrapped), home.whereabouts_key, hand=hand)
    assert ground.read(home, "address", "reason") == {"address": TAMPERED, "reason": "her aunt asked"}
    assert ground.read(other, "address") == {"address": "House 12, Street 271"}


@attack(1, AT_READ)
def test_a_wrapped_key_of_another_compartment_of_the_same_person(ground: Ground) -> None:
    home = ground.home()
    wrapped = DataKey.objects.using(KEYS).get(id=home.narrative_key).wrapped
    said_to_keys("UPDATE vault_key SET wrapped = %s WHERE id = %s", bytes(wrapped), home.whereabouts_key)
    assert ground.read(home, "address", "reason") == {"address": TAMPERED, "reason": "her aunt asked"}


@attack(1, AT_READ)
def test_a_key_row_given_to_another_person(ground: Ground) -> None:
    home, other = ground.home(), ground.home()
    whose = DataKey.objects.using(KEYS).get(id=home.whereabouts_key)
    said_to_keys("UPDATE vault_key SET state = 'retired' WHERE id = %s", other.whereabouts_key)
    theirs = DataKey.objects.using(KEYS).get(id=other.whereabouts_key)
    said_to_keys("UPDATE vault_key SET scope_uuid = %s WHERE id = %s", theirs.scope_uuid, whose.id)
    assert ground.read(home, "address") == {"address": TAMPERED}
    said_to_keys("UPDATE vault_key SET scope_uuid = %s WHERE id = %s", whose.scope_uuid, whose.id)
    assert ground.read(home, "address") == {"address": "House 12, Street 271"}


@pytest.mark.parametrize("other", [{"row": uuid.UUID(int=2)}, {"label": "other.v1"}, {"rev": 8}])
@attack(1, AT_READ)
def test_a_box_in_another_place(ground: Ground, other: dict[str, object]) -> None:
    """What is sealed whole (segments of names, drafts, results) opens in its own place and revision only."""
    box = Box("test.v1", SEARCH, uuid.UUID(int=1), uuid.UUID(int=1), 7)
    stored, _number = box.seal(b"a list of names")
    assert box.open(stored) == b"a list of names"
    with pytest.raises(VaultError):
        replace(box, **other).open(stored)  # type: ignore[arg-type]
