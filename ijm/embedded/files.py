"""Small private files and folders: never readable by anyone else, never half written."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Unsafe(SystemExit):
    """A file or folder is not ours alone; the message is what the person at the terminal reads."""


def private_folder(path: Path, *, owner: tuple[int, int] | None = None) -> Path:
    """Make the folder if it is missing; refuse one that is a link or belongs to a stranger.

    A folder that we make is closed (0700); `owner` is the (uid, gid) that shall hold it.
    """
    new = not path.exists()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    allowed = {os.geteuid(), owner[0] if owner else os.geteuid()}
    if stat.S_ISLNK(found.st_mode) or found.st_uid not in allowed:
        raise Unsafe(f"{path} belongs to someone else, or is a link: move it away and start again.")
    if new and owner and owner[0] != found.st_uid:
        os.chown(path, *owner)
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(0o700)
    return path


def write_private(path: Path, content: bytes, *, owner: tuple[int, int] | None = None) -> None:
    """Write the whole file or nothing, readable by its owner only (0600)."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        if owner:
            os.fchown(file.fileno(), *owner)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until nobody else holds this lock file, and hold it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """The handle of the lock file if it can be had at once (keep it open to keep the lock), else None."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
