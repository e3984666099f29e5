"""Keys per person or file and compartment, in a database of their own."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings as django_settings
from django.db import DatabaseError, IntegrityError, connections, transaction

from ijm.roles.table import Open
from ijm.vault import keyring
from ijm.vault.errors import KeyDestroyed, KeyForbidden, KeyUnknown, Tampered
from ijm.vault.keyring import KEYS, DataKey, Kek, State
from ijm.vault.router import Router
from tests import databases

WHO = uuid.UUID(int=77)


@pytest.fixture(autouse=True)
def keys_of_this_test(committed_db: tuple[str, str]) -> Iterator[None]:
    keyring.forget()
    yield


def made(scope: uuid.UUID = WHO, compartment: str = "identity") -> keyring.Key:
    return keyring.key_for("subject", scope, compartment)


def change(number: int, **values: object) -> None:
    DataKey.objects.using(KEYS).filter(id=number).update(**values)
    keyring.forget()


def test_a_key_is_made_once_and_found_again() -> None:
    first = made()
    assert made() is first, "this process holds it open"
    keyring.forget()
    assert made().id == first.id and DataKey.objects.using(KEYS).filter(scope_uuid=WHO).count() == 1


def test_each_compartment_and_each_scope_has_a_key_of_its_own() -> None:
    numbers = {
        made().id,
        made(compartment="clinical").id,
        made(uuid.UUID(int=78)).id,
        keyring.key_for("file", WHO, "identity").id,
    }
    assert len(numbers) == 4


def test_the_compartments_are_wrapped_apart() -> None:
    one, other = made().aead, made(compartment="clinical").aead
    sealed = one.encrypt(b"0" * 12, b"text", b"")
    with pytest.raises(InvalidTag):
        other.decrypt(b"0" * 12, sealed, b"")
    assert Kek.objects.using(KEYS).filter(compartment__in=("identity", "clinical")).count() == 2


def test_no_key_lies_open_in_its_table() -> None:
    key = made()
    sealed = key.aead.encrypt(b"0" * 12, b"text", b"")
    row = DataKey.objects.using(KEYS).get(id=key.id)
    for at in range(len(row.wrapped) - 31):
        with pytest.raises(InvalidTag):
            keyring.AESGCM(bytes(row.wrapped)[at : at + 32]).decrypt(b"0" * 12, sealed, b"")


def test_keys_come_with_one_query_and_then_with_none(django_assert_num_queries) -> None:
    numbers = [made(uuid.UUID(int=n)).id for n in range(100, 105)]
    keyring.forget()
    with django_assert_num_queries(2, using=KEYS):
        assert set(keyring.keys(numbers)) == set(numbers)
    with django_assert_num_queries(0, using=KEYS):
        assert set(keyring.keys(numbers)) == set(numbers)


def test_a_key_is_asked_for_anew_after_five_minutes(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries) -> None:
    number, now = made().id, time.monotonic()
    monkeypatch.setattr(keyring.time, "monotonic", lambda: now + keyring.CACHE_LIFE + 1)
    with django_assert_num_queries(2, using=KEYS):
        assert keyring.keys([number])[number].id == number
    monkeypatch.setattr(keyring.time, "monotonic", lambda: now + 2 * keyring.CACHE_LIFE + 3)
    assert made().id == number


def test_the_cache_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "CACHE_SIZE", 3)
    for n in range(200, 210):
        made(uuid.UUID(int=n))
    assert len(keyring._cache) <= 3


@pytest.mark.parametrize("state", [State.DESTROYED, State.RETIRED])
def test_a_scope_whose_key_ended_gets_a_new_one(state: State) -> None:
    old = made().id
    change(old, state=state)
    assert made().id != old


def test_a_retired_key_still_opens() -> None:
    old = made().id
    change(old, state=State.RETIRED)
    assert keyring.keys([old])[old].id == old


def test_a_destroyed_key_is_gone_and_says_so() -> None:
    old = made().id
    change(old, state=State.DESTROYED)
    assert keyring.keys([old]) == {}
    assert isinstance(keyring.why_not(old), KeyDestroyed)


def test_a_key_destroyed_between_asking_and_opening_does_not_open() -> None:
    row = DataKey.objects.using(KEYS).get(id=made().id)
    row.state = State.DESTROYED
    with pytest.raises(KeyDestroyed):
        keyring._opened([row])


def test_a_key_nobody_made_is_unknown() -> None:
    assert keyring.keys([999_999]) == {}
    assert isinstance(keyring.why_not(999_999), KeyUnknown)


def test_a_process_opens_only_the_compartments_it_was_given(settings) -> None:
    mine, hers = made(compartment="narrative").id, made(compartment="clinical").id
    keyring.forget()
    settings.COMPARTMENTS = frozenset({"narrative"})
    assert set(keyring.keys([mine, hers])) == {mine}
    assert isinstance(keyring.why_not(hers), KeyForbidden)
    with pytest.raises(KeyForbidden):
        made(compartment="clinical")
    assert keyring.allowed("narrative") and not keyring.allowed("clinical")


def test_a_process_that_was_given_none_by_name_has_all_eight(settings) -> None:
    settings.COMPARTMENTS = frozenset()
    assert all(keyring.allowed(compartment) for compartment in Open.values) and not keyring.allowed("other")


def test_a_wrapped_key_with_a_changed_byte_is_refused() -> None:
    number = made().id
    wrapped = bytearray(DataKey.objects.using(KEYS).get(id=number).wrapped)
    wrapped[-1] ^= 1
    change(number, wrapped=bytes(wrapped))
    with pytest.raises(Tampered):
        keyring.keys([number])


def test_a_wrapped_key_of_another_person_is_refused() -> None:
    one, other = made(), made(uuid.UUID(int=78))
    change(one.id, wrapped=DataKey.objects.using(KEYS).get(id=other.id).wrapped)
    with pytest.raises(Tampered):
        keyring.keys([one.id])


def test_a_changed_compartment_key_is_refused() -> None:
    made()
    row = Kek.objects.using(KEYS).get(compartment="identity")
    Kek.objects.using(KEYS).filter(id=row.id).update(wrapped=bytes(row.wrapped)[:-1] + b"\0")
    keyring.forget()
    with pytest.raises(Tampered):
        made()


def test_the_key_is_committed_before_any_data() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        number = made().id
        1 / 0  # noqa: B018
    assert DataKey.objects.using(KEYS).filter(id=number).exists()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM vault_key",
        "TRUNCATE vault_key",
        "UPDATE vault_key SET scope_uuid = scope_uuid",
        "UPDATE vault_key SET compartment = 'x'",
        "DELETE FROM vault_kek",
        "UPDATE vault_kek SET version = 2",
        "DROP TABLE vault_key",
        "CREATE TABLE mine (x int)",
    ],
)
def test_the_serving_role_neither_deletes_nor_gives_a_key_to_another(sql: str) -> None:
    made()
    with pytest.raises(DatabaseError), connections[KEYS].cursor() as cursor:
        cursor.execute(sql)


def test_two_active_keys_of_one_scope_are_refused() -> None:
    row = DataKey.objects.using(KEYS).get(id=made().id)
    row.id = 900_000
    with pytest.raises(IntegrityError):
        row.save(using=KEYS, force_insert=True)


def late(model: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the row from the first look, as if another process committed it a moment later."""
    manager = model.objects
    real, looks = manager.using, []

    def using(alias: str) -> object:
        looks.append(alias)
        return real(alias).none() if len(looks) == 1 else real(alias)

    monkeypatch.setattr(manager, "using", using)


