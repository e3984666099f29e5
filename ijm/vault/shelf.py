"""The shelf: where sealed files lie, under names that say nothing, and how they get there whole.

A file is sealed into `arriving/` while it comes, and moved to its place when the record that names it is saved. The 32
bytes that seal it are a sealed name of that record (`file_key`, compartment "evidence", under a key of the file's own);
`PLACE` and the record's id are the place that the seal covers.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess  # nosec B404: one program that the settings name, without a shell
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings

from ijm.roles.budgets import FILE
from ijm.roles.decisions import Holder
from ijm.trail import spending
from ijm.trail.looks import disclosed
from ijm.vault import files
from ijm.vault.disclosure import relation
from ijm.vault.errors import VaultError
from ijm.vault.files import Reader, Written
from ijm.vault.sealed import SealedModel, compartments

PLACE, ARRIVING = b"IJMF1|", "arriving"
KEY_COLUMN, KEY_NAME = "evidence", "file_key"
OURS_ALONE = 0o700
CLEARED_AFTER = 24 * 3600.0  # seconds after which what never arrived whole is thrown away


class FileGone(VaultError):
    """The sealed file does not lie where its record says."""

    code = "VAULT-FILE-GONE"
    mend = "The sealed file is not in its place; restore the folder of files from the backup."


def folder(*parts: str) -> Path:
    """A folder of the shelf, made on first use and open to nobody else."""
    path = Path(settings.FILES, *parts)
    for each in (*reversed(path.parents[:len(parts)]), path):  # `parents=True` would leave those open to others
        each.mkdir(mode=OURS_ALONE, exist_ok=True)
    return path


def path_of(storage: str) -> Path:
    """Where the sealed file of this storage name lies."""
    return folder(storage[:2]) / storage


def has_room(size: int, *, left: int = 256 << 20) -> bool:
    """Whether a file of this many bytes fits on the disk and leaves room for everything else."""
    return shutil.disk_usage(folder()).free > size + left


class Arrival:
    """One file on its way in: sealed piece by piece, moved to its place by `shelve`, thrown away by `discard`.

    `record` is the id of the record that will name it. Nothing of it is ever written unsealed.
    """

    def __init__(self, record: uuid.UUID) -> None:
        self.record, self.key, self.storage = record, secrets.token_bytes(32), secrets.token_hex(16)
        self.path = folder(ARRIVING) / self.storage
        self.to: BinaryIO = os.fdopen(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b", buffering=1 << 18)
        self.writer = files.Writer(self.to, key=self.key, context=PLACE + record.bytes)
        self.written: Written | None = None

    def put(self, piece: bytes) -> None:
        """Seal the next bytes."""
        self.writer.write(piece)

    def end(self) -> Written:
        """Seal the end, and have it on the disk before anybody hears of it."""
        self.written = self.writer.finish()
        self.to.flush()
        os.fsync(self.to.fileno())
        self.to.close()
        return self.written

    def shelve(self, record: Any) -> None:
        """Move the file to its place and tell the record what it is; to be saved by the caller in the same transaction.

        Raises ValueError for another record than the one it was sealed for, or before its end. Twice is harmless.
        """
        if self.written is None or record.pk != self.record:
            raise ValueError("only a whole file is shelved, and under its own record")
        if not self.is_shelved:
            place = path_of(self.storage)
            os.replace(self.path, place)
            _settle(place.parent)
            self.path = place
        record.size, record.sha256, record.stored = self.written.size, self.written.sha256, self.written.stored
        record.storage, record.file_key = self.storage, self.key.hex()

    @property
    def is_shelved(self) -> bool:
        """Whether it lies in its place."""
        return self.path.parent.name != ARRIVING

    def discard(self) -> None:
        """Throw it away, wherever it lies by now."""
        with suppress(OSError):  # what could not be written any more
            self.to.close()
        self.path.unlink(missing_ok=True)


class Pieces:
    """The bytes of a file, a chunk at a time; closes the file at their end, or when nobody wants the rest."""

    def __init__(self, opened: Reader, start: int, length: int | None) -> None:
        self.source, self.left = opened.source, opened.read(start, length)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self.left)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.source.close()

    def __del__(self) -> None:
        self.close()  # an answer that nobody began to read holds nothing open either


def arrive(record: uuid.UUID, pieces: Iterable[bytes]) -> Arrival:
    """A whole file out of its pieces, sealed and on the disk, not shelved yet; nothing is left when a piece fails."""
    arrival = Arrival(record)
    try:
        for piece in pieces:
            arrival.put(piece)
        arrival.end()
    except BaseException:
        arrival.discard()
        raise
    return arrival


def read(record: SealedModel, *, to: Holder, event: str, start: int = 0, length: int | None = None) -> Pieces:
    """The bytes of the original from `start` on, `length` of them or all; her look is recorded first, under `event`.

    The end of the file, its key and its length are vouched for before the first byte is given; each chunk when it comes.
    Raises NoDoor outside a door, VaultError when the file or its key are not whole. Needs no database after the call.
    """
    query = {"from": start, "to": start + length - 1} if length is not None else {}
    disclosed(record, ("content",), to=to, relation=relation([record]), event=event, query=query)
    spending.one(FILE, record.trail_ref().file)
    return Pieces(_opened(record), start, length)


def measure(record: SealedModel, progress: Callable[[int], None] | None = None) -> str:
    """The SHA-256 of the original, measured again over every byte; `progress` hears how many bytes are done.

    Gives no plain text and so needs no look. Raises VaultError when the file or its key are not whole.
    """
    opened = _opened(record)
    try:
        return opened.sha256(progress)
    finally:
        opened.source.close()


def is_harmless(record: SealedModel, program: str, *, seconds: float = 600) -> bool:
    """Whether this program finds nothing in the original: it is given every byte and answers 0; any other answer is no.

    Gives no plain text to anybody else and so needs no look. Raises VaultError when the file or its key are not whole,
    subprocess.TimeoutExpired when the program does not end within `seconds` after the last byte.
    """
    opened = _opened(record)
    try:
        with subprocess.Popen([program, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as run:
            with suppress(BrokenPipeError), cast(BinaryIO, run.stdin) as to:
                for piece in opened.read(0, None):
                    to.write(piece)
            return run.wait(timeout=seconds) == 0
    finally:
        opened.source.close()


def clear(now: float) -> int:
    """Throw away what began to arrive a day ago and never came whole; how many. `now` is in seconds since 1970."""
    old = [path for path in folder(ARRIVING).iterdir() if path.stat().st_mtime < now - CLEARED_AFTER]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _opened(record: Any) -> Reader:
    field = next(field for field in compartments(type(record)) if field.name == KEY_COLUMN)
    key = field.open(record, field.keys_of([record]))[KEY_NAME]
    try:
        source = path_of(record.storage).open("rb")
    except FileNotFoundError as error:
        raise FileGone(record.code) from error
    try:
        return Reader(source, os.fstat(source.fileno()).st_size, key=bytes.fromhex(key or ""),
                      context=PLACE + record.pk.bytes, name=record.code)
    except BaseException:
        source.close()
        raise


def _settle(place: Path) -> None:
    """The new name, too, survives a loss of power."""
    number = os.open(place, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


__all__ = ("Arrival", "FileGone", "arrive", "clear", "folder", "has_room", "is_harmless", "measure", "path_of", "read")
