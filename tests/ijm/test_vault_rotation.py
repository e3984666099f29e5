"""Sealed values under new keys: everything moves, nobody is disturbed, and what may not happen does not."""

from __future__ import annotations

import io
import json
import shutil
import stat
import threading
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone

from aftercare.models import Residence
from ijm import bridges
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.events import canonical
from ijm.vault import keyring, roots, rotating, rotation, tasks
from ijm.vault.disclosure import disclose
from ijm.vault.keyring import Counts, DataKey, State
from ijm.vault.root import create
from ijm.vault.sealed import compartments
from tests import databases, records
from tests.cast import Cast
from tests.trail import last_events

VALUES = {"address": "House 12, Street 271", "phone_there": "012 345 678", "reason": "her aunt asked"}


@pytest.fixture
def home(committed_cast: Cast) -> Residence:
    """A residence with three revisions of its whereabouts behind it, and a name beside it."""
    made = records.residence(committed_cast)
    records.named(made.survivor.alias, committed_cast.care_worker)
    for address in ("House 13", VALUES["address"]):
        with acting_as(committed_cast.care_worker), entry("test.changed", by=committed_cast.care_worker, about=made):
            made.address = address
            made.save()
    return made


@pytest.fixture
def rotor(home: Residence) -> Iterator[psycopg.Connection]:
    """The rotor's own login, as somebody who has stolen it would use it."""
    with psycopg.connect(databases.variables(*databases.names("_own"))["ROTOR_DATABASE_URL"], autocommit=True) as connection:
        yield connection


def turned(home: Residence, **more: Any) -> Counts:
    """New keys for her, asked for now."""
    return rotation.subject(rotation.scopes_of(home.survivor.code), before=timezone.now(), **more)


def shown(home: Residence, cast: Cast) -> dict[str, object]:
    """Her values as the care worker's page would show them."""
    with acting_as(cast.care_worker, "r"):
        fresh = Residence.objects.get(pk=home.pk)
        return dict(disclose(fresh, *VALUES, to=cast.care_worker))


def past(home: Residence) -> list[dict[str, Any]]:
    """Her history rows, oldest first."""
    with acting_as(home.survivor.worker, "r"):
        return list(Residence.history.filter(id=home.pk).order_by("history_date").values())


def test_everything_of_a_person_lies_under_new_keys_and_reads_as_before(home: Residence, committed_cast: Cast) -> None:
    before, told = past(home), list[tuple[int, int]]()
    assert rotation.messages()[home.whereabouts_key] == 4
    assert turned(home, progress=lambda done, total: told.append((done, total))) == Counts(12, 0, 0)
    assert told[-1] == (12, 12)
    assert shown(home, committed_cast) == VALUES
    with acting_as(committed_cast.care_worker, "r"):
        name = Name.objects.get(person_id=home.survivor.alias.person_id)
        assert disclose(name, "family", to=committed_cast.care_worker) == {"family": "Sok"}
    after = past(home)
    assert [row["rev"] for row in after] == [row["rev"] for row in before] == [1, 2, 3]
    retired = set(DataKey.objects.using("keys").filter(state=State.RETIRED).values_list("id", flat=True))
    assert {row["whereabouts_key"] for row in before} <= retired
    assert not {row["whereabouts_key"] for row in after} & retired
    assert addresses(home) == ["House 12, Street 271", "House 13", "House 12, Street 271"]
    the_log_tells_a_change_of_key_from_an_edit(home)


def addresses(home: Residence) -> list[object]:
    """Where she lived by each row of the history, opened under the key that stands in it."""
    field = next(field for field in compartments(Residence) if field.name == "whereabouts")
    with acting_as(home.survivor.worker, "r"):
        rows = list(Residence.history.filter(id=home.pk).order_by("history_date"))
        return [field.open(row, keyring.keys([row.whereabouts_key]))["address"] for row in rows]


def the_log_tells_a_change_of_key_from_an_edit(home: Residence) -> None:
    """Revision, digest before and after of each bundle; and no row of the history is new."""
    events = [event for event in last_events(20) if event["act"] == "vault.rekeyed"]
    assert {event["tab"] for event in events} == {
        "aftercare_residence", "aftercare_historicalresidence", "people_name", "people_historicalname", "people_person",
        "people_historicalperson"}
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT body FROM tests.events() WHERE body LIKE %s", ['{"act":"vault.rekeyed"%'])
        assert all(canonical(json.loads(body)).decode() == body for (body,) in cursor.fetchall())
    told = {key: said.split(":") for event in events for key, said in event["turned"].items()}
    assert len(told) == 12 and all(was != now for _rev, was, now in told.values())
    with acting_as(home.survivor.worker, "r"):
        fresh = Residence.objects.get(pk=home.pk)
    assert told[f"{home.pk}.whereabouts"] == ["3", sha256(home.whereabouts).hexdigest(), sha256(fresh.whereabouts).hexdigest()]
    assert len(past(home)) == 3 and fresh.rev == home.rev


