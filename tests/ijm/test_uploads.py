"""Large files on their way in: sealed as they come, in little memory; nothing stays of what was refused or broken off."""

from __future__ import annotations

import io
import os
import stat
import time
import tracemalloc
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile
from django.db import transaction
from django.test import Client

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents import kinds
from ijm.documents.actions import stored as actions
from ijm.documents.forms import stored as forms
from ijm.documents.models import StoredFile
from ijm.documents.views import stored as views
from ijm.trail.context import acting_as
from ijm.vault import incoming, shelf
from ijm.vault.incoming import Sealing
from tests import stories
from tests.cast import Cast
from tests.ijm.attached import PICTURE, on_disk, sent

SignIn = Callable[[User], Client]
FRAME = "frame"


@pytest.fixture
def file(cast: Cast) -> CaseFile:
    """An investigation on which the investigator stands."""
    made = stories.promoted_tip(cast)
    with acting_as(cast.investigator, "r"):
        return made.file


class Sending(io.RawIOBase):
    """The body of a form with a film of `size` bytes in it, made while it is read; it may break off."""

    def __init__(self, size: int, *, breaks: bool = False) -> None:
        self.head = (f'--{FRAME}\r\nContent-Disposition: form-data; name="about"\r\n\r\nrecording\r\n--{FRAME}\r\n'
                     'Content-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n').encode() + b"\0\0\0\x20ftypisom"
        self.tail = b"" if breaks else f"\r\n--{FRAME}--\r\n".encode()
        self.left, self.block = size - 12, os.urandom(1 << 16)
        self.length = len(self.head) + self.left + len(self.tail) + (1000 if breaks else 0)

    def read(self, most: int = -1) -> bytes:
        """The next bytes."""
        if self.head:
            given, self.head = self.head[:most], self.head[most:]
        elif self.left:
            given = self.block[:min(most, self.left)]
            self.left -= len(given)
        else:
            given, self.tail = self.tail[:most], self.tail[most:]
        return given


def streamed(client: Client, file: CaseFile, body: Sending) -> Any:
    """Send it as a browser does, without ever holding it."""
    return client.request(**{
        "PATH_INFO": f"/attached/file/{file.code}/new/", "REQUEST_METHOD": "POST", "wsgi.input": body,
        "CONTENT_TYPE": f"multipart/form-data; boundary={FRAME}", "CONTENT_LENGTH": str(body.length)})


