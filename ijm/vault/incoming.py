"""Taking a file in from a browser: sealed while it comes, in bounded memory; what is refused leaves nothing behind."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from ijm.vault.shelf import Arrival, has_room

HEAD = 4096  # bytes by which the kind of a file is known
WORDS = 16 << 20  # bytes that the rest of a form may have
FIELD = "file"
TYPE, LARGE, FULL, EMPTY = "type", "large", "full", "empty"
Sniff = Callable[[bytes], str]


class Arrived(UploadedFile):
    """A file that came in: sealed and waiting to be shelved, or refused, with the reason why."""

    def __init__(self, arrival: Arrival | None, name: str, size: int, media: str, refused: str) -> None:
        super().__init__(None, name, media, size)
        self.arrival, self.media, self.refused = arrival, media, refused

    @property
    def sha256(self) -> str:
        """The SHA-256 of the original; nothing of a file that was refused."""
        return self.arrival.written.sha256 if self.arrival and self.arrival.written else ""

    def close(self) -> None:
        """Nothing is held open."""


class Sealing(FileUploadHandler):
    """Seals the one file of a form while it comes. `record`: the id of the record that will name it; `most`: bytes.

    `sniff` names the media type by the first bytes, or nothing for what is not taken. A refused file is heard out and
    dropped, so that the browser listens when it is told why; twice the most is heard, then the line is cut.
    """

    chunk_size = 1 << 18

    def __init__(self, record: uuid.UUID, *, sniff: Sniff, most: int) -> None:
        super().__init__()
        self.record, self.sniff, self.most = record, sniff, most
        self.arrival: Arrival | None = None
        self.head, self.media, self.refused, self.came, self.begun = b"", "", "", 0, False

    def handle_raw_input(self, input_data: Any, META: dict[str, str], content_length: int, boundary: str,
                         encoding: str | None = None) -> None:
        """Refuse at once what says of itself that it is far too large; ask whether the disk has room for the rest."""
        if content_length > 2 * self.most:
            raise RequestDataTooBig("more than may be sent")
        if content_length > self.most + WORDS:
            self.refused = LARGE
        elif not has_room(content_length):
            self.refused = FULL

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the file; a second one is passed over."""
        super().new_file(*args, **kwargs)
        if self.begun or self.field_name != FIELD:
            raise SkipFile
        self.begun = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal a piece; what a request says of its own length is not believed."""
        self.came += len(raw_data)
        if self.came > 2 * self.most:
            raise RequestDataTooBig("more than may be sent")
        if self.came > self.most:
            self._refuse(LARGE)
        with self._while_there_is_room():
            if self.arrival is not None:
                self.arrival.put(raw_data)
            elif not self.refused:
                self.head += raw_data
                if len(self.head) >= HEAD:
                    self._look()

    def file_complete(self, file_size: int) -> Arrived:
        """The whole file, sealed and on the disk; or only why it was refused."""
        with self._while_there_is_room():
            if not self.refused and self.arrival is None:
                self._look()
            if self.arrival is not None:
                self.arrival.end()
        return Arrived(self.arrival, self.file_name or "", file_size, self.media, self.refused)

    def upload_interrupted(self) -> None:
        """The line broke: nothing stays."""
        self.discard()

    def settle(self, taken: bool) -> None:
        """When the answer is known: what no record took is thrown away."""
        if not (taken and self.arrival is not None and self.arrival.is_shelved):
            self.discard()

    def discard(self) -> None:
        """Throw away what came, wherever it lies."""
        if self.arrival is not None:
            self.arrival.discard()
            self.arrival = None

    @contextmanager
    def _while_there_is_room(self) -> Iterator[None]:
        """Others, too, may fill the disk meanwhile."""
        try:
            yield
        except OSError:
            self._refuse(FULL)

    def _look(self) -> None:
        """Know the kind of the file by its first bytes, and begin to seal it."""
        if not self.head:
            return self._refuse(EMPTY)
        self.media = self.sniff(self.head[:HEAD])
        if not self.media:
            return self._refuse(TYPE)
        self.arrival = Arrival(self.record)
        self.arrival.put(self.head)
        self.head = b""
        return None

    def _refuse(self, why: str) -> None:
        self.discard()
        self.refused, self.head = self.refused or why, b""


__all__ = ("EMPTY", "FIELD", "FULL", "LARGE", "TYPE", "Arrived", "Sealing")
