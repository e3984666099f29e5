"""Checkpoints: the log signed at a steady pace, and handed on in a file that only grows.

The signing key lies in a file of its own, apart from the database; whoever has only the database signs nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connections, transaction

from audit.log import notes, witness
from audit.log.notes import Checkpoint, NoteError, Signer, Verifier
from audit.log.sequencer import LOCK, LOG, LogBroken
from audit.log.store import Store
from audit.log.tree import is_consistent
from audit.log.witness import Entry, Forked

PUBLIC, FOLDER, NAME, KEYS = "log.pub", "witness", "log.txt", "keys"
AGAIN = 3_600.0  # seconds after which an unchanged log is handed on again: who reads the file sees that it lives
TAIL = 1 << 16  # bytes that surely hold the last entry of the file


class NoKey(Exception):
    """There is no key to sign with; the sentence says what to do."""


def make_key() -> Verifier:
    """A new log key in its own file (0600), and its public line beside it for everybody; an existing key stays."""
    path = settings.LOG.key_file
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _show(keys())
    signer = Signer(settings.LOG.origin, Ed25519PrivateKey.generate())
    with os.fdopen(handle, "w") as file:
        file.write(signer.written())
        file.flush()
        os.fsync(file.fileno())
    return _show(signer)


def _show(signer: Signer) -> Verifier:
    """Write the public line where the pages find it."""
    line = f"{signer.verifier}\n"
    path = settings.VAR / PUBLIC
    if not path.is_file() or path.read_text() != line:
        path.write_text(line)
        path.chmod(0o644)
    return signer.verifier


def keys() -> Signer:
    """The key that signs checkpoints; raises NoKey where there is none, or where it stands open to others."""
    path = settings.LOG.key_file
    try:
        held = path.stat()
        signer = Signer.read(path.read_text())
    except FileNotFoundError:
        raise NoKey(f"LOG_KEY_FILE names no file: {path} is missing; `manage.py audit_log --make-key` makes it.") from None
    except NoteError as error:
        raise NoKey(f"{path} holds no log key: {error}.") from None
    if held.st_mode & 0o077:
        raise NoKey(f"LOG_KEY_FILE is open to others: run chmod 600 {path}.")
    if signer.name != settings.LOG.origin:
        raise NoKey(f"The key in {path} signs for {signer.name}, and LOG_ORIGIN is {settings.LOG.origin}.")
    return signer


def public() -> Verifier | None:
    """The public key as everybody may read it; None before there is one."""
    try:
        return Verifier.read((settings.VAR / PUBLIC).read_text())
    except (OSError, NoteError):
        return None


def make(signer: Signer) -> Checkpoint | None:
    """Sign the log as it stands; None where it has not grown since the last checkpoint, for the note would be the same.

    Raises LogBroken when the tiles no longer say what the last checkpoint says: nothing is signed over a changed log.
    """
    store = Store(LOG)
    with transaction.atomic(using=LOG), connections[LOG].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        size, last = store.size(), store.newest()
        if size == (last.size if last else 0):
            return None
        point = Checkpoint(signer.name, size, store.root(size))
        if last and not is_consistent(last.size, size, last.root, point.root, store.consistency(last.size, size)):
            raise LogBroken(f"The log of {size} events does not continue the checkpoint of {last.size}: nothing is signed.")
        cursor.execute("INSERT INTO audit_checkpoint (size, root, note) VALUES (%s, %s, %s)",
                       [size, point.root, notes.sign(point.text(), [signer])])
    return point


# The witness file


def witness_file() -> Path:
    """The file that a second organisation is given."""
    return Path(settings.VAR) / FOLDER / NAME


def last_entry(path: Path) -> tuple[Entry | None, int]:
    """The last whole entry of a witness file, and where it ends in bytes; what was half written after it does not count."""
    if not path.exists():
        return None, 0
    with path.open("rb") as file:
        start = max(0, file.seek(0, os.SEEK_END) - TAIL)
        file.seek(start)
        held = file.read()
    begins = 0 if held.startswith(b"old ") and not start else held.find(b"\nold ") + 1
    text = held[begins:].decode(errors="replace")
    *_, (last, end) = [(None, 0), *witness.entries(text)]
    return last, start + begins + len(text[:end].encode())


def hand_on(signer: Signer) -> int:
    """Append what the witness file lacks; how many entries. An unchanged log is handed on again once an hour.

    Raises Forked, and writes nothing, when the log does not continue what the file says: after a restore from an older
    back-up the people of the office decide what to do, not a program.
    """
    store, path = Store(LOG), witness_file()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    entry, end = last_entry(path)
    last = witness.read(entry.note, signer.verifier) if entry else None
    if last and (store.size() < last.size or store.root(last.size) != last.root):
        raise Forked(f"the witness file knows a log of {last.size} events that this one does not continue")
    due = list(_following(store, last.size if last else 0))
    if not due and entry and last and time.time() - path.stat().st_mtime > AGAIN:
        due = [Entry(last.size, (), entry.note)]
    if due:
        _append(path, end, "".join(one.written() for one in due))
    return len(due)


def _following(store: Store, size: int) -> Iterator[Entry]:
    """What comes after a log of this size: each checkpoint with the proof from the one before it."""
    for held in store.checkpoints(beyond=size):
        yield Entry(size, tuple(store.consistency(size, held.size)), held.note)
        size = held.size


def _append(path: Path, end: int, text: str) -> None:
    """Add to the file, after cutting off what a kill left half written."""
    with path.open("r+b" if path.exists() else "xb") as file:
        file.truncate(end)
        file.seek(end)
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def begin_anew() -> Path:
    """Lay the witness file aside and let another begin; the log says so. Raises FileNotFoundError where there is none.

    For people who know why the log does not continue the file: it was restored from a back-up that is older. A witness
    goes on refusing until she, too, begins anew; the old file proves what she saw.
    """
    path = witness_file()
    aside = path.with_name(f"log-{int(time.time())}.txt")
    path.rename(aside)
    with connections[LOG].cursor() as cursor:
        cursor.execute("SELECT guard.tell_log('log.begun_anew', 'restored')")
    return aside


# What witnesses give back


def known() -> list[Verifier]:
    """The public keys of the witnesses, one line each in a file that the office keeps; raises NoteError for a bad line."""
    path = witness_file().with_name(KEYS)
    lines = path.read_text().splitlines() if path.exists() else []
    return [Verifier.read(line) for line in lines if line.strip()]


def take_cosigned(note: str, witnesses: Iterable[Verifier]) -> list[Verifier]:
    """Add the signatures of known witnesses to the checkpoint they signed; whose were new.

    Raises NoteError for a note that nobody known signed, or that is not one of our checkpoints.
    """
    witnesses = list(witnesses)
    text, signed = notes.opened(note, witnesses)
    point, store = Checkpoint.read(text), Store(LOG)
    with transaction.atomic(using=LOG), connections[LOG].cursor() as cursor:
        held = next((held for held in store.checkpoints(beyond=point.size - 1) if held.size == point.size), None)
        if held is None or not held.note.startswith(f"{text}\n"):
            raise NoteError("this is not one of our checkpoints")
        there = notes.lines_of(held.note, signed)
        new = {one: line for one, (line, _signature) in notes.lines_of(note, signed).items() if one not in there}
        cursor.execute("UPDATE audit_checkpoint SET note = %s WHERE size = %s", [held.note + "".join(new.values()), held.size])
    return list(new)
