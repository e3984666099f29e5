"""The life of keys: renewed, rewrapped, destroyed, known to other processes; no row of data is touched."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.db import IntegrityError, connections

from ijm.vault import keyring, known, lifecycle, making, opened, roots
from ijm.vault.errors import KeyDestroyed, RootSealed
from ijm.vault.keyring import KEYS, Counts, DataKey, Kek, State
from ijm.vault.root import open_secret, seal_secret
from ijm.vault.roots import FileRoot, file
from tests import databases
from tests.ijm.key_database import force, key_database, no_keys

__all__ = ("key_database", "no_keys")
WHO, OFFICER = uuid.UUID(int=77), uuid.UUID(int=1)
pytestmark = pytest.mark.usefixtures("no_keys")


def made(scope: uuid.UUID = WHO, compartment: str = "identity") -> keyring.Key:
    return keyring.key_for("subject", scope, compartment)


def many(count: int, compartment: str = "identity") -> dict[uuid.UUID, keyring.Key]:
    return keyring.keys_for("subject", [uuid.UUID(int=n + 500) for n in range(count)], compartment)


def flip(name: str, table: str, where: str) -> None:
    """Change one bit of a wrapped key, as a database administrator could."""
    force(name, f"UPDATE {table} SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) WHERE {where}")


@pytest.fixture
def other_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileRoot:
    """Another root, in two files of its own; the cost of scrypt is not what is tested."""
    monkeypatch.setattr(file, "COST", 2)
    (tmp_path / "words").write_bytes(b"other words")
    file.create(tmp_path / "root.key", b"other words")
    return FileRoot(tmp_path / "root.key", tmp_path / "words")


def test_a_renewed_key_seals_and_the_old_one_opens() -> None:
    old = made()
    sealed = old.aead.encrypt(b"0" * 12, b"text", b"")
    new = keyring.renew("subject", WHO, "identity")
    assert new.id != old.id and new.is_active and made() is new
    again = keyring.keys([old.id])[old.id]
    assert not again.is_active and again.aead.decrypt(b"0" * 12, sealed, b"") == b"text"
    assert DataKey.objects.using(KEYS).get(id=old.id).state == State.RETIRED


def test_renewing_what_has_no_key_makes_its_first() -> None:
    assert keyring.renew("subject", WHO, "witness").is_active


def test_a_compartment_key_is_renewed_without_a_data_row_and_its_old_version_is_gone() -> None:
    held = many(3)
    sister, version_one = many(1, "clinical"), Kek.objects.using(KEYS).get(compartment="identity")
    said: list[tuple[int, int]] = []
    assert keyring.renew_kek("identity", progress=lambda done, total: said.append((done, total))) == Counts(3, 0, 0)
    assert said == [(3, 3)]
    rows = {row.version: row for row in Kek.objects.using(KEYS).filter(compartment="identity")}
    assert (rows[1].state, bytes(rows[1].wrapped), rows[1].canary, rows[2].state) == ("destroyed", b"", None, "active")
    keyring.forget()
    again = keyring.keys([key.id for key in (*held.values(), *sister.values())])
    assert len(again) == 4, "the same numbers open, and the sister compartment is untouched"
    sealed = next(iter(held.values())).aead.encrypt(b"0" * 12, b"text", b"")
    assert again[next(iter(held.values())).id].aead.decrypt(b"0" * 12, sealed, b"") == b"text", "the same bytes"
    assert set(DataKey.objects.using(KEYS).filter(compartment="identity").values_list("kek_id", flat=True)) == {rows[2].id}
    assert version_one.id not in opened.open_keks(Kek.objects.using(KEYS).all())


def test_a_compartment_without_a_key_can_be_renewed() -> None:
    assert keyring.renew_kek("legal") == Counts(0, 0, 0)
    assert Kek.objects.using(KEYS).filter(compartment="legal", state=State.ACTIVE).count() == 1


def test_an_interrupted_renewal_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    held = many(5)
    monkeypatch.setattr(lifecycle, "BATCH", 2)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keyring.renew_kek("identity", progress=stop)
    assert Kek.objects.using(KEYS).filter(compartment="identity", state=State.RETIRED).count() == 1
    keyring.forget()
    assert len(keyring.keys([key.id for key in held.values()])) == 5, "half under the old version, half under the new"
    assert keyring.renew_kek("identity") == Counts(3, 0, 0)
    assert sorted(Kek.objects.using(KEYS).filter(compartment="identity").values_list("version", "state")) == [
        (1, "destroyed"), (2, "active")]


def test_a_key_that_does_not_open_stays_behind_and_is_counted(no_keys: str) -> None:
    numbers = [key.id for key in many(3).values()]
    flip(no_keys, "vault_key", f"id = {numbers[1]}")
    assert keyring.renew_kek("identity") == Counts(2, 1, 1)
    assert Kek.objects.using(KEYS).get(version=1, compartment="identity").state == State.RETIRED, "something hangs on it"
    assert keyring.renew_kek("identity") == Counts(2, 1, 1), "it does not stand in the way of the next version"


def test_a_key_that_somebody_holds_is_left_for_the_next_run(no_keys: str) -> None:
    numbers = [key.id for key in many(2).values()]
    with databases.superuser(no_keys) as other:
        other.autocommit = False
        other.execute("SELECT FROM vault_key WHERE id = %s FOR UPDATE", [numbers[0]])
        assert keyring.renew_kek("identity") == Counts(1, 1, 0)
        other.rollback()
    assert keyring.renew_kek("identity") == Counts(1, 0, 0)


def test_an_old_wrapped_key_put_back_does_not_open(no_keys: str) -> None:
    number = made().id
    row = DataKey.objects.using(KEYS).get(id=number)
    keyring.renew_kek("identity")
    force(no_keys, "UPDATE vault_key SET wrapped = %s WHERE id = %s", bytes(row.wrapped), number)
    assert keyring.keys([number]) == {} and keyring.why_not(number).code == "VAULT-TAMPERED"


def test_no_key_is_made_under_a_version_that_ended() -> None:
    made()
    kek, cipher = making.active_kek("identity")
    keyring.renew_kek("identity")
    with pytest.raises(IntegrityError, match="active key of its compartment"):
        making.write_key(800_000, "subject", OFFICER, kek, cipher).save(using=KEYS, force_insert=True)


def test_all_compartments_go_under_another_root_and_so_do_the_small_secrets(other_root, monkeypatch) -> None:
    numbers = [made(compartment=name).id for name in ("identity", "clinical")]
    secret = seal_secret("JBSWY3DP", label="mfa.seed.v1")
    said: list[tuple[int, int]] = []
    counts = keyring.rewrap_root(other_root, progress=lambda done, total: said.append((done, total)))
    assert counts == Counts(3, 0, 0) and said == [(3, 3)], "two compartments and the seed"
    keyring.forget()
    assert keyring.keys(numbers) == {}, "the old root opens nothing any more"
    monkeypatch.setattr(roots, "root", lambda: other_root)
    keyring.forget()
    assert set(keyring.keys(numbers)) == set(numbers) and open_secret(secret, label="mfa.seed.v1") == "JBSWY3DP"


def test_a_root_that_opens_nothing_or_gives_nothing_back_changes_nothing(no_keys, other_root, monkeypatch) -> None:
    made()
    before = list(Kek.objects.using(KEYS).order_by("id").values_list("wrapped", flat=True))
    monkeypatch.setattr(other_root, "unwrap_many", lambda wrapped, aads: [None] * len(wrapped))
    with pytest.raises(RootSealed):
        keyring.rewrap_root(other_root)
    monkeypatch.setattr(roots, "root", lambda: other_root)
    keyring.forget()
    with pytest.raises(RootSealed):
        keyring.rewrap_root(other_root)
    assert list(Kek.objects.using(KEYS).order_by("id").values_list("wrapped", flat=True)) == before


def test_a_compartment_that_does_not_open_stays_behind_when_the_root_changes(no_keys, other_root) -> None:
    made(), made(compartment="clinical")
    flip(no_keys, "vault_kek", "compartment = 'identity'")
    assert keyring.rewrap_root(other_root) == Counts(2, 1, 1)


def test_an_office_from_before_the_seed_keeps_its_small_secrets(no_keys: str) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    made()
    force(no_keys, "DELETE FROM vault_kek WHERE compartment = 'seed'")
    root = roots.root()
    assert isinstance(root, FileRoot)
    old = AESGCM(HKDFExpand(algorithm=SHA256(), length=32, info=b"mfa.seed.v1").derive(root.reveal()))
    sealed = (b"0" * 12 + old.encrypt(b"0" * 12, b"JBSWY3DP", b"mfa.seed.v1")).hex()
    assert open_secret(sealed, label="mfa.seed.v1") == "JBSWY3DP"
    assert making.seed_row().id == making.seed_row().id
    flip(no_keys, "vault_kek", "compartment = 'seed'")
    with pytest.raises(RootSealed):
        open_secret(sealed, label="mfa.seed.v1")


def test_a_first_secret_needs_no_compartment() -> None:
    assert open_secret(seal_secret("JBSWY3DP", label="x"), label="x") == "JBSWY3DP"
    assert list(Kek.objects.using(KEYS).values_list("compartment", flat=True)) == ["seed"]


def test_everything_of_a_scope_is_destroyed_under_one_certificate_and_once() -> None:
    hers = [made(compartment=name).id for name in ("identity", "whereabouts", "clinical")]
    others, file_key = made(uuid.UUID(int=78)).id, keyring.key_for("file", WHO, "identity").id
    keyring.destroy("subject", WHO, "clinical", by=OFFICER)
    assert keyring.destroy_all("subject", WHO, by=OFFICER, certificate="ER-7") == 2
    ended = DataKey.objects.using(KEYS).filter(id__in=hers).order_by("id").values("destroyed_at", "certificate", "wrapped")
    first = list(ended.all())
    assert {(row["certificate"], bytes(row["wrapped"])) for row in first} == {("ER-7", b"")}
    assert keyring.destroy_all("subject", WHO, by=OFFICER, certificate="ER-8") == 0
    assert list(ended.all()) == first
    assert set(keyring.keys([*hers, others, file_key])) == {others, file_key}
    why = keyring.why_not(hers[0])
    assert isinstance(why, KeyDestroyed) and why.certificate == "ER-7" and why.destroyed_at == first[0]["destroyed_at"]
    assert why.mend.startswith("Erased on 20") and why.mend.endswith(", certificate ER-7.")


def test_nothing_is_sealed_for_an_erased_person_again() -> None:
    made()
    keyring.destroy_all("subject", WHO, by=OFFICER, certificate="ER-7")
    for ask in (lambda: made(), lambda: made(compartment="witness"), lambda: keyring.renew("subject", WHO, "identity")):
        with pytest.raises(KeyDestroyed):
            ask()
    kek, cipher = making.active_kek("identity")
    with pytest.raises(IntegrityError, match="erased"):
        making.write_key(800_000, "subject", WHO, kek, cipher).save(using=KEYS, force_insert=True)


def test_a_person_without_any_key_can_be_erased_too() -> None:
    assert keyring.destroy_all("subject", WHO, by=OFFICER, certificate="ER-9") == 0
    with pytest.raises(KeyDestroyed, match="ER-9"):
        made()


def test_what_another_process_ended_leaves_this_one_within_two_seconds(no_keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended, renewed = made(), made(compartment="clinical")
    opened.heed()
    with databases.superuser(no_keys) as other:
        other.execute("UPDATE vault_key SET state = 'destroyed', wrapped = '', destroyed_at = now() WHERE id = %s", [ended.id])
        other.execute("UPDATE vault_key SET state = 'retired' WHERE id = %s", [renewed.id])
        other.execute("SELECT nextval('vault_generation')")
    assert made() is ended, "not asked yet"
    now = opened.time.monotonic()
    monkeypatch.setattr(opened.time, "monotonic", lambda: now + opened.HEED)
    assert keyring.keys([ended.id]) == {} and made(compartment="clinical").id != renewed.id


def test_a_key_database_that_is_away_for_a_moment_closes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    key = made()
    now = opened.time.monotonic()
    monkeypatch.setattr(opened.time, "monotonic", lambda: now + opened.HEED)
    connections[KEYS].close()
    with monkeypatch.context() as away:
        away.setitem(connections[KEYS].settings_dict, "PORT", "1")
        assert keyring.keys([key.id]) == {key.id: key}
    connections[KEYS].close()


def test_an_old_row_without_a_canary_gets_one() -> None:
    made()
    Kek.objects.using(KEYS).update(canary=None)
    keyring.forget()
    made()
    row = Kek.objects.using(KEYS).get(compartment="identity")
    assert row.canary is not None and known.proves(making.active_kek("identity")[1], row)
    assert "identity" in known.proven
