"""Back-ups of an office: data, keys and files, each in a folder of its own with a life of its own."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ijm.embedded import dumps
from ijm.embedded.files import private_folder, try_lock
from ijm.embedded.manifests import Backup, Manifest, Stored, Unusable, all_of, digest, expire, moment

DUMP = {"data": "data.dump", "keys": "keys.dump"}
PIECE = 1 << 20
ARRIVING = "arriving"  # files on their way in, which no record names yet


@dataclass(frozen=True)
class Plan:
    """Where each kind goes, how many days it is kept, the logins of the two databases, where the sealed files lie."""

    folders: Mapping[str, Path]
    days: Mapping[str, int]
    logins: Mapping[str, str]
    files: Path


def back_up(plan: Plan) -> tuple[list[Backup], list[Path]]:
    """Make one back-up of each kind, then throw away the expired ones; says what was made and what went.

    Data first, keys after them, files last: every key that the data name is in the key back-up, every file that they
    name is in the file back-up. Raises Unusable when a part fails; what is finished stays, what is half made goes.
    """
    made = [_dumped(plan, "data"), _dumped(plan, "keys"), _files(plan)]
    gone = [path for kind, folder in plan.folders.items() for path in expire(folder, plan.days[kind], now=moment())]
    return made, gone


@contextmanager
def _new(plan: Plan, kind: str) -> Iterator[tuple[Path, datetime]]:
    """A folder that gets its name when it is complete; only one at a time."""
    into = private_folder(plan.folders[kind])
    lock = try_lock(into / ".lock")
    if lock is None:
        raise Unusable("BACKUP-RUNS", f"A back-up into {into} is running already.")
    part = into / ".part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        at = moment()
        yield private_folder(part), at
        part.rename(into / f"{at:%Y%m%dT%H%M%SZ}")
    finally:
        shutil.rmtree(part, ignore_errors=True)
        os.close(lock)


def _dumped(plan: Plan, kind: str) -> Backup:
    with _new(plan, kind) as (part, at):
        path = part / DUMP[kind]
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        rows = dumps.dump(plan.logins[kind], path)
        _lasting(path)
        manifest = Manifest(kind, at, _until(plan, kind, at), {path.name: Stored(path.stat().st_size, digest(path))}, rows)
        manifest.write(part)
    return Backup(_named(plan, kind, at), manifest)


def _files(plan: Plan) -> Backup:
    before = all_of(plan.folders["files"])[-1:]
    with _new(plan, "files") as (part, at):
        found = {name: _kept(path, part / name, name, before) for name, path in stored_files(plan.files)}
        manifest = Manifest("files", at, _until(plan, "files", at),
                            {name: stored for name, stored in found.items() if stored is not None})
        manifest.write(part)
    return Backup(_named(plan, "files", at), manifest)


def _until(plan: Plan, kind: str, at: datetime) -> datetime:
    return at + timedelta(days=plan.days[kind])


def _named(plan: Plan, kind: str, at: datetime) -> Path:
    return plan.folders[kind] / f"{at:%Y%m%dT%H%M%SZ}"


def stored_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every finished file below this folder with its name; links, and what is still arriving, are passed over."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and name.parts[0] != ARRIVING:
            yield name.as_posix(), path


def _kept(source: Path, target: Path, name: str, before: list[Backup]) -> Stored | None:
    """Take one file over: linked to the back-up before where it is the same one, else copied and measured."""
    private_folder(target.parent)
    try:
        seen = source.stat()
        for backup in before:
            known, copy = backup.manifest.files.get(name), backup.path(name)
            if (known and copy.is_file() and (seen.st_size, seen.st_mtime_ns) == (known.size, copy.stat().st_mtime_ns)
                    and linked(copy, target)):
                return known
        return copied(source, target)
    except FileNotFoundError:  # thrown away since the list was made
        return None


def linked(source: Path, target: Path) -> bool:
    """Give a file a second name; says whether this medium knows how."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def copied(source: Path, target: Path) -> Stored:
    """Copy a file, measuring it on the way; the copy is private and lasts a power cut. Never follows a link."""
    state, size = hashlib.sha256(), 0
    handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as old, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
        while piece := old.read(PIECE):
            state.update(piece)
            size += new.write(piece)
        seen = os.fstat(old.fileno())
        new.flush()
        os.fsync(new.fileno())
    os.utime(target, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    return Stored(size, state.hexdigest())


def _lasting(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
