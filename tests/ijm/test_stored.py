"""Attached files: sealed as they come, opened by those who work on the case file, unchanged or found out."""

from __future__ import annotations

import hashlib
import html
import os
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile, Status
from ijm.documents import tasks
from ijm.documents.actions import stored as actions
from ijm.documents.models import Measurement, StoredFile
from ijm.jobs.models import Job
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import NoDoor, Refused
from ijm.vault import keyring, shelf
from ijm.vault.disclosure import disclose
from ijm.vault.errors import Tampered
from tests import stories
from tests.cast import Cast
from tests.ijm.attached import NAME, PICTURE, attached, of, on_disk, sent
from tests.ijm.papers import issued
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
STRANGERS = ("far_investigator", "colleague", "care_worker", "liaison", "administrator", "auditor", "data_protection")


@pytest.fixture
def file(cast: Cast) -> CaseFile:
    """An investigation on which the investigator stands."""
    made = stories.promoted_tip(cast)
    with acting_as(cast.investigator, "r"):
        return made.file


def test_a_file_is_sealed_as_it_comes_listed_described_and_downloaded(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    client, before = signed_in(cast.investigator), on_disk()
    answer = sent(client, file)
    assert answer.status_code == 302, answer.content.decode()
    with acting_as(cast.investigator, "r"):
        one = StoredFile.objects.get(file=file)
    event = next(event for event in reversed(last_events(10)) if event["act"] == "stored.added")
    assert event["file"] == {"code": one.code, "sha256": hashlib.sha256(PICTURE).hexdigest(), "size": len(PICTURE),
                             "media": "image/png"} and NAME not in str(event)
    path = shelf.path_of(one.storage)
    assert on_disk() - before == {one.storage} and path.stat().st_size == one.stored
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(shelf.folder().stat().st_mode) == 0o700
    assert PICTURE[:64] not in path.read_bytes()
    for page in (answer["Location"], f"/attached/file/{file.code}/"):
        shown = client.get(page).content.decode()
        assert one.code in shown and NAME not in shown and "aunt" not in shown
    opened = client.post(f"/attached/{one.code}/reveal/", {"purpose": "CASEWORK"}).content.decode()
    assert NAME in opened and "Given by her aunt" in opened
    got = client.get(f"/attached/{one.code}/fetch/", headers={"Accept-Encoding": "gzip"})
    assert of(got) == PICTURE and acts()[-1] == "stored.fetched"
    assert got["Content-Disposition"] == f'attachment; filename="{one.code}.png"'
    assert (got["Content-Type"], got["Content-Length"]) == ("application/octet-stream", str(len(PICTURE)))
    assert got["X-Content-Type-Options"] == "nosniff" and "no-store" in got["Cache-Control"]


@pytest.mark.parametrize(("asked", "first", "last"), [
    ("bytes=0-99", 0, 99), ("bytes=20000-", 20000, len(PICTURE) - 1), ("bytes=-5", len(PICTURE) - 5, len(PICTURE) - 1),
    ("bytes=16380-16390", 16380, 16390), (f"bytes=70000-{10**12}", 70000, len(PICTURE) - 1),
    (f"bytes=-{10**9}", 0, len(PICTURE) - 1)])
def test_a_part_is_sent_and_recorded(cast: Cast, file: CaseFile, signed_in: SignIn, asked: str, first: int, last: int) -> None:
    one = attached(cast.investigator, file)
    answer = signed_in(cast.investigator).get(f"/attached/{one.code}/fetch/", headers={"Range": asked})
    assert answer.status_code == 206 and of(answer) == PICTURE[first:last + 1]
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(PICTURE)}"
    assert last_events(1)[0]["q"] == ({"from": first, "to": last} if first else {"from": 0, "to": last})


