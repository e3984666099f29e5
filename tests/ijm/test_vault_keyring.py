"""Keys per person or file and compartment, in a database of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings as django_settings
from django.db import DatabaseError, IntegrityError, connections, transaction

from ijm.roles.table import Open
from ijm.vault import keyring, making, opened
from ijm.vault.errors import KeyDestroyed, KeyForbidden, KeyUnknown, KeyWorn, RootSealed, Tampered, VaultError
from ijm.vault.keyring import KEYS, DataKey, Kek
from ijm.vault.roots import FileRoot
from ijm.vault.router import Router
from tests import databases
from tests.cluster import VAR
from tests.ijm.key_database import force, key_database, no_keys

__all__ = ("key_database", "no_keys")
WHO = uuid.UUID(int=77)
pytestmark = pytest.mark.usefixtures("no_keys")


def made(scope: uuid.UUID = WHO, compartment: str = "identity") -> keyring.Key:
    return keyring.key_for("subject", scope, compartment)


def refusal(number: int) -> VaultError:
    assert keyring.keys([number]) == {}
    return keyring.why_not(number)


def test_a_key_is_made_once_and_found_again() -> None:
    first = made()
    assert made() is first, "this process holds it open"
    keyring.forget()
    assert made().id == first.id and DataKey.objects.using(KEYS).filter(scope_uuid=WHO).count() == 1


def test_each_compartment_and_each_scope_has_a_key_of_its_own_and_they_are_wrapped_apart() -> None:
    one, other = made(), made(compartment="clinical")
    more = made(uuid.UUID(int=78)), keyring.key_for("file", WHO, "identity")
    assert len({key.id for key in (one, other, *more)}) == 4
    sealed = one.aead.encrypt(b"0" * 12, b"text", b"")
    with pytest.raises(InvalidTag):
        other.aead.decrypt(b"0" * 12, sealed, b"")
    assert Kek.objects.using(KEYS).filter(compartment__in=("identity", "clinical")).count() == 2


def test_no_key_lies_open_in_its_table() -> None:
    key = made()
    sealed = key.aead.encrypt(b"0" * 12, b"text", b"")
    row = DataKey.objects.using(KEYS).get(id=key.id)
    for at in range(len(row.wrapped) - 31):
        with pytest.raises(InvalidTag):
            AESGCM(bytes(row.wrapped)[at : at + 32]).decrypt(b"0" * 12, sealed, b"")


def test_keys_come_with_one_query_and_then_with_none(django_assert_num_queries) -> None:
    numbers = [made(uuid.UUID(int=n)).id for n in range(100, 105)]
    keyring.forget()
    opened.heed()
    with django_assert_num_queries(2, using=KEYS):
        assert set(keyring.keys(numbers)) == set(numbers)
    with django_assert_num_queries(0, using=KEYS):
        assert set(keyring.keys(numbers)) == set(numbers)


def test_why_fifty_keys_do_not_open_is_known_without_asking_again(django_assert_num_queries) -> None:
    gone = [made(uuid.UUID(int=n)).id for n in range(100, 103)]
    for n in range(100, 103):
        keyring.destroy_all("subject", uuid.UUID(int=n), by=WHO, certificate="ER-1")
    opened.heed()
    assert keyring.keys([*gone, 999_999]) == {}
    with django_assert_num_queries(0, using=KEYS):
        assert {type(keyring.why_not(number)) for number in gone} == {KeyDestroyed}
        assert isinstance(keyring.why_not(999_999), KeyUnknown)


def test_a_key_is_asked_for_anew_after_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    number, now = made().id, time.monotonic()
    held = keyring.keys([number])[number]
    monkeypatch.setattr(opened.time, "monotonic", lambda: now + keyring.CACHE_LIFE + 1)
    again = keyring.keys([number])[number]
    assert again is not held and again.id == number
    monkeypatch.setattr(opened.time, "monotonic", lambda: now + 2 * keyring.CACHE_LIFE + 3)
    assert made().id == number


def test_the_cache_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "CACHE_SIZE", 3)
    numbers = [made(uuid.UUID(int=n)).id for n in range(200, 206)]
    assert len(opened._cache) == 3 and set(keyring.keys(numbers)) == set(numbers)
    for number in range(900, 910):
        assert isinstance(refusal(number), KeyUnknown)
    assert len(opened._refused) <= 3


def test_a_cold_cache_under_eight_threads_unwraps_each_key_once(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [made(uuid.UUID(int=n)).id for n in range(300, 310)]
    keyring.forget()
    real, opens = opened.cipher_of, []
    monkeypatch.setattr(opened, "cipher_of", lambda plain: opens.append(1) or real(plain))
    barrier, found = threading.Barrier(8), []

    def ask() -> None:
        barrier.wait()
        found.append(set(keyring.keys(numbers)))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [set(numbers)] * 8
    assert len(opens) == len(numbers) + 1, "ten data keys and their compartment's key"


def test_a_child_process_begins_without_keys() -> None:
    made()
    if (child := os.fork()) == 0:
        os._exit(len(opened._cache) + len(opened._keks))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 and opened._cache
    lock = opened.loading
    opened._after_fork()
    assert opened.loading is not lock and not opened._cache, "a lock that a thread of the parent held is not waited for"


def test_a_scope_whose_parcel_was_shredded_gets_a_new_key() -> None:
    old = made().id
    assert keyring.destroy("subject", WHO, "identity", by=WHO) == 1
    assert made().id != old and isinstance(refusal(old), KeyDestroyed)


def test_a_key_nobody_made_is_unknown() -> None:
    assert isinstance(refusal(999_999), KeyUnknown)
    keyring.forget()
    assert isinstance(keyring.why_not(999_999), KeyUnknown), "also where nobody has asked for it yet"


def test_a_key_whose_compartment_key_is_not_there_is_unknown(no_keys: str) -> None:
    number = made().id
    force(no_keys, "DELETE FROM vault_kek WHERE compartment = 'identity'")
    assert isinstance(refusal(number), KeyUnknown)


def test_a_process_opens_only_the_compartments_it_was_given(settings) -> None:
    mine, hers = made(compartment="narrative").id, made(compartment="clinical").id
    keyring.forget()
    settings.COMPARTMENTS = ("narrative",)
    assert set(keyring.keys([mine, hers])) == {mine}
    assert isinstance(keyring.why_not(hers), KeyForbidden)
    for refused in (made, lambda compartment: keyring.renew("subject", WHO, compartment)):
        with pytest.raises(KeyForbidden):
            refused(compartment="clinical")
    assert [keyring.allowed(name) for name in ("narrative", "evidence", "search", "parcel")] == [True, False, False, True]
    settings.COMPARTMENTS = ("identity",)
    assert keyring.allowed("search"), "sealed lists of names go with the names"
    settings.COMPARTMENTS = ()
    assert all(keyring.allowed(name) for name in (*Open.values, "search", "evidence")) and not keyring.allowed("other")


def test_a_broken_wrapped_key_takes_down_itself_alone(no_keys: str) -> None:
    one, two, three = (made(uuid.UUID(int=n)).id for n in (1, 2, 3))
    force(no_keys, "UPDATE vault_key SET wrapped = set_byte(wrapped, 59, get_byte(wrapped, 59) # 1) WHERE id = %s", one)
    force(no_keys, "UPDATE vault_key SET wrapped = (SELECT wrapped FROM vault_key WHERE id = %s) WHERE id = %s", three, two)
    assert set(keyring.keys([one, two, three])) == {three}
    assert {type(keyring.why_not(number)) for number in (one, two)} == {Tampered}
    with pytest.raises(Tampered):
        made(uuid.UUID(int=1))


def test_a_wrapped_key_of_any_other_length_is_refused(no_keys: str) -> None:
    number = made().id
    for length in (1, 7, 8, 12, 28, 59, 61):
        force(no_keys, "UPDATE vault_key SET wrapped = rpad('', %s, 'x')::bytea WHERE id = %s", length, number)
        assert isinstance(refusal(number), Tampered)
    force(no_keys, "UPDATE vault_kek SET wrapped = 'short', canary = 'x'")
    assert isinstance(refusal(number), Tampered)


@pytest.mark.parametrize("column", ["wrapped", "canary"])
def test_a_changed_compartment_key_opens_nothing_and_seals_nothing(no_keys: str, column: str) -> None:
    number, sister = made().id, made(compartment="clinical").id
    force(no_keys, f"UPDATE vault_kek SET {column} = set_byte({column}, 59, get_byte({column}, 59) # 1)"
                   " WHERE compartment = 'identity'")
    assert set(keyring.keys([number, sister])) == {sister} and isinstance(keyring.why_not(number), Tampered)
    with pytest.raises(Tampered):
        made(uuid.UUID(int=5))


def test_the_key_is_committed_before_any_data(db: None) -> None:
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
        "DROP TRIGGER vault_key_kept ON vault_key",
        "ALTER TABLE vault_key DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (x int)",
        # the states: what ended stays ended
        "UPDATE vault_key SET state = 'destroyed'",
        "UPDATE vault_key SET state = 'active' WHERE state = 'retired'",
        "UPDATE vault_key SET state = 'retired', wrapped = 'x' WHERE state = 'destroyed'",
        "UPDATE vault_key SET destroyed_at = now() WHERE state = 'destroyed'",
        "UPDATE vault_key SET certificate = 'other' WHERE certificate <> ''",
        "UPDATE vault_key SET messages = messages - 1",
        "UPDATE vault_kek SET state = 'destroyed', wrapped = '' WHERE compartment = 'identity'",
    ],
)
def test_the_serving_role_neither_deletes_nor_brings_back(sql: str) -> None:
    made()
    keyring.renew("subject", WHO, "identity")
    keyring.destroy_all("file", WHO, by=WHO, certificate="ER-1")
    with pytest.raises(DatabaseError), connections[KEYS].cursor() as cursor:
        cursor.execute(sql)


def test_two_active_keys_of_one_scope_are_refused() -> None:
    row = DataKey.objects.using(KEYS).get(id=made().id)
    row.id = 900_000
    with pytest.raises(IntegrityError):
        row.save(using=KEYS, force_insert=True)


def test_a_key_that_cannot_be_written_is_tried_three_times_and_then_said(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    real = keyring._make

    def fail(*args: object) -> None:
        tries.append(1)
        raise IntegrityError

    monkeypatch.setattr(keyring, "_make", fail)
    with pytest.raises(IntegrityError):
        made()
    assert len(tries) == 3
    monkeypatch.setattr(keyring, "_make", lambda *args: fail() if len(tries) < 5 else real(*args))
    assert made().id and len(tries) == 5


def test_a_compartment_key_renewed_meanwhile_is_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    stale = making.active_kek("identity")
    keyring.renew_kek("identity")
    real, given = making.active_kek, [stale]
    monkeypatch.setattr(keyring, "active_kek", lambda compartment: given.pop() if given else real(compartment))
    assert made(uuid.UUID(int=6)).id and not given
    assert DataKey.objects.using(KEYS).get(scope_uuid=uuid.UUID(int=6)).kek_id != stale[0].id


def test_a_faster_process_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    first, kek = made(), making.active_kek("identity")[0]
    keyring.forget()
    keyring._make("subject", [WHO], "identity")
    assert made().id == first.id
    assert making._first("identity").id == kek.id, "looked up again where one process at a time may make it"


def test_a_wrong_root_makes_no_key_beside_the_right_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ijm.vault.roots import file

    number = made().id
    (tmp_path / "words").write_bytes(b"other words")
    file.create(tmp_path / "root.key", b"other words")
    monkeypatch.setattr(making.roots, "root", lambda: FileRoot(tmp_path / "root.key", tmp_path / "words"))
    keyring.forget()
    assert isinstance(refusal(number), Tampered)
    with pytest.raises(RootSealed):
        made(compartment="witness")
    assert not Kek.objects.using(KEYS).filter(compartment="witness").exists()
    monkeypatch.setattr(making.roots, "root", lambda: FileRoot(tmp_path / "absent", tmp_path / "words"))
    keyring.forget()
    assert isinstance(refusal(number), RootSealed)


def test_a_key_that_has_sealed_two_to_the_thirty_two_seals_no_more() -> None:
    number = made().id
    assert keyring.worn({number: 2**28 - 1}) == [] and keyring.worn({number: 2**28}) == [number]
    assert keyring.worn({number: 5}) == [number], "a count never goes down"
    keyring.worn({number: 2**32})
    keyring.forget()
    assert keyring.keys([number])[number].id == number, "it opens what it sealed"
    with pytest.raises(KeyWorn):
        made()
    assert keyring.renew("subject", WHO, "identity").id != number


RACER = """
import sys, uuid, time
import django; django.setup()
from ijm.vault import keyring
print("ready", flush=True); sys.stdin.readline()
print(keyring.key_for("subject", uuid.UUID(int=4711), "source").id)
"""


def process_env(name: str, **said: str) -> dict[str, str]:
    """The environment of another process of the same office."""
    return os.environ | databases.variables("postgres", name) | {
        "DJANGO_SETTINGS_MODULE": "ijm.settings", "IJM_VAR": str(VAR)} | said


def test_two_processes_that_race_get_the_same_key(no_keys: str) -> None:
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER], env=process_env(no_keys), cwd=django_settings.BASE_DIR, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
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


def test_who_reads_the_main_database_cannot_reach_the_keys(no_keys: str, db: None) -> None:
    import psycopg

    for role in ("ijm_app", "ijm_audit"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(databases.CLUSTER.url(role, no_keys))
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(databases.CLUSTER.url("ijm_keys", databases.names()[0]))
