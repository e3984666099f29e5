"""Attached files: sealed as they come, opened by those who work on the case file, unchanged or found out."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents.models import StoredFile
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import shelf
from tests import stories
from tests.cast import Cast
from tests.ijm.attached import NAME, PICTURE, attached, of, on_disk, sent
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
    assert client.get(where, headers={"Range": "bytes=0-9", "If-Range": '"another"'}).status_code == 200
    assert client.get(where, headers={"Range": "bytes=0-9", "If-Range": f'"{one.code}"'}).status_code == 206
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
    answer = sent(signed_in(cast.investigator), file, content, "holiday.png")
    assert answer.status_code == 200 and said in answer.content.decode()
    with acting_as(cast.investigator, "r"):
        assert not StoredFile.objects.exists()
    assert on_disk() == before
