"""What lies in one back-up: its kind, when it was made, when it is thrown away, and the SHA-256 of every file in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from ijm.embedded.files import write_private

FORMAT, NAME = 1, "manifest.json"
KINDS = ("data", "keys", "files")
NEEDED = {
    "data": "Keys and files alone bring nothing back: name the folder of a data back-up with --data.",
    "keys": "Data alone open nothing: name the folder of a key back-up, made with or after these data, with --keys.",
    "files": "Data and keys alone bring no uploaded file back: name the folder of a file back-up with --files.",
}


class Unusable(Exception):
    """A back-up cannot be used; `code` is for programs, the message for the person at the terminal."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass(frozen=True)
class Stored:
    """One file of a back-up: its size in bytes and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a back-up says of itself; `rows` counts the rows of each table at the moment of the dump."""

    kind: str
    made_at: datetime
    expires_at: datetime
    files: dict[str, Stored] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write it beside what it describes."""
        said = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat(), "expires_at": self.expires_at.isoformat()}
        write_private(folder / NAME, json.dumps(said, indent=1, sort_keys=True).encode())

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """What this folder says of itself; raises Unusable where it says nothing that can be understood."""
        try:
            said = json.loads((folder / NAME).read_bytes())
            if said["format"] != FORMAT:
                raise ValueError(said["format"])
            files = {name: Stored(int(one["size"]), str(one["sha256"])) for name, one in said["files"].items()}
            return cls(said["kind"], datetime.fromisoformat(said["made_at"]), datetime.fromisoformat(said["expires_at"]),
                       files, {str(table): int(count) for table, count in said["rows"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unusable("BACKUP-UNREADABLE", f"{folder} holds no back-up that this program understands.") from error


@dataclass(frozen=True)
class Backup:
    """One finished back-up: where it lies and what it says of itself."""

    folder: Path
    manifest: Manifest

    def check(self) -> Iterator[Unusable]:
        """Every file that is missing or not as it was written, read again from the first byte to the last."""
        for name, stored in self.manifest.files.items():
            path = self.path(name)
            if not path.is_file():
                yield Unusable("BACKUP-INCOMPLETE", f"{path} is missing: this back-up is not whole, use another.")
            elif (path.stat().st_size, digest(path)) != (stored.size, stored.sha256):
                yield Unusable("BACKUP-CHANGED", f"{path} is not as it was written (SHA-256 differs): use another back-up.")

    def path(self, name: str) -> Path:
        """Where a file of the manifest lies; raises Unusable for a name that would lead out of the back-up."""
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or not parts.parts:
            raise Unusable("BACKUP-UNREADABLE", f"The manifest in {self.folder} names a file outside of it.")
        return self.folder / parts


def digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal, in bounded memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def all_of(folder: Path) -> list[Backup]:
    """Every finished back-up right below this folder, the oldest first; raises Unusable for one that cannot be read."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not path.name.startswith(".") and (path / NAME).is_file():
            found.append(Backup(path, Manifest.read(path)))
    return sorted(found, key=lambda one: one.manifest.made_at)


def find(folder: Path | None, kind: str) -> Backup:
    """The back-up in this folder, or the newest of those below it; raises Unusable where there is none of that kind."""
    if folder is None:
        raise Unusable(f"NO-{kind.upper()}", f"No {kind} back-up was named. {NEEDED[kind]}")
    if (folder / NAME).is_file():
        found = Backup(folder, Manifest.read(folder))
    else:
        newest = (all_of(folder) or all_of(folder / kind))[-1:]
        if not newest:
            raise Unusable(f"NO-{kind.upper()}", f"There is no {kind} back-up in {folder}. {NEEDED[kind]}")
        found = newest[0]
    if found.manifest.kind != kind:
        raise Unusable(f"NO-{kind.upper()}",
                       f"{found.folder} is a back-up of {found.manifest.kind}, not of {kind}. {NEEDED[kind]}")
    return found


def expire(folder: Path, days: int, *, now: datetime) -> list[Path]:
    """Throw away what is older than so many days, or past the day that it names itself; says what went."""
    gone = [one.folder for one in all_of(folder)
            if one.manifest.made_at <= now - timedelta(days=days) or one.manifest.expires_at <= now]
    for path in gone:
        shutil.rmtree(path)
    return gone


def moment() -> datetime:
    """Now, to the second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)
