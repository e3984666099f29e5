"""Back-ups and the drill that restores them: what is whole comes back, and each thing that is missing is named."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from ijm.desk import setup
from ijm.documents.models import StoredFile
from ijm.embedded import backups, dumps, locking, manifests, notes, programs, restoring, roles, trying
from ijm.embedded import drill as drilling
from ijm.embedded.backups import Plan, back_up
from ijm.embedded.cluster import Cluster
from ijm.embedded.files import try_lock
from ijm.embedded.management.commands import vault_drill
from ijm.embedded.manifests import KINDS, Backup, Manifest, Stored, Unusable, find, moment
from ijm.embedded.report import Report
from ijm.ids import new_code
from ijm.messages import Event
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import canary, keyring, shelf
from ijm.vault.errors import KeyDestroyed, RootSealed
from ijm.web.models import Draft
from tests import cast as casting
from tests import databases, records, stories
from tests.cluster import CLUSTER

NAMES = 6  # of a suspect and five people found by the rescue
CONTENT = b"%PDF-1.7 a statement\n" * 3_000


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the office under test: files, notes and drills stay out of everybody else's."""
    before, settings.VAR = settings.VAR, tmp_path_factory.mktemp("var")
    yield settings.VAR
    settings.VAR = before


@pytest.fixture(scope="module")
def office(database: None, django_db_blocker: Any, var: Path) -> Iterator[tuple[str, str]]:
    """The databases of an office with people, a rescue, a file; every alias speaks with them meanwhile."""
    names, before = databases.names("_backed"), dict(settings.BACKUPS)
    with django_db_blocker.unblock():
        databases.copy(databases.names("_cast"), names)
        databases.point_at(*names)
        settings.BACKUPS = logins(names)
        try:
            filled()
            yield names
        finally:
            settings.BACKUPS = before
            databases.point_at(*databases.names())
            databases.drop(*names)


def logins(names: tuple[str, str]) -> dict[str, dict[str, Any]]:
    """The logins of the back-up for these two databases."""
    return {kind: {**settings.BACKUPS[kind], "NAME": name} for kind, name in zip(("data", "keys"), names, strict=True)}


def filled() -> None:
    cast = casting.load()
    stories.concluded_rescue(cast)
    file = records.file_of(cast.investigator)
    stored = StoredFile(code=new_code("FL"), file=file, media="application/pdf", added_by=cast.investigator)
    arrival = shelf.arrive(stored.id, [CONTENT])
    with acting_as(cast.investigator), entry(Event.STORED_ADDED, by=cast.investigator, about=file):
        arrival.shelve(stored)
        stored.name = "statement of Sok Dara.pdf"
        stored.save()
    with acting_as(cast.liaison):
        draft = Draft(owner_id=cast.liaison.pk, path="/notices/", form="/notices/")
        draft.seal(b"not finished yet")
        draft.save()