def test_a_faster_process_wins_the_data_key(monkeypatch: pytest.MonkeyPatch) -> None:
    first = made()
    keyring.forget()
    kek = Kek.objects.using(KEYS).get(compartment="identity")
    monkeypatch.setattr(keyring, "_active_kek", lambda compartment: kek)
    late(DataKey, monkeypatch)
    assert made().id == first.id


def test_a_faster_process_wins_the_compartment_key(monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    keyring.forget()
    late(Kek, monkeypatch)
    assert keyring._active_kek("identity").compartment == "identity"
    assert Kek.objects.using(KEYS).filter(compartment="identity").count() == 1


RACER = """
import sys, uuid, time
import django; django.setup()
from ijm.vault import keyring
print("ready", flush=True); sys.stdin.readline()
print(keyring.key_for("subject", uuid.UUID(int=4711), "source").id)
"""


def test_two_processes_that_race_get_the_same_key(committed_db: tuple[str, str]) -> None:
    import os

    env = os.environ | databases.variables(*committed_db) | {"DJANGO_SETTINGS_MODULE": "ijm.settings"}
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER],
            env=env,
            cwd=django_settings.BASE_DIR,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout and racer.stdout.readline() == "ready\n"
    numbers = []
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        out, _err = racer.communicate(timeout=60)
        numbers.append(int(out))
    assert numbers[0] == numbers[1]
    assert DataKey.objects.using(KEYS).filter(scope_uuid=uuid.UUID(int=4711)).count() == 1


def test_keys_live_in_the_key_database_alone() -> None:
    from ijm.people.models import Name

    router = Router()
    assert (router.db_for_read(DataKey), router.db_for_write(Kek), router.db_for_read(Name)) == ("keys", "keys", None)
    assert router.allow_relation(Kek(), DataKey()) and not router.allow_relation(Kek(), Name())
    assert [
        router.allow_migrate(db, app) for db in ("keys", "default", "trail", "auditor") for app in ("vault", "people")
    ] == [True, False, False, True, False, False, False, False]


def test_who_reads_the_main_database_cannot_reach_the_keys(committed_db: tuple[str, str]) -> None:
    import psycopg

    for role in ("ijm_app", "ijm_audit"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(databases.CLUSTER.url(role, committed_db[1]))
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(databases.CLUSTER.url("ijm_keys", committed_db[0]))