def test_what_is_no_part_of_it(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    one, client = attached(cast.investigator, file), signed_in(cast.investigator)
    where = f"/attached/{one.code}/fetch/"
    for whole in ("bytes=0-1,5-9", "bytes=9-3", "bytes=-", "lines=1-2", "bytes=a-b"):
        answer = client.get(where, headers={"Range": whole})
        assert answer.status_code == 200 and of(answer) == PICTURE, whole
    for beyond in (f"bytes={len(PICTURE)}-", "bytes=-0"):
        answer = client.get(where, headers={"Range": beyond})
        assert answer.status_code == 416 and answer["Content-Range"] == f"bytes */{len(PICTURE)}" and not answer.content
    assert of(client.get(where, headers={"Range": "bytes=0-9", "If-Range": '"another"'})) == PICTURE
    assert of(client.get(where, headers={"Range": "bytes=0-9", "If-Range": f'"{one.code}"'})) == PICTURE[:10]
    head = client.head(where)
    assert head["Content-Length"] == str(len(PICTURE)) and of(head) == b""


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_finds_it(cast: Cast, file: CaseFile, signed_in: SignIn, who: str) -> None:
    one, client, before = attached(cast.investigator, file), signed_in(getattr(cast, who)), on_disk()
    nothing = client.get("/attached/FL-0000-0000/").content
    for page in ("", "reveal/", "describe/", "fetch/", "measure/"):
        for ask in (client.get, client.post):
            answer = ask(f"/attached/{one.code}/{page}")
            assert (answer.status_code, answer.content) == (404, nothing), page
    assert sent(client, file).status_code == client.get(f"/attached/file/{file.code}/").status_code == 404
    assert on_disk() == before


def test_the_application_role_changes_nothing_of_what_a_file_is(cast: Cast, file: CaseFile) -> None:
    one = attached(cast.investigator, file)
    with acting_as(cast.investigator), entry("stored.described", by=cast.investigator, about=None):
        for column in ("sha256 = repeat('0', 64)", "storage = 'x'", "size = 1", "evidence = NULL", "file_id = id", "media = 'x'"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE documents_storedfile SET {column} WHERE code = %s", [one.code])
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM documents_storedfile")
        mine = StoredFile(code="FL-X", file=file, added_by=cast.colleague, media="x", size=1, stored=1, sha256="x", storage="y")
        with pytest.raises(DatabaseError), transaction.atomic():
            mine.save()
    with acting_as(cast.far_investigator), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM documents_storedfile")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(("content", "said"), [
    (b"MZ\x90\0" + b"\0" * 60, "This kind of file is not taken"), (b"#!/bin/sh\nrm -rf /\n", "This kind of file is not taken"),
    (b" <!doctype html><script>1</script>", "This kind of file is not taken"), (b"", "The file is empty"),
    (b"\x7fELF" + b"\2" * 5000, "This kind of file is not taken")])
def test_what_is_refused_is_said_and_leaves_nothing(cast: Cast, file: CaseFile, signed_in: SignIn, content: bytes,
                                                    said: str) -> None:
    before = on_disk()
    answer = sent(signed_in(cast.investigator), file, content, "holiday.png", _once="the page's own mark")
    assert answer.status_code == 200 and said in answer.content.decode()
    with acting_as(cast.investigator, "r"):
        assert not StoredFile.objects.exists()
    assert on_disk() == before


