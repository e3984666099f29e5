"""Groups 4 and 6: old things put back, and key numbers that are not a row's own."""

from __future__ import annotations

import struct
import uuid
from typing import Any

import pytest
from django.db import DatabaseError

from aftercare.models import Residence
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import keyring
from ijm.vault.errors import VaultError
from ijm.vault.keyring import KEYS, DataKey, Kek
from tests.vault.attacks import AT_READ, AT_WRITE, LEFT, attack
from tests.vault.conftest import Ground
from tests.vault.hands import APP, EVERY_HAND, SUPERUSER, field_of, planted, said_to_keys

UNKNOWN, DESTROYED, TAMPERED, FORBIDDEN = "VAULT-KEY-UNKNOWN", "VAULT-KEY-DESTROYED", "VAULT-TAMPERED", "VAULT-KEY-FORBIDDEN"
CLERK = uuid.UUID(int=5)


def renumbered(home: Residence, number: int) -> dict[str, Any]:
    """The columns of this row, saying that another key sealed them."""
    head = struct.pack(">I", number)
    return {"whereabouts": home.whereabouts[:2] + head + home.whereabouts[6:], "whereabouts_key": min(number, 2**31 - 1)}


@pytest.mark.parametrize("hand", EVERY_HAND)
@pytest.mark.parametrize("number", [0, 1_999_999_999, 2**31 - 1, 2**31, 2**32 - 1])
@attack(6, AT_READ)
def test_a_number_that_no_key_has(ground: Ground, hand: str, number: int) -> None:
    home = ground.home()
    planted(home, renumbered(home, number), hand=hand, by=ground.cast.care_worker)
    said = UNKNOWN if number < 2**31 else TAMPERED  # the column cannot say such a number, so it differs from the header
    assert ground.read(home, "address", "reason") == {"address": said, "reason": "her aunt asked"}


@attack(6, AT_READ)
def test_the_number_of_a_key_of_the_same_person_in_another_compartment(ground: Ground) -> None:
    home = ground.home()
    planted(home, renumbered(home, home.narrative_key), hand=APP, by=ground.cast.care_worker)
    assert ground.read(home, "address")["address"] in (FORBIDDEN, TAMPERED)


@attack(6, AT_READ)
def test_the_number_of_another_persons_key(ground: Ground) -> None:
    home, other = ground.home(), ground.home()
    planted(home, renumbered(home, other.whereabouts_key), hand=APP, by=ground.cast.care_worker)
    assert ground.read(home, "address") == {"address": TAMPERED}


@attack(6, AT_READ)
def test_a_number_in_the_column_alone(ground: Ground) -> None:
    """The header is under the seal, the column is not: where they differ, somebody wrote the column."""
    home, other = ground.home(), ground.home()
    planted(home, {"whereabouts_key": other.whereabouts_key}, hand=SUPERUSER, by=ground.cast.care_worker)
    assert ground.read(home, "address", "reason") == {"address": TAMPERED, "reason": "her aunt asked"}


@attack(6, AT_WRITE)
def test_a_number_in_the_column_does_not_choose_the_key_of_the_next_save(ground: Ground) -> None:
    """Otherwise what is written of one person would outlive the erasure of her keys, sealed under another's."""
    home, other, she = ground.home(), ground.home(), ground.cast.care_worker
    own = home.whereabouts_key
    planted(home, {"whereabouts_key": other.whereabouts_key}, hand=SUPERUSER, by=she)
    with acting_as(she), entry("test.changed", by=she, about=None):
        mine = Residence.objects.get(pk=home.pk)
        mine.address, mine.directions, mine.phone_there = "House 3", None, None
        try:
            mine.save()
        except VaultError:
            return
    assert mine.whereabouts_key == own
    assert struct.unpack(">I", mine.whereabouts[2:6])[0] == own


@attack(6, AT_READ)
def test_a_destroyed_key(ground: Ground) -> None:
    home = ground.home()
    keyring.destroy("subject", home.survivor.alias.person_id, "whereabouts", by=CLERK)
    keyring.forget()
    assert ground.read(home, "address", "reason") == {"address": DESTROYED, "reason": "her aunt asked"}


