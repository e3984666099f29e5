"""Groups 4, 9 and 11 where keys end: what a new key leaves of the old, an erasure of a person, a root that is away."""

from __future__ import annotations

import os
import threading
import uuid
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.utils import timezone

from aftercare.models import Residence
from audit.verifying.records import destroyed_keys
from audit.verifying.report import Report
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import keyring, opened, roots, rotation
from ijm.vault.errors import KeyDestroyed, ProviderDown, VaultError
from ijm.vault.keyring import KEYS, Counts, DataKey, Kek, State
from tests import records
from tests.ijm import forgetting
from tests.vault.attacks import AT_READ, AT_WRITE, FOUND, HARMLESS, LEFT, attack
from tests.vault.conftest import Ground
from tests.vault.hands import EVERY_HAND, bundle_of, planted, said_to_keys

CLERK = uuid.UUID(int=5)
HERS = {"address": "House 12, Street 271", "reason": "her aunt asked"}


def person_of(home: Residence) -> uuid.UUID:
    """Whose keys seal it."""
    return uuid.UUID(str(home.survivor.alias.person_id))


def turned(home: Residence) -> Counts:
    """Her keys renewed and everything sealed anew."""
    return rotation.subject([("subject", person_of(home))], before=timezone.now())


def again(home: Residence, ground: Ground) -> Residence:
    """The row as it lies now."""
    with acting_as(ground.cast.care_worker, "r"):
        return Residence.objects.get(pk=home.pk)


# what a new key leaves of the old


@pytest.mark.parametrize("hand", EVERY_HAND)
@attack(4, LEFT)
def test_a_bundle_from_before_the_change_of_keys_put_back(ground: Ground, hand: str) -> None:
    """It opens while the old key is kept for old back-ups: same words, same revision. The next run turns it again."""
    home = ground.home()
    turned(home)
    planted(home, bundle_of(home, "whereabouts"), hand=hand, by=ground.cast.care_worker)
    assert ground.read(home, *HERS) == HERS
    assert rotation.turn([home.whereabouts_key]) == Counts(2, 0, 0), "the row, and the history of what was done to it"


@attack(4, AT_READ)
def test_a_key_wrapped_before_the_change_of_its_compartments_key_put_back(ground: Ground) -> None:
    """The older version was destroyed as soon as nothing hung on it: what was wrapped under it opens no more."""
    home = ground.home()
    before = DataKey.objects.using(KEYS).get(id=home.narrative_key)
    assert keyring.renew_kek("narrative").remaining == 0
    after = DataKey.objects.using(KEYS).get(id=home.narrative_key)
    assert before.kek_id != after.kek_id and ground.read(home, *HERS) == HERS
    try:
        for kek in (after.kek_id, before.kek_id):
            said_to_keys("UPDATE vault_key SET wrapped = %s, kek_id = %s WHERE id = %s", bytes(before.wrapped), kek, after.id)
            shown = ground.read(home, *HERS)
            assert shown["address"] == HERS["address"]
            assert shown["reason"] in ("VAULT-TAMPERED", "VAULT-KEY-DESTROYED", "VAULT-KEY-UNKNOWN")
    finally:
        said_to_keys("UPDATE vault_key SET wrapped = %s, kek_id = %s WHERE id = %s", bytes(after.wrapped), after.kek_id, after.id)
    assert ground.read(home, *HERS) == HERS


@attack(4, AT_READ)
def test_a_compartments_key_of_an_older_version_shown_as_the_newer(ground: Ground) -> None:
    home = ground.home()
    old = Kek.objects.using(KEYS).get(compartment="whereabouts", state=State.ACTIVE)
    keyring.renew_kek("whereabouts")
    new = Kek.objects.using(KEYS).get(compartment="whereabouts", state=State.ACTIVE)
    said_to_keys("UPDATE vault_kek SET wrapped = %s WHERE id = %s", bytes(old.wrapped), new.id)
    try:
        assert ground.read(home, *HERS) == {"address": "VAULT-TAMPERED", "reason": "her aunt asked"}
    finally:
        said_to_keys("UPDATE vault_kek SET wrapped = %s WHERE id = %s", bytes(new.wrapped), new.id)
    assert ground.read(home, *HERS) == HERS