def test_it_is_described_anew_and_the_old_words_stay(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    one, client = attached(cast.investigator, file), signed_in(cast.investigator)
    where = f"/attached/{one.code}/describe/"
    asked = client.get(where).content.decode()
    assert "IMG_0042.png" in asked
    hidden = dict(re.findall(r'name="(rev|seen)" value="([^"]*)"', asked))
    said = {"about": "identity", "name": "passport.png", "description": "Hers", "rev": hidden["rev"],
            "seen": html.unescape(hidden["seen"])}
    assert client.post(where, said).status_code == 302
    with acting_as(cast.investigator, "r"):
        now = StoredFile.objects.get(pk=one.pk)
        words = disclose(now, "name", "description", to=cast.investigator)
        assert now.history.count() == 2 and (now.evidence, now.sha256) == (one.evidence, one.sha256)
    assert (now.about, words) == ("identity", {"name": "passport.png", "description": "Hers"})
    assert acts().count("stored.described") == 1
    history = client.get(f"/files/history/{one.code}/").content.decode()
    assert "Described an attached file" in history and "Identity paper" in history and "passport.png" not in history


def test_a_file_and_a_letter_are_pinned_by_those_who_see_them(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    for code in (attached(cast.investigator, file).code, issued(cast.investigator, file).code):
        assert signed_in(cast.investigator).get(f"/desk/reminders/new/{code}/").status_code == 200
        assert signed_in(cast.care_worker).get(f"/desk/reminders/new/{code}/").status_code == 404


def test_a_closed_case_file_takes_no_more(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    one, client, before = attached(cast.investigator, file), signed_in(cast.investigator), on_disk()
    with acting_as(cast.investigator), entry("file.closed", by=cast.investigator, about=file):
        file.status = Status.CLOSED
        file.save()
    for page in (f"/attached/file/{file.code}/new/", f"/attached/file/{file.code}/"):
        assert "This case file is closed" in client.get(page).content.decode()
    assert "This case file is closed" in sent(client, file).content.decode() and on_disk() == before
    assert client.get(f"/attached/{one.code}/describe/").status_code == 302
    with acting_as(cast.investigator), pytest.raises(Refused):
        actions.describe(one, by=cast.investigator, description="too late")
    assert of(client.get(f"/attached/{one.code}/fetch/")) == PICTURE, "what is there stays open to those who work on it"


def measured(one: StoredFile, by: User) -> Measurement:
    """Asked for and done at once, as the worker does it."""
    with acting_as(by):
        asked = actions.ask_to_measure(one, by=by)
        tasks.measure(Job.objects.get(about=asked.pk))
        return Measurement.objects.get(pk=asked.pk)


def test_a_file_is_measured_again(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    one, client = attached(cast.investigator, file), signed_in(cast.investigator)
    assert client.post(f"/attached/{one.code}/measure/").status_code == 302
    assert "Being measured" in client.get(f"/attached/{one.code}/").content.decode()
    again = measured(one, cast.investigator)
    assert again.is_same and not again.trouble and last_events(1)[0]["file"]["found"] == one.sha256
    assert "Unchanged" in client.get(f"/attached/{one.code}/").content.decode()
    with acting_as(cast.care_worker), pytest.raises(Refused):
        actions.ask_to_measure(one, by=cast.care_worker)


def flip(path: Path, at: int) -> None:
    """Change one bit of a sealed file."""
    stored = bytearray(path.read_bytes())
    stored[at] ^= 1
    path.write_bytes(stored)


@pytest.mark.parametrize(("harm", "code"), [
    (lambda path, other: flip(path, -1), "VAULT-TAMPERED"), (lambda path, other: flip(path, 30), "VAULT-TAMPERED"),
    (lambda path, other: os.truncate(path, 40), "VAULT-FORMAT"), (lambda path, other: path.unlink(), "VAULT-FILE-GONE"),
    (lambda path, other: shutil.copy(other, path), "VAULT-TAMPERED")], ids=["end", "head", "cut", "gone", "another"])
def test_a_harmed_file_is_said_to_be_one(cast: Cast, file: CaseFile, signed_in: SignIn, harm: Callable[[Path, Path], Any],
                                         code: str) -> None:
    one, other = attached(cast.investigator, file), attached(cast.investigator, file)
    client = signed_in(cast.investigator)
    harm(shelf.path_of(one.storage), shelf.path_of(other.storage))
    answer = client.get(f"/attached/{one.code}/fetch/")
    assert answer.status_code == 409 and code in answer.content.decode() and "Content-Disposition" not in answer
    found = measured(one, cast.investigator)
    assert found.is_same is False and found.trouble == code and acts()[-1] == "stored.broken"
    assert "Cannot be read" in client.get(f"/attached/{one.code}/").content.decode()
    assert of(client.get(f"/attached/{other.code}/fetch/")) == PICTURE, "its neighbour is unharmed"


def test_harm_in_the_middle_breaks_the_download_off(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    one = attached(cast.investigator, file)
    flip(shelf.path_of(one.storage), 40_000)
    answer = signed_in(cast.investigator).get(f"/attached/{one.code}/fetch/")
    with pytest.raises(Tampered):
        of(answer)
    assert measured(one, cast.investigator).trouble == "VAULT-TAMPERED"


def test_another_original_is_found_by_its_fingerprint(cast: Cast, file: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    one = attached(cast.investigator, file)
    monkeypatch.setattr(shelf, "measure", lambda record, progress: "0" * 64)
    found = measured(one, cast.investigator)
    assert found.is_same is False and not found.trouble


def test_a_destroyed_key_takes_one_file_alone(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    one, other = attached(cast.investigator, file), attached(cast.investigator, file)
    keyring.destroy("evidence", one.pk, keyring.EVIDENCE, by=cast.data_protection.pk)
    client = signed_in(cast.investigator)
    answer = client.get(f"/attached/{one.code}/fetch/")
    assert answer.status_code == 409 and "VAULT-KEY-DESTROYED" in answer.content.decode()
    assert of(client.get(f"/attached/{other.code}/fetch/")) == PICTURE


def test_a_process_without_these_keys_takes_and_opens_no_file(cast: Cast, file: CaseFile, signed_in: SignIn,
                                                              settings: Any) -> None:
    one, client, before = attached(cast.investigator, file), signed_in(cast.investigator), on_disk()
    keyring.forget()
    settings.COMPARTMENTS = ("narrative", "identity")
    for answer in (client.get(f"/attached/{one.code}/fetch/"), sent(client, file)):
        assert "VAULT-KEY-FORBIDDEN" in answer.content.decode()
    assert on_disk() == before


def test_its_own_key_is_disclosed_to_nobody(cast: Cast, file: CaseFile) -> None:
    one = attached(cast.investigator, file)
    assert str(one.file_key) == "‹sealed›"
    with acting_as(cast.investigator, "r"), pytest.raises(ValueError, match="evidence"):
        disclose(one, "file_key", to=cast.investigator)


def test_outside_a_door_nothing_is_read(cast: Cast, file: CaseFile) -> None:
    one = attached(cast.investigator, file)
    with pytest.raises(NoDoor):
        shelf.read(one, to=cast.investigator, event="stored.fetched")


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture
def scanner(tmp_path: Path, settings: Any) -> None:
    """A scanner that knows one harmful file, as every scanner does."""
    program = tmp_path / "scanner"
    program.write_text('#!/bin/sh\nif grep -q -a EICAR-STANDARD "$1"; then exit 1; fi\n')
    program.chmod(0o700)
    settings.SCANNER = str(program)


def looked_through(cast: Cast) -> None:
    """The worker's part."""
    with acting_as(cast.investigator, "w", "SYSTEM"):
        for job in Job.objects.filter(kind="documents.measure").select_related("owner"):
            tasks.measure(job)


@pytest.mark.parametrize("content", [PICTURE, PICTURE + EICAR], ids=["harmless", "harmful"])
def test_what_a_scanner_finds_is_kept_and_not_downloaded(
        cast: Cast, file: CaseFile, signed_in: SignIn, scanner: None, content: bytes) -> None:
    one, client = attached(cast.investigator, file, content), signed_in(cast.investigator)
    where, is_harmful = f"/attached/{one.code}/fetch/", content != PICTURE
    assert client.get(where).status_code == 404, "nobody downloads what nobody looked through"
    assert "being looked through" in client.get(f"/attached/{one.code}/").content.decode()
    looked_through(cast)
    shown = client.get(f"/attached/{one.code}/").content.decode()
    assert ("Harmful" in shown) == is_harmful
    answer = client.get(where)
    assert answer.status_code == (404 if is_harmful else 200)
    if not is_harmful:
        assert of(answer) == PICTURE
    with acting_as(cast.investigator, "r"):
        told = Measurement.objects.get(stored=one)
    assert (told.is_same, told.trouble) == (True, "SCAN-HARMFUL" if is_harmful else ""), "the bytes are kept as they came"


def test_a_zip_bomb_is_kept_as_it_came(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("../../evil.txt", b"0" * 20_000_000)
    one = attached(cast.investigator, file, held.getvalue(), media="application/zip")
    assert of(signed_in(cast.investigator).get(f"/attached/{one.code}/fetch/")) == held.getvalue()