@pytest.fixture(scope="module")
def made(office: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one back-up of it, made by the command."""
    to = tmp_path_factory.mktemp("made")
    assert command("backup", "--to", str(to)).count("kept until") == 3
    return to


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy of the back-up, to be spoilt."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


def command(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def drilled(folder: Path, *options: str, kinds: tuple[str, ...] = KINDS) -> Report:
    """The report of a drill; its exit code must say the same."""
    path = folder / "report.json"
    with pytest.raises(SystemExit) as end:
        command("vault_drill", *(word for kind in kinds for word in (f"--{kind}", str(folder))), "--report", str(path), *options)
    report = Report.of(path.read_text())
    assert end.value.code == (0 if report.went_well else 1)
    return report


def codes(report: Report) -> list[str]:
    return [failure["code"] for failure in report.failures]


def one(folder: Path, kind: str) -> Path:
    return find(folder, kind).folder


def spoilt(path: Path, at: int = -40) -> None:
    """One bit of this file turns over."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


# The drill


def test_what_was_backed_up_comes_back_and_opens(made: Path, var: Path) -> None:
    report = drilled(made, "--rows", "3")
    assert report.failures == []
    names = next(tried for tried in report.tables if tried.table == "people_name")
    assert (names.rows, names.tried, names.opened) == (NAMES, 3, 3)
    opened = {tried.table for tried in report.tables if tried.opened}
    assert {"people_historicalname", "investigations_tip", "documents_storedfile", "web_draft"} <= opened
    assert (report.files, report.files_opened) == (1, 1)
    assert set(report.backups) == set(KINDS) and report.counted > 1_000
    assert "The search index was built anew." in report.steps and list((var / "drill").iterdir()) == []
    assert notes.last(var).drill_went_well and notes.last(var).backup_at


@pytest.fixture
def broken(office: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """A copy of the office as it would stand restored: a name was changed, a key is lost, a file damaged, a factor foreign."""
    names = databases.names("_broken")
    databases.copy(office, names)
    monkeypatch.setattr(settings, "BACKUPS", logins(names))
    with databases.superuser(names[0]) as data, databases.superuser(names[1]) as keys:
        file = shelf.path_of(*data.execute("SELECT storage FROM documents_storedfile").fetchone() or ())
        whole = file.read_bytes()
        spoilt(file)
        for table in ("people_name", "documents_storedfile", "mfa_authenticator"):
            data.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        data.execute("UPDATE people_name SET identity = set_byte(identity, 30, get_byte(identity, 30) # 1)")
        for secret in (get_adapter().encrypt("JBSWY3DPEHPK3PXP"), "00" * 40):
            data.execute("INSERT INTO mfa_authenticator (user_id, type, data, created_at) SELECT id, 'totp', %s, now()"
                         " FROM accounts_user WHERE username = %s",
                         [json.dumps({"secret": secret}), "auditor" if secret[:2] == "00" else "liaison"])
        keys.execute("ALTER TABLE vault_key DISABLE TRIGGER USER")
        row = data.execute("SELECT narrative_key, source_key FROM investigations_tip").fetchone()
        assert row
        keys.execute("DELETE FROM vault_key WHERE id = %s", row[:1])
        keys.execute("UPDATE vault_key SET state = 'destroyed', wrapped = '' WHERE id = %s", row[1:])
    keyring.forget()
    databases.point_at(*names)
    try:
        yield names
    finally:
        file.write_bytes(whole)
        keyring.forget()
        databases.point_at(*office)
        databases.drop(*names)


def test_what_is_broken_is_found_though_the_back_up_itself_is_whole(
        broken: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(trying, "call_command", lambda name, **how: ran.append(name))
    report = Report()
    trying.examine(report, rows=50)
    assert ran == ["migrate", "search_rebuild"]
    assert set(codes(report)) == {"VAULT-TAMPERED", "KEYS-OLDER", "VAULT-KEY-UNKNOWN", "VAULT-SEALED"}
    source = next(tried for tried in report.tables if (tried.table, tried.column) == ("investigations_tip", "source"))
    assert (source.erased, source.failed) == (1, {}) and report.factors == 1
    said = "\n".join(report.lines())
    assert "people_name.identity" in said and "investigations_tip.narrative" in said and "The file FL-" in said
    assert "FAILED VAULT-TAMPERED" in said and "Vuthy" not in said


def test_a_file_exchanged_for_another_whole_one_is_found(office: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "measure", lambda row: "0" * 64)
    monkeypatch.setitem(connections.settings, trying.RESTORED, {**connections.settings["default"], **settings.BACKUPS["data"]})
    report = Report()
    trying._files(report)
    assert codes(report) == ["FILE-CHANGED"] and (report.files, report.files_opened) == (1, 0)


def test_a_file_whose_key_was_destroyed_is_no_failure(office: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def destroyed(row: Any) -> str:
        raise KeyDestroyed("1")

    monkeypatch.setattr(shelf, "measure", destroyed)
    report = Report()
    trying._file(report, StoredFile(code="FL-1"))
    assert report.went_well and report.files_opened == 1


def test_the_process_inside_goes_on_with_the_report_of_the_one_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(report: Report, rows: int) -> None:
        report.fail("X", str(rows))
        raise RootSealed

    monkeypatch.setattr(vault_drill, "examine", stops)
    (tmp_path / "report.json").write_text(Report(steps=["first"]).json())
    with pytest.raises(RootSealed):
        command("vault_drill", "--inside", str(tmp_path / "report.json"), "--rows", "7")
    report = Report.of((tmp_path / "report.json").read_text())
    assert report.steps == ["first"] and report.failures == [{"code": "X", "text": "7"}]


def test_with_the_wrong_root_key_nothing_else_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> list[str]:
        raise RootSealed

    monkeypatch.setattr(canary, "check", refuse)
    monkeypatch.setattr(trying, "call_command", lambda name, **how: None)
    report = Report()
    trying.examine(report, rows=5)
    assert codes(report) == ["VAULT-SEALED"] and not report.tables


@pytest.mark.parametrize(("error", "code"), [(RootSealed(), "VAULT-SEALED"), (CommandError("busy"), "SEARCH-REBUILD")])
def test_an_index_that_cannot_be_built_is_a_failure(error: Exception, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, **how: Any) -> None:
        raise error

    monkeypatch.setattr(trying, "call_command", refuse)
    report = Report()
    trying._rebuild(report)
    assert codes(report) == [code] and not report.steps


def test_a_restored_office_that_does_not_come_up_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = "Traceback\ndb.Error: wrong root key\nLINE 1: ...\n   ^\n"
    for code, words, told in ((1, wrong, "wrong root key"), (0, "", "it said nothing")):
        monkeypatch.setattr(drilling.subprocess, "run",
                            lambda *_, code=code, words=words, **how: subprocess.CompletedProcess([], code, "", words))
        report = drilling._tried_inside(tmp_path, CLUSTER, Report(), 5)
        assert codes(report) == ["DRILL-STOPPED"] and told in report.failures[0]["text"]


@pytest.mark.parametrize(("given", "missing", "word"), [
    (("data", "files"), "NO-KEYS", "Data alone open nothing"),
    (("keys", "files"), "NO-DATA", "Keys and files alone bring nothing back"),
    (("data", "keys"), "NO-FILES", "bring no uploaded file back"),
])
def test_a_part_alone_fails_the_drill_and_is_told_what_it_lacks(made: Path, given: tuple[str, ...], missing: str,
                                                                word: str) -> None:
    report = drilled(made, kinds=given)
    assert codes(report) == [missing] and word in report.failures[0]["text"] and report.counted == 0


def test_everything_that_is_missing_is_named_at_once(tmp_path: Path, office: tuple[str, str]) -> None:
    assert codes(drilled(tmp_path)) == ["NO-DATA", "NO-KEYS", "NO-FILES"]


def test_one_kind_is_never_taken_for_another(made: Path, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="is a back-up of data, not of keys") as error:
        find(one(made, "data"), "keys")
    assert error.value.code == "NO-KEYS"


def test_a_dump_that_was_changed_or_cut_is_refused_before_anything_is_restored(copy: Path) -> None:
    spoilt(one(copy, "data") / "data.dump")
    (one(copy, "keys") / "keys.dump").unlink()
    report = drilled(copy)
    assert codes(report) == ["BACKUP-CHANGED", "BACKUP-INCOMPLETE"] and report.counted == 0


def test_a_sealed_file_that_was_changed_is_named(copy: Path) -> None:
    backup = find(copy, "files")
    spoilt(backup.path(next(iter(backup.manifest.files))))
    assert [wrong.code for wrong in backup.check()] == ["BACKUP-CHANGED"]


def test_a_manifest_never_leads_out_of_its_folder(copy: Path) -> None:
    manifest = replace(Manifest.read(one(copy, "files")), files={"../../etc/passwd": Stored(1, "0")})
    manifest.write(one(copy, "files"))
    assert codes(drilled(copy)) == ["BACKUP-UNREADABLE"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "files": []}'])
def test_a_manifest_that_cannot_be_understood_is_no_back_up(tmp_path: Path, text: str) -> None:
    (tmp_path / manifests.NAME).write_text(text)
    with pytest.raises(Unusable, match="no back-up that this program understands"):
        find(tmp_path, "data")


def test_rows_that_did_not_come_back_are_counted(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "restore", lambda dsn, source: None)
    monkeypatch.setattr(dumps, "counted", lambda connection: {"public.people_name": 1})
    monkeypatch.setattr(psycopg, "connect", lambda dsn: open(os.devnull))  # noqa: SIM115
    monkeypatch.setattr(locking, "unlock", lambda dsn: None)
    report = Report()
    drilling.bring_back(CLUSTER, {kind: find(made, kind) for kind in KINDS}, report)
    assert set(codes(report)) == {"ROWS-MISSING"}
    assert any(failure["text"].startswith("public.people_person has 0 rows") for failure in report.failures)


# The back-up


def test_each_kind_lies_apart_closed_to_others_and_with_a_life_of_its_own(made: Path) -> None:
    kept = {}
    for kind in KINDS:
        folder = one(made, kind)
        manifest = Manifest.read(folder)
        kept[kind] = (manifest.expires_at - manifest.made_at).days
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")} <= {0o600, 0o700}
    assert kept == {"data": settings.DATA_BACKUP_DAYS, "keys": 35, "files": settings.FILE_BACKUP_DAYS}


def test_no_name_no_signing_key_no_session_and_nothing_derived_is_in_the_dump(made: Path) -> None:
    dump = subprocess.run([programs.found(None) / "pg_restore", "--file=-", one(made, "data") / "data.dump"],
                          capture_output=True, check=True).stdout.decode()
    assert "COPY public.people_name" in dump
    for word in ("Chea", "Vuthy", "012 345 678", "brick kiln", "COPY guard.context_key", "COPY public.django_session",
                 "COPY public.ijm_cache", "COPY public.people_segment", "COPY public.people_mark"):
        assert word not in dump, word


def test_what_is_too_old_goes_and_keys_go_long_before_data(copy: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        folder = one(copy, kind)
        manifest = Manifest.read(folder)
        replace(manifest, made_at=manifest.made_at - timedelta(days=35)).write(folder)
    days = {"data": 366, "keys": 35, "files": 366}
    gone = [path for kind in KINDS for path in manifests.expire(copy / kind, days[kind], now=moment())]
    assert [path.parent.name for path in gone] == ["keys"] and not gone[0].exists()


def test_a_back_up_past_the_day_it_names_goes_whatever_is_said_now(copy: Path) -> None:
    now = Manifest.read(one(copy, "keys")).expires_at
    assert len(manifests.expire(copy / "keys", 10_000, now=now)) == 1


def test_a_sealed_file_that_did_not_change_is_linked_and_one_that_did_is_copied(tmp_path: Path) -> None:
    plan = files_only(tmp_path)
    for name in ("ab/one", "ab/two", "arriving/half"):
        (plan.files / name).parent.mkdir(parents=True, exist_ok=True)
        (plan.files / name).write_bytes(name.encode())
    (plan.files / "ab" / "link").symlink_to("/etc/passwd")
    first = backups._files(plan)
    first.folder.rename(first.folder.with_name("earlier"))
    first = Backup(first.folder.with_name("earlier"), first.manifest)
    (plan.files / "ab" / "two").write_bytes(b"other")
    second = backups._files(plan)
    assert list(second.manifest.files) == ["ab/one", "ab/two"] and not list(second.check())
    assert second.path("ab/one").stat().st_ino == first.path("ab/one").stat().st_ino
    assert second.path("ab/one").stat().st_ino != (plan.files / "ab/one").stat().st_ino
    assert second.path("ab/two").read_bytes() == b"other" and first.path("ab/two").read_bytes() == b"ab/two"


def files_only(tmp_path: Path) -> Plan:
    return Plan({kind: tmp_path / "to" / kind for kind in KINDS}, dict.fromkeys(KINDS, 9), {}, tmp_path / "files")


def test_a_medium_without_links_gets_copies_and_a_file_gone_meanwhile_is_left_out(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = files_only(tmp_path)
    plan.files.mkdir()
    (plan.files / "one").write_bytes(b"1")
    first = backups._files(plan)
    first.folder.rename(first.folder.with_name("earlier"))

    def refuse(*paths: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert [wrong.code for wrong in backups._files(plan).check()] == []
    assert backups._kept(plan.files / "gone", tmp_path / "to" / "gone", "gone", []) is None


def test_what_breaks_off_leaves_nothing_half_made(tmp_path: Path) -> None:
    plan = replace(files_only(tmp_path), logins={"data": CLUSTER.superuser_dsn("no_such_database")})
    with pytest.raises(Unusable, match="refused the back-up: OperationalError"):
        back_up(plan)
    assert [path.name for path in (tmp_path / "to" / "data").iterdir()] == [".lock"]


def test_two_at_once_do_not_write_into_one_folder(tmp_path: Path) -> None:
    plan = files_only(tmp_path)
    plan.folders["files"].mkdir(parents=True)
    held = try_lock(plan.folders["files"] / ".lock")
    with pytest.raises(Unusable, match="running already"):
        backups._files(plan)
    assert held is not None
    os.close(held)


def test_keys_can_go_to_a_medium_of_their_own(office: tuple[str, str], tmp_path: Path) -> None:
    said = command("backup", "--to", str(tmp_path / "here"), "--keys-to", str(tmp_path / "there"))
    assert find(tmp_path / "there", "keys") and not (tmp_path / "here" / "keys").exists()
    assert "Carry the keys" not in said


def test_the_trail_is_told_of_back_ups_and_drills(made: Path, office: tuple[str, str]) -> None:
    with databases.superuser(office[0]) as connection:
        acts = [json.loads(bytes(row[0]))["act"] for row in connection.execute("SELECT body FROM audit_event ORDER BY id DESC")]
    assert acts[0] in (Event.BACKUP_MADE, Event.DRILL_HELD) and Event.BACKUP_MADE in acts


def test_a_process_without_the_login_makes_no_back_up_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BACKUPS", {kind: {"USER": ""} for kind in ("data", "keys")})
    with pytest.raises(CommandError, match="BACKUP_DATABASE_URL is not set"):
        command("backup", "--to", str(tmp_path))


def test_a_back_up_that_fails_says_so_and_leaves_the_day_of_the_last_one(tmp_path: Path, var: Path,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    before = notes.last(var)
    monkeypatch.setattr(settings, "BACKUPS", logins(("no_such_database", "neither")))
    with pytest.raises(CommandError, match="BACKUP-REFUSED"):
        command("backup", "--to", str(tmp_path))
    assert notes.last(var) == before


@pytest.mark.parametrize("statement", ["UPDATE people_name SET rev = 0", "CREATE TABLE t (n int)", "SET ROLE ijm_owner"])
def test_the_login_of_the_back_up_changes_nothing(office: tuple[str, str], statement: str) -> None:
    with psycopg.connect(dumps.conninfo(settings.BACKUPS["data"]), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)  # type: ignore[arg-type]


@pytest.mark.parametrize("alias", ["default", "auditor"])
def test_nobody_else_can_dump(office: tuple[str, str], alias: str, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="InsufficientPrivilege"):
        dumps.dump(dumps.conninfo({**settings.DATABASES[alias], "NAME": office[0], "OPTIONS": {}}), tmp_path / "dump")


def test_a_dump_that_is_none_is_refused_without_a_row_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"COPY secret words")
    with pytest.raises(Unusable, match="pg_restore failed") as error:
        dumps.restore(CLUSTER.superuser_dsn(), tmp_path / "dump")
    assert "secret" not in error.value.text


# A lost office


def test_a_lost_office_comes_back_and_only_into_an_empty_place(
        made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(settings, "VAR", tmp_path / "new")
    ran: list[str] = []
    monkeypatch.setattr(restoring, "_command", lambda name, cluster, report: ran.append(name))
    words = [word for kind in KINDS for word in (f"--{kind}", str(made))]
    here = {"ROOT_KEY_FILE": "root.key", "ROOT_PASSPHRASE_FILE": "passphrase"}
    kept = {name: getattr(settings, name) for name in here}
    for name, file in here.items():
        monkeypatch.setattr(settings, name, settings.VAR / file)
    assert "NO-ROOT" in failed("restore", *words)
    settings.VAR.mkdir(exist_ok=True)
    for name, file in here.items():
        shutil.copy(kept[name], settings.VAR / file)
    cluster = Cluster(settings.VAR / "pg")
    try:
        assert "The office is back" in command("restore", *words) and ran[0] == "migrate"
        assert [path.stat().st_size for _, path in backups.stored_files(settings.VAR / "files")] == [
            stored.size for stored in find(made, "files").manifest.files.values()]
        assert not cluster.running() and cluster.start()
        with pytest.raises(Unusable, match="holds an office already"):
            restoring._is_empty(cluster, settings.VAR)
        with psycopg.connect(cluster.superuser_dsn(roles.MAIN)) as connection:
            assert connection.execute("SELECT count(*) FROM people_name").fetchone() == (NAMES,)
        assert "OFFICE-RUNS" in failed("restore", *words)
    finally:
        cluster.stop()
        shutil.rmtree(cluster.home, ignore_errors=True)


def failed(*words: str) -> str:
    """What a command said that ended with exit code 1."""
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command(*words, stdout=out)
    assert end.value.code == 1
    return out.getvalue()


def test_an_office_at_work_or_on_a_server_of_its_own_is_not_restored_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ijm_app@/ijm")
    with pytest.raises(CommandError, match="Stop it first"):
        command("restore")


def test_what_follows_a_restore_and_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    report, answers = Report(), iter([0, 3])
    monkeypatch.setattr(restoring.subprocess, "run",
                        lambda *words, **how: subprocess.CompletedProcess([], next(answers)))
    for name in ("migrate", "search_rebuild"):
        restoring._command(name, CLUSTER, report)
    assert report.steps == ["migrate: done"] and "search_rebuild ended with exit code 3" in report.failures[0]["text"]


# What the administrator sees


def test_the_checklist_ticks_itself_and_opens_again_when_a_trial_failed(office: tuple[str, str], tmp_path: Path,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    facts = setup.Facts(casting.load().administrator)
    assert not setup._backup(facts).done and not setup._restore(facts).done
    notes.note(tmp_path, backup_at=moment(), drill_at=moment(), drill_went_well=True)
    assert setup._backup(facts).done and setup._restore(facts).done and "Last done here" in setup._backup(facts).text
    notes.note(tmp_path, drill_went_well=False)
    assert not setup._restore(facts).done and setup._restore(facts).missing == ("A back-up that comes back",)
    notes.note(tmp_path, backup_at=moment() - timedelta(days=40))
    assert not setup._backup(facts).done


def test_a_note_that_cannot_be_read_is_no_note(tmp_path: Path) -> None:
    (tmp_path / notes.NAME).write_text("[]")
    assert notes.last(tmp_path) == notes.Last()


def test_without_the_office_s_database_the_trail_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", {"USER": ""})
    assert not notes.told(Event.BACKUP_MADE)
