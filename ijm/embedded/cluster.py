"""A private PostgreSQL cluster: unix socket only, SCRAM passwords, closed folders; nothing installed beforehand."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from ijm.embedded import programs
from ijm.embedded.files import locked, private_folder, write_private

PORT = 5432
SOCKET_LIMIT = 100  # bytes; Linux allows 107, macOS 103
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
password_encryption = 'scram-sha-256'
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
include = 'socket.conf'
"""
NOT_DURABLE = "fsync = off\nfull_page_writes = off\n"  # safe against a killed server, not against a power cut


class Cluster:
    """One database server of our own, kept below `root` (for root: in a place that the server's account may enter).

    `durable=False` gives up safety against a power cut for speed: tests and measurements only.
    """

    def __init__(self, root: Path, *, durable: bool = True, bin_dir: Path | None = None) -> None:
        self.root = Path(root).expanduser().resolve()
        self.durable = durable
        self.account = programs.account()
        self._wanted_bin = bin_dir
        self._bin: Path | None = None

    def __repr__(self) -> str:
        return f"Cluster({str(self.root)!r})"

    @property
    def owner(self) -> tuple[int, int]:
        """The (uid, gid) that the server's files belong to."""
        return self.account.uid, self.account.gid

    @property
    def bin(self) -> Path:
        """The folder of the server programs, copied first where the account cannot read them."""
        if self._bin is None:
            self._bin = programs.usable(programs.found(self._wanted_bin), self.account)
        return self._bin

    @property
    def home(self) -> Path:
        """Where data, socket and log lie: `root`, or for root a folder named after it and its own random mark."""
        if not self.account.is_other:
            return self.root
        name = hashlib.sha256(os.fsencode(self.root) + self._mark()).hexdigest()[:12]
        return programs.root_base() / f"{self.root.name}-{name}"

    def _mark(self) -> bytes:
        """A random name for this folder: a fresh checkout at an old path must not meet the old data."""
        mark = self.root / "mark"
        if not mark.exists():
            private_folder(self.root)
            write_private(mark, secrets.token_hex(16).encode())
        return mark.read_bytes()

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / "data"

    @property
    def sockets(self) -> Path:
        """The folder of the unix socket; a short one under /tmp where the path would be too long."""
        inside = self.home / "s"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) < SOCKET_LIMIT and "," not in str(inside):
            return inside
        return Path("/tmp") / ("ijm-pg-" + hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12])  # nosec B108

    def exists(self) -> bool:
        """Whether this cluster has been made already."""
        return (self.root / "mark" if self.account.is_other else self.root).exists() and (
            self.data / "PG_VERSION").exists()

    def pid(self) -> int | None:
        """The server's process, as far as its lock file says."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def alive(self) -> bool:
        """Whether the server's process is there; cheap enough to ask all the time."""
        return _alive(self.pid())

    def running(self) -> bool:
        """Whether the server answers."""
        if not self.exists() or not self.alive() or not (self.sockets / f".s.PGSQL.{PORT}").exists():
            return False
        return self._run("pg_isready", "-h", self.sockets, "-p", str(PORT), "-q") == 0

    def start(self, *, tries: int = 20) -> Cluster:
        """Make the cluster if need be, start it and wait until it answers; raises SystemExit with the log's last words.

        After a kill -9 the old server's children and memory linger some seconds: hence the tries.
        """
        private_folder(self.root)
        with locked(self.root / ".lock"):
            self._initialise()
            self._say_where()
            for _ in range(tries):
                if self.running():
                    return self
                self._clear_stale_lock()
                if self._run("pg_ctl", "-w", "-t", "60", "-D", self.data, "-l", self.home / "server.log",
                             "start") == 0:
                    return self
                time.sleep(0.5)
        raise SystemExit("PostgreSQL did not start:\n" + self._last_words())

    def stop(self) -> None:
        """Stop the server, ending open connections; nothing happens where none runs."""
        if self.exists():
            self._run("pg_ctl", "-w", "-t", "60", "-D", self.data, "-m", "fast", "stop")

    def password(self, role: str) -> str:
        """The role's password, made on first use and kept in a file that only we can read."""
        path = private_folder(self.root / "passwords") / role
        if not path.exists():
            write_private(path, secrets.token_urlsafe(32).encode())
        return path.read_text()

    def superuser_dsn(self, dbname: str = "postgres") -> str:
        """The connection string of the superuser, who only makes roles and databases."""
        return psycopg.conninfo.make_conninfo(
            host=str(self.sockets), port=PORT, user="postgres", password=self.password("postgres"), dbname=dbname,
        )

    def url(self, role: str, dbname: str) -> str:
        """The postgresql:// address at which this role finds this database."""
        where = quote(str(self.sockets), safe="")
        return f"postgresql://{role}:{quote(self.password(role), safe='')}@/{quote(dbname)}?host={where}&port={PORT}"

    def _run(self, program: str, *arguments: str | Path) -> int:
        return self.account.run(self.bin / program, *arguments).returncode

    def _initialise(self) -> None:
        if self.account.is_other:
            private_folder(programs.root_base(), owner=self.owner)
        private_folder(self.home, owner=self.owner)
        private_folder(self.sockets, owner=self.owner)
        if (self.data / "PG_VERSION").exists():
            return
        new = self.home / "data.new"  # renamed when complete: a set-up that is cut off leaves nothing half made
        if new.exists():
            shutil.rmtree(new)
        first = self.home / "first-password"
        write_private(first, self.password("postgres").encode(), owner=self.owner)
        answer = self.account.run(
            self.bin / "initdb", "-D", new, "-U", "postgres", "--auth=scram-sha-256", "--pwfile", first,
            "--encoding=UTF8", "--locale=" + ("C" if sys.platform == "darwin" else "C.UTF-8"), "--data-checksums",
            *([] if self.durable else ["--no-sync"]),
        )
        first.unlink()
        if answer.returncode:
            raise SystemExit("PostgreSQL could not be set up:\n" + answer.stdout)
        with (new / "postgresql.conf").open("a") as file:
            file.write(CONFIGURATION + ("" if self.durable else NOT_DURABLE))
        new.rename(self.data)

    def _say_where(self) -> None:
        """Written at each start, for the folder may have moved; a file, for pg_ctl's -o would go through a shell."""
        folder = str(self.sockets).replace("'", "''")
        write_private(self.data / "socket.conf", f"unix_socket_directories = '{folder}'\n".encode(), owner=self.owner)

    def _clear_stale_lock(self) -> None:
        """After a reboot or in a new container the old number may belong to another program: then the lock is void."""
        pid = self.pid()
        name = Path(f"/proc/{pid}/comm")
        if pid and name.exists() and not name.read_text().startswith("postgres"):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _last_words(self) -> str:
        try:
            return "".join((self.home / "server.log").read_text(errors="replace").splitlines(True)[-5:])
        except OSError:
            return "it left no log."


def _alive(pid: int | None) -> bool:
    """Whether such a process exists."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