def test_who_works_meanwhile_saves_as_always_and_lands_under_the_new_key(home: Residence, committed_cast: Cast) -> None:
    worker = committed_cast.care_worker
    with acting_as(worker, "r"):
        half, whole = Residence.objects.get(pk=home.pk), Residence.objects.get(pk=home.pk)
    old = half.whereabouts_key
    turned(home)
    with acting_as(worker), entry("test.changed", by=worker, about=half):
        half.placement = "shelter"
        half.save()
    assert rotation.left([old]) == 0  # an open column saved by who had the row before: the bundle stays where it was moved
    with acting_as(worker), entry("test.changed", by=worker, about=whole):
        whole.refresh_from_db(fields=["rev"])
        whole.address = "House 14"
        whole.save()
    assert whole.whereabouts_key != old
    assert shown(home, committed_cast) == {**VALUES, "address": "House 14"}
    assert rotation.rest() == Counts(0, 0, 0)


def test_a_row_that_somebody_holds_is_left_and_found_again(home: Residence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "TRIES", 2)
    monkeypatch.setattr(rotation, "PAUSE", 0.01)
    with databases.superuser(databases.names("_own")[0]) as other, other.transaction():
        other.execute("SELECT FROM aftercare_residence FOR UPDATE")
        assert turned(home) == Counts(10, 2, 0)
    assert rotation.rest() == Counts(2, 0, 0)


def test_a_run_that_was_stopped_goes_on_under_the_same_new_keys(home: Residence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "PAGE", 2)
    begun = timezone.now()

    def stop(done: int, total: int) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.subject(rotation.scopes_of(home.survivor.code), before=begun, progress=stop)
    made = DataKey.objects.using("keys").count()
    assert rotation.subject(rotation.scopes_of(home.survivor.code), before=begun) == Counts(10, 0, 0)
    assert DataKey.objects.using("keys").count() == made


def test_two_runs_at_once_turn_every_bundle_once(home: Residence) -> None:
    begun, found = timezone.now(), list[Counts]()

    def run() -> None:
        try:
            found.append(rotation.subject(rotation.scopes_of(home.survivor.code), before=begun))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.rotated for one in found) == 12
    assert rotation.rest() == Counts(0, 0, 0)


def test_what_does_not_open_is_counted_and_left_as_it_is(home: Residence) -> None:
    with databases.superuser(databases.names("_own")[0]) as other:
        other.execute("SET session_replication_role = replica")
        other.execute("ALTER TABLE aftercare_residence DISABLE TRIGGER USER")
        other.execute("UPDATE aftercare_residence SET whereabouts = overlay(whereabouts PLACING '\\x00'::bytea FROM 40)")
    keyring.renew("subject", home.survivor.alias.person_id, "narrative")
    gone = keyring.key_for("subject", home.survivor.alias.person_id, "narrative")
    counts = turned(home)
    assert (counts.remaining, counts.failed) == (1, 1)
    keyring.destroy("subject", home.survivor.alias.person_id, "narrative", by=uuid.uuid4())
    assert rotation.turn([gone.id]).rotated == 0


STOLEN = (
    "SELECT placement FROM aftercare_residence",
    "SELECT * FROM aftercare_residence",
    "SELECT person_id FROM people_alias",
    "SELECT body FROM audit_event",
    "UPDATE aftercare_residence SET placement = 'kin'",
    "UPDATE aftercare_residence SET whereabouts_rev = 9",
    "UPDATE aftercare_residence SET survivor_id = id",
    "UPDATE aftercare_residence SET whereabouts = NULL",
    "UPDATE aftercare_residence SET whereabouts_key = whereabouts_key + 1",
    "UPDATE aftercare_residence SET whereabouts = whereabouts || '\\x00'",
    "UPDATE aftercare_residence SET whereabouts = overlay(whereabouts PLACING '\\x00000007' FROM 7), whereabouts_key = 9",
    "UPDATE aftercare_historicalresidence SET whereabouts = '\\xe101'",
    "UPDATE aftercare_historicalresidence SET history_date = now()",
    "DELETE FROM aftercare_residence",
    "DELETE FROM aftercare_historicalresidence",
    "TRUNCATE aftercare_historicalresidence",
    "INSERT INTO aftercare_residence (id) VALUES (gen_random_uuid())",
    "ALTER TABLE aftercare_residence DISABLE TRIGGER guard_same",
    "SET ROLE ijm_keeper",
    "SET SESSION AUTHORIZATION ijm_app",
)


