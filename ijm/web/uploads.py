"""Uploads stay in memory, up to a hard limit: nothing that people send is ever written to a disk unsealed."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST = 10 * 1024 * 1024  # bytes in one file
DRAINED = 8 * MOST  # bytes that are taken in and dropped, so that the answer reaches somebody who sent too much


class MemoryOnly(FileUploadHandler):
    """Keeps a file in memory; of one that is too large it keeps nothing, and says so when the rest has come."""

    def handle_raw_input(self, input_data: Any, META: dict[str, str], content_length: int, boundary: str,
                         encoding: str | None = None) -> None:
        """Refuse at once what says of itself that it is far too large."""
        self.came = 0
        if content_length > DRAINED:
            raise RequestDataTooBig("more than may be sent")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece; what a request says of its own length is not believed."""
        self.came += len(raw_data)
        if self.came > DRAINED:
            raise RequestDataTooBig("more than may be sent")
        if self.came <= MOST:
            self.held.write(raw_data)
        else:
            self.held = BytesIO()

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        """The whole file; nothing of one that is too large."""
        if self.came > MOST:
            return None
        self.held.seek(0)
        return InMemoryUploadedFile(self.held, self.field_name, self.file_name or "", self.content_type, file_size,
                                    self.charset, self.content_type_extra)

    def upload_complete(self) -> None:
        """Say now that it was too much, when the sender has come to an end and listens."""
        if self.came > MOST:
            raise RequestDataTooBig("more than may be sent")