def test_a_large_file_needs_little_memory(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    client, size = signed_in(cast.investigator), 24 << 20
    client.get(f"/attached/file/{file.code}/new/")
    tracemalloc.start()
    assert streamed(client, file, Sending(size)).status_code == 302
    with acting_as(cast.investigator, "r"):
        one = StoredFile.objects.get(file=file)
    answer: Any = client.get(f"/attached/{one.code}/fetch/")
    got = sum(len(piece) for piece in answer.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (one.size, got, one.media) == (size, size, "video/mp4")
    assert peak < 8 << 20


def test_a_line_that_breaks_leaves_nothing(cast: Cast, file: CaseFile, signed_in: SignIn,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    client, before = signed_in(cast.investigator), on_disk()
    assert streamed(client, file, Sending(1 << 20, breaks=True)).status_code == 200, "half a form: the page asks again"
    assert on_disk() == before

    def breaks(self: Sending, most: int = -1) -> bytes:
        raise OSError("gone")

    monkeypatch.setattr(Sending, "read", breaks)
    assert streamed(client, file, Sending(1 << 20)).status_code == 400
    assert on_disk() == before


def test_no_token_no_file(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    client, before = Client(enforce_csrf_checks=True), on_disk()
    client.cookies = signed_in(cast.investigator).cookies
    assert sent(client, file).status_code == 403 and on_disk() == before
    shown = client.get(f"/attached/file/{file.code}/new/").content.decode()
    token = shown.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
    assert sent(client, file, csrfmiddlewaretoken="x" * 64).status_code == 403 and on_disk() == before
    assert sent(client, file, csrfmiddlewaretoken=token).status_code == 302


def test_sent_twice_it_is_attached_once(cast: Cast, file: CaseFile, signed_in: SignIn) -> None:
    client, before = signed_in(cast.investigator), on_disk()
    first, second = (sent(client, file, _once="the page's own mark") for _ in range(2))
    assert first["Location"] == second["Location"] and len(on_disk() - before) == 1
    assert sent(client, file, PICTURE + b"1", _once="the page's own mark")["Location"] != first["Location"]


def test_too_large_and_no_room(cast: Cast, file: CaseFile, signed_in: SignIn,
                               monkeypatch: pytest.MonkeyPatch) -> None:
    client, before = signed_in(cast.investigator), on_disk()
    monkeypatch.setattr(incoming, "has_room", lambda size: False)
    assert "There is no room" in sent(client, file).content.decode()
    monkeypatch.setattr(incoming, "has_room", shelf.has_room)
    for module in (views, forms):
        monkeypatch.setattr(module, "MOST", 70_000)
    assert "larger than 68.4" in sent(client, file).content.decode()
    assert sent(client, file, PICTURE * 3).status_code == 413
    assert on_disk() == before
    def full(self: shelf.Arrival, piece: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf.Arrival, "put", full)
    assert "There is no room" in sent(client, file, PICTURE[:60_000]).content.decode() and on_disk() == before
    honest = Sealing(uuid.uuid4(), sniff=kinds.of, most=incoming.WORDS * 2)
    honest.handle_raw_input(None, {}, incoming.WORDS * 3 + 1, "")
    assert honest.refused == incoming.LARGE
    liar = Sealing(uuid.uuid4(), sniff=kinds.of, most=10)
    with pytest.raises(RequestDataTooBig):
        liar.receive_data_chunk(bytes(21), 0)


def test_what_fails_after_it_came_leaves_nothing(cast: Cast, file: CaseFile, signed_in: SignIn,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    client, before = signed_in(cast.investigator), on_disk()
    assert "Choose one" in sent(client, file, about="nothing of the list").content.decode() or on_disk() == before
    monkeypatch.setattr(StoredFile, "save", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sent(client, file)
    assert on_disk() == before


def test_one_file_of_a_form_is_taken() -> None:
    sealing = Sealing(uuid.uuid4(), sniff=kinds.of, most=100)
    with pytest.raises(SkipFile):
        sealing.new_file("other", "a.txt", "text/plain", None)
    sealing.new_file("file", "a.txt", "text/plain", None)
    with pytest.raises(SkipFile):
        sealing.new_file("file", "b.txt", "text/plain", None)


def test_only_a_whole_file_is_shelved_and_under_its_own_record(cast: Cast, file: CaseFile) -> None:
    one, other = shelf.Arrival(uuid.uuid4()), StoredFile()
    one.put(b"text")
    with pytest.raises(ValueError, match="whole"):
        one.shelve(StoredFile(id=one.record))
    one.end()
    with pytest.raises(ValueError, match="own record"):
        one.shelve(other)
    other.id = one.record
    one.shelve(other)
    one.shelve(other)
    assert one.is_shelved and shelf.path_of(one.storage).exists()
    one.discard()
    assert not shelf.path_of(one.storage).exists()


def test_the_shelf_is_open_to_nobody_else(tmp_path: Path, settings: Any) -> None:
    settings.VAR = tmp_path
    made = shelf.folder("arriving")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (made, made.parent)] == [0o700, 0o700]


def test_what_never_came_whole_is_cleared_after_a_day() -> None:
    def fails() -> Any:
        yield b"some"
        raise OSError

    before = on_disk()
    with pytest.raises(OSError):
        shelf.arrive(uuid.uuid4(), fails())
    assert on_disk() == before
    left = shelf.Arrival(uuid.uuid4())
    left.end()
    os.utime(left.path, (0, time.time() - 2 * shelf.CLEARED_AFTER))
    fresh = shelf.Arrival(uuid.uuid4())
    assert shelf.clear(time.time()) == 1 and on_disk() == before | {fresh.storage}
    fresh.discard()


@pytest.mark.parametrize(("head", "media"), [
    (b"\xff\xd8\xff\xe0" + bytes(30), "image/jpeg"), (b"\0\0\0\x18ftypheic" + bytes(9), "image/heic"),
    (b"\0\0\0\x18ftypqt  ", "video/quicktime"), (b"\0\0\0\x18ftyp3gp4", "video/3gpp"), (b"RIFF1234WAVEfmt ", "audio/wav"),
    (b"RIFF1234WEBPVP8 ", "image/webp"), (b"%PDF-1.7\n\xe2\xe3", kinds.PDF), (b"PK\x03\x04\x14\0word/document.xml", kinds.WORD),
    (b"PK\x03\x04\x14\0photos/1.jpg", kinds.ZIP), ("ជំរាបសួរ\n".encode(), kinds.TEXT), (b"\xff\xfeh\0i\0", kinds.TEXT),
    (b"From: a\r\nTo: b\r\n\r\nHello", kinds.TEXT), (b"\xff\xfe<\0s\0c\0r\0", ""), (b"\xef\xbb\xbf<svg>", ""),
    (b"<?xml version='1.0'?>", ""), (b"\xca\xfe\xba\xbe\0\0", ""), (b"\x00" * 40, ""), (b"MZ is how it begins", "")])
def test_the_kind_is_told_by_the_first_bytes(head: bytes, media: str) -> None:
    assert kinds.of(head) == media
    assert not media or kinds.extension(media) in kinds.EXTENSIONS.values()
    assert kinds.extension("x/unknown") == "bin"


def test_nobody_attaches_by_another_way(cast: Cast, file: CaseFile) -> None:
    form = forms.AttachForm({"about": "other"}, {"file": SimpleUploadedFile("a.txt", b"plain")})
    assert not form.is_valid() and "file" in form.errors, "what was not sealed as it came is not taken"
    arrival = shelf.arrive(uuid.uuid4(), [b"text"])
    with pytest.raises(Exception, match="work on the case file"), acting_as(cast.care_worker), transaction.atomic():
        actions.attach(file, arrival, by=cast.care_worker, media="text/plain", name="a.txt")
    arrival.discard()
