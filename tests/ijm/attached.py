"""Attached files for tests: what a browser would have sent."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents.actions import stored
from ijm.documents.models import StoredFile
from ijm.trail.context import acting_as
from ijm.vault import shelf

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 300  # almost five chunks of a sealed file
NAME = "Sokha-at-the-border.png"


def attached(user: User, file: CaseFile, content: bytes = PICTURE, **said: Any) -> StoredFile:
    """A file on this case file, attached by this person."""
    arrival = shelf.arrive(uuid.uuid4(), [content])
    with acting_as(user):
        return stored.attach(file, arrival, by=user, **{"media": "image/png", "name": "IMG_0042.png", **said})


def sent(client: Client, file: CaseFile, content: bytes = PICTURE, name: str = NAME, **more: Any) -> Any:
    """A form with a file in it, as a browser sends it."""
    said = {"about": "picture", "description": "Given by her aunt", "file": SimpleUploadedFile(name, content)}
    return client.post(f"/attached/file/{file.code}/new/", {**said, **more})


def on_disk() -> set[str]:
    """Everything on the shelf."""
    return {path.name for path in shelf.folder().rglob("*") if path.is_file()}


def of(response: Any) -> bytes:
    """The bytes of an answer that streams."""
    return b"".join(response.streaming_content)