def test_who_has_stolen_the_rotors_login_reads_no_column_and_puts_nothing_else_in_place(
    home: Residence, rotor: psycopg.Connection,
) -> None:
    for statement in STOLEN:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rotor.execute(statement)
            pytest.fail(statement)
    with acting_as(home.survivor.worker), pytest.raises(Exception, match="permission denied"), \
            transaction.atomic(), connections["default"].cursor() as cursor:  # nor does the role that serves
        cursor.execute("UPDATE aftercare_historicalresidence SET whereabouts_key = 1")


class Terminal(io.StringIO):
    """Somebody who looks on."""

    def isatty(self) -> bool:
        return True


def called(*words: str, stderr: io.StringIO | None = None) -> str:
    """What the command prints."""
    said = io.StringIO()
    call_command("vault_rotate", *words, stdout=said, stderr=stderr or io.StringIO())
    return said.getvalue().strip()


def test_the_command_says_what_was_rotated_and_ends_badly_when_anything_remains(
    home: Residence, monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert called("subject", home.survivor.code) == "rotated 12, remaining 0, failed 0"
    assert last_events(1)[0]["act"] == "keys.changed"
    terminal = Terminal()
    assert called("subject", "--every", "whereabouts", stderr=terminal) == "rotated 4, remaining 0, failed 0"
    assert "4 / 4" in terminal.getvalue()
    assert called("subject", "--rest") == "rotated 0, remaining 0, failed 0"
    assert called("compartment", "whereabouts").endswith("remaining 0, failed 0")
    for wrong in (("subject", "SV-0000-0000"), ("subject",), ("compartment", "nowhere"), ("subject", "--every", "all")):
        with pytest.raises(CommandError) as error:
            called(*wrong)
        assert error.value.returncode == 2
    monkeypatch.setattr(rotation, "TRIES", 1)
    with databases.superuser(databases.names("_own")[0]) as other, other.transaction():
        other.execute("SELECT FROM aftercare_residence FOR UPDATE")
        with pytest.raises(CommandError, match="rotated 10, remaining 2, failed 0") as error:
            called("subject", home.survivor.code)
    assert error.value.returncode == 1 and last_events(1)[0]["act"] == "keys.left"
    assert tasks.keys() == 2
    monkeypatch.setitem(settings.DATABASES["rotor"], "USER", "")
    assert tasks.keys() == 0


@pytest.fixture
def root_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The root key of the tests in a folder of its own, and a new one with another passphrase ready beside it."""
    for name, setting in (("root.key", "ROOT_KEY_FILE"), ("passphrase", "ROOT_PASSPHRASE_FILE")):
        shutil.copy(getattr(settings, setting), tmp_path / name)
        monkeypatch.setattr(settings, setting, tmp_path / name)
    (tmp_path / "passphrase.new").write_bytes(b"seven quiet boats at dawn")
    create(tmp_path / "root.key.new", b"seven quiet boats at dawn")
    roots.forget()
    yield tmp_path
    roots.forget()
    keyring.forget()


def test_a_new_root_key_takes_the_place_of_the_old_one(
    home: Residence, committed_cast: Cast, root_files: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = (root_files / "root.key").read_bytes()
    assert called("root").endswith("remaining 0, failed 0")
    assert sorted(path.name for path in root_files.iterdir()) == ["passphrase", "passphrase.old", "root.key", "root.key.old"]
    assert (root_files / "root.key.old").read_bytes() == old != (root_files / "root.key").read_bytes()
    assert stat.S_IMODE((root_files / "root.key").stat().st_mode) == 0o600
    roots.forget()
    keyring.forget()
    assert shown(home, committed_cast) == VALUES
    with pytest.raises(CommandError) as error:
        called("root")
    assert error.value.returncode == 2
    assert called("root", "--make").endswith("remaining 0, failed 0")
    assert stat.S_IMODE((root_files / "passphrase").stat().st_mode) == 0o600
    roots.forget()
    keyring.forget()
    assert shown(home, committed_cast) == VALUES
    (root_files / "root.key").unlink()  # as where the key came from a key server
    assert called("root", "--make").startswith("rotated")
    given = list[str]()
    monkeypatch.setattr(keyring, "rewrap_root", lambda new, progress: given.append(new.name) or Counts(9, 0, 0))
    assert called("root", "--to", "transit") == "rotated 9, remaining 0, failed 0" and given == ["transit"]


def test_the_search_gets_new_keys_by_the_name_on_the_bridges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridges, "INDEX", "tests.ijm.test_vault_rotation.indexed")
    assert rotating.change("index", before=timezone.now()) == Counts(5, 0, 1)
    assert rotating.total([Counts(1, 2, 3), Counts(1, 0, 0)]) == Counts(2, 2, 3)


def indexed(progress: object) -> Counts:
    """What the search would say."""
    return Counts(5, 0, 1)