@attack(4, AT_WRITE)
def test_a_retired_key_made_active_again_by_the_serving_role(ground: Ground) -> None:
    home = ground.home()
    turned(home)
    with pytest.raises(Exception, match="a retired key seals no more"):
        said_to_keys("UPDATE vault_key SET state = 'active' WHERE id = %s", home.whereabouts_key, hand="application")


@attack(4, AT_READ)
def test_the_key_database_of_another_day(ground: Ground) -> None:
    """Restored from before a person's key was made: her values say that a key is missing, everybody else's open."""
    other, home = ground.home(), ground.home()
    said_to_keys("UPDATE vault_key SET id = id + 1000000 WHERE id = %s", home.whereabouts_key)
    assert ground.read(home, *HERS) == {"address": "VAULT-KEY-UNKNOWN", "reason": "her aunt asked"}
    assert ground.read(other, *HERS) == HERS


# many at once


@attack(9, HARMLESS)
def test_keys_changed_twice_at_once_while_somebody_saves(ground: Ground) -> None:
    home, she = ground.home(), ground.cast.care_worker
    wrong, ready = list[BaseException](), threading.Barrier(3)

    def at_once(act: Any) -> None:
        try:
            ready.wait(10)
            act()
        except BaseException as error:
            wrong.append(error)
        finally:
            connections.close_all()

    def saves() -> None:
        for number in range(4):
            with acting_as(she), entry("test.changed", by=she, about=None):
                mine = Residence.objects.select_for_update().get(pk=home.pk)
                mine.address = f"House {number}"
                mine.save()

    threads = [threading.Thread(target=at_once, args=(act,)) for act in (saves, lambda: turned(home), lambda: turned(home))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert rotation.rest().remaining == 0
    assert ground.read(home, *HERS) == HERS | {"address": "House 3"}
    retired = set(DataKey.objects.using(KEYS).filter(state=State.RETIRED).values_list("id", flat=True))
    now = again(home, ground)
    assert not {now.whereabouts_key, now.narrative_key} & retired


class Away:
    """A root that does not answer."""

    name = "away"

    def wrap(self, *args: Any) -> list[bytes]:
        raise ProviderDown("test")

    def unwrap_many(self, *args: Any) -> list[bytearray | None]:
        raise ProviderDown("test")


@attack(9, HARMLESS)
def test_while_the_root_is_away_what_is_open_stays_open_and_nothing_is_half_done(
        ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    home, other, she = ground.home(), ground.home(), ground.cast.care_worker
    keyring.forget()
    assert ground.read(home, *HERS) == HERS
    monkeypatch.setattr(roots, "root", Away)
    assert ground.read(home, *HERS) == HERS, "keys that are open go on"
    keyring.forget()
    assert set(ground.read(other, *HERS).values()) == {"VAULT-PROVIDER-DOWN"}
    with acting_as(she), pytest.raises(VaultError), entry("test.changed", by=she, about=None):
        records.home_of(other.survivor, she, address="House 3")
    monkeypatch.undo()
    opened.forget()
    assert ground.read(other, *HERS) == HERS


# what an erasure leaves of a person


@pytest.fixture
def erased(ground: Ground) -> Residence:
    """A residence of somebody whose keys were destroyed under a certificate."""
    home = ground.home()
    assert keyring.destroy_all("subject", person_of(home), by=CLERK, certificate="CE-TEST-0001") >= 2
    return home


@attack(11, AT_READ)
def test_nothing_of_an_erased_person_opens_and_others_are_unharmed(ground: Ground, erased: Residence) -> None:
    other = ground.home()
    assert ground.read(erased, *HERS) == dict.fromkeys(HERS, "VAULT-KEY-DESTROYED")
    assert ground.read(other, *HERS) == HERS


@attack(11, AT_READ)
def test_her_past_does_not_open_either(ground: Ground, erased: Residence) -> None:
    with acting_as(ground.cast.care_worker, "r"):
        past = Residence.history.filter(id=erased.pk).get()
        field = Residence._meta.get_field("whereabouts")
        with pytest.raises(KeyDestroyed):
            field.open(past, field.keys_of([past]))


@attack(11, AT_WRITE)
def test_nothing_new_is_sealed_of_her(ground: Ground, erased: Residence) -> None:
    she = ground.cast.care_worker
    with acting_as(she), entry("test.changed", by=she, about=None):
        mine = Residence.objects.get(pk=erased.pk)
        mine.address, mine.directions, mine.phone_there = "House 3", None, None
        with pytest.raises(KeyDestroyed):
            mine.save()
    for compartment in ("identity", "clinical"):
        with pytest.raises(KeyDestroyed):
            keyring.key_for("subject", person_of(erased), compartment)


@attack(11, AT_WRITE)
def test_no_key_is_made_for_her_past_the_application(ground: Ground, erased: Residence) -> None:
    """The key database refuses it itself, whoever asks with the serving role's login."""
    kek = Kek.objects.using(KEYS).get(compartment="whereabouts", state=State.ACTIVE)
    with pytest.raises(Exception, match="no key is made for it"):
        said_to_keys("INSERT INTO vault_key (id, scope_kind, scope_uuid, compartment, kek_id, wrapped, state, created,"
                     " certificate, messages) VALUES (999999, 'subject', %s, 'whereabouts', %s, %s, 'active', now(), '', 0)",
                     person_of(erased), kek.id, bytes(60), hand="application")


@attack(11, AT_READ)
def test_no_copy_of_her_key_lies_in_the_key_database(ground: Ground, erased: Residence) -> None:
    rows = DataKey.objects.using(KEYS).filter(scope_uuid=person_of(erased))
    assert {(row.state, bytes(row.wrapped), row.certificate) for row in rows} == {(State.DESTROYED, b"", "CE-TEST-0001")}


@attack(11, FOUND)
def test_her_keys_from_an_old_backup_put_back_by_the_superuser(ground: Ground) -> None:
    """Who keeps a copy of the keys and rules the server undoes an erasure until those copies end; the night tells it."""
    home, cast = ground.home(), ground.cast
    key = DataKey.objects.using(KEYS).get(id=home.whereabouts_key)
    erasure = forgetting.asked(cast, home.survivor)
    forgetting.close_everything(cast, home.survivor)
    forgetting.worked(forgetting.approved(cast, erasure), cast.data_protection)
    assert destroyed_keys(Report()).troubles == []
    said_to_keys("SET session_replication_role = replica; UPDATE vault_key SET state = 'active', destroyed_at = NULL,"
                 f" certificate = '', wrapped = '\\x{bytes(key.wrapped).hex()}' WHERE id = {key.id}")
    assert ground.read(home, "address") == {"address": HERS["address"]}
    assert django_settings.KEY_BACKUP_DAYS <= 35
    assert [(one.kind, one.row) for one in destroyed_keys(Report()).troubles] == [("key-back", str(person_of(home)))]


@attack(10, HARMLESS)
def test_the_root_key_lies_nowhere_in_the_open(ground: Ground) -> None:
    """Its 32 bytes are in no file beside it, not in the environment, not in the key database."""
    secret = roots.FileRoot(django_settings.ROOT_KEY_FILE, django_settings.ROOT_PASSPHRASE_FILE).reveal()
    held = [path.read_bytes() for path in django_settings.ROOT_KEY_FILE.parent.iterdir() if path.is_file()]
    held += [repr(os.environ).encode(), *(bytes(row.wrapped) for row in Kek.objects.using(KEYS).all())]
    assert len(secret) == 32 and not [one for one in held if secret in one or secret.hex().encode() in one]