@pytest.mark.parametrize("kek", ["none", "of another compartment"])
@attack(6, AT_READ)
def test_a_key_said_to_hang_on_another_compartments_key(ground: Ground, kek: str) -> None:
    home, other = ground.home(), ground.home()
    said = 2_000_000 if kek == "none" else DataKey.objects.using(KEYS).get(id=home.narrative_key).kek_id
    said_to_keys("UPDATE vault_key SET kek_id = %s WHERE id = %s", said, home.whereabouts_key)
    told = UNKNOWN if kek == "none" else TAMPERED
    assert ground.read(home, "address", "reason") == {"address": told, "reason": "her aunt asked"}
    assert ground.read(other, "address") == {"address": "House 12, Street 271"}


@attack(6, AT_READ)
def test_a_compartments_key_under_another_version(ground: Ground) -> None:
    """Its version is under its seal: an older key of a compartment cannot be shown as the newer one."""
    home = ground.home()
    kek = DataKey.objects.using(KEYS).get(id=home.whereabouts_key).kek_id
    version = Kek.objects.using(KEYS).get(id=kek).version
    said_to_keys("UPDATE vault_kek SET version = %s WHERE id = %s", version + 7, kek)
    try:
        assert ground.read(home, "address", "reason") == {"address": TAMPERED, "reason": "her aunt asked"}
    finally:
        said_to_keys("UPDATE vault_kek SET version = %s WHERE id = %s", version, kek)
    assert ground.read(home, "address") == {"address": "House 12, Street 271"}


@attack(4, AT_WRITE)
def test_a_destroyed_key_from_an_old_backup_put_back_by_the_serving_role(ground: Ground) -> None:
    home = ground.home()
    wrapped = bytes(DataKey.objects.using(KEYS).get(id=home.whereabouts_key).wrapped)
    keyring.destroy("subject", home.survivor.alias.person_id, "whereabouts", by=CLERK)
    for change in ("state = 'active', wrapped = %s", "state = 'retired', wrapped = %s", "wrapped = %s"):
        with pytest.raises(DatabaseError):
            said_to_keys(f"UPDATE vault_key SET {change} WHERE id = %s", wrapped, home.whereabouts_key, hand=APP)
    assert ground.read(home, "address") == {"address": DESTROYED}


@attack(4, LEFT)
def test_a_destroyed_key_from_an_old_backup_put_back_by_the_superuser(ground: Ground) -> None:
    """Nothing in the database can stop its superuser: that is why backups of keys end after a set time."""
    home = ground.home()
    before = DataKey.objects.using(KEYS).get(id=home.whereabouts_key)
    keyring.destroy("subject", home.survivor.alias.person_id, "whereabouts", by=CLERK)
    said_to_keys("SET session_replication_role = replica; UPDATE vault_key SET state = 'active', wrapped = '\\x"
                 f"{bytes(before.wrapped).hex()}' WHERE id = {before.id}")
    assert ground.read(home, "address") == {"address": "House 12, Street 271"}


@attack(4, AT_READ)
def test_an_old_revision_of_one_compartment_beside_a_new_one_of_another(ground: Ground) -> None:
    """Each compartment has a revision of its own; the row's own revision cannot stand in for it."""
    home, she = ground.home(), ground.cast.care_worker
    former = home.narrative
    with acting_as(she), entry("test.changed", by=she, about=None):
        home.reason = "her aunt moved"
        home.save()
    planted(home, {"narrative": former, "rev": 1}, hand=SUPERUSER, by=she)
    assert ground.read(home, "address", "reason") == {"address": "House 12, Street 271", "reason": "VAULT-STALE"}


@attack(4, AT_READ)
def test_a_revision_written_into_the_row_does_not_make_an_old_bundle_new(ground: Ground) -> None:
    home, she = ground.home(), ground.cast.care_worker
    planted(home, {"whereabouts_rev": 2}, hand=SUPERUSER, by=she)
    assert ground.read(home, "address") == {"address": "VAULT-STALE"}
    planted(home, {"whereabouts": home.whereabouts[:6] + struct.pack(">I", 2) + home.whereabouts[10:]}, hand=SUPERUSER, by=she)
    assert ground.read(home, "address") == {"address": TAMPERED}


@attack(6, AT_WRITE)
def test_a_broken_bundle_is_never_sealed_over_in_part(ground: Ground) -> None:
    home, she = ground.home(), ground.cast.care_worker
    planted(home, {"whereabouts": home.whereabouts[:-1] + b"\0"}, hand=SUPERUSER, by=she)
    with acting_as(she), entry("test.changed", by=she, about=None):
        mine = Residence.objects.get(pk=home.pk)
        mine.address = "House 3"
        with pytest.raises(VaultError):
            mine.save()
    assert field_of(Residence, "whereabouts").names == ("address", "directions", "phone_there")
