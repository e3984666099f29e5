"""`manage.py up`: one command that runs a whole office, and stops it as cleanly.

It works without Django's settings: the databases that they name have yet to be started.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ijm.embedded import locking, roles, secrets, web
from ijm.embedded.cluster import Cluster
from ijm.embedded.files import private_folder, try_lock, write_private
from ijm.embedded.programs import PROJECT
from ijm.embedded.supervisor import PartEnded, Stopped, Supervisor, birthday, end_left_over
from ijm.embedded.totp import demo_line

NEVER_SERVED = ("DATABASE_OWNER_URL", "KEYS_OWNER_URL", "BACKUP_DATABASE_URL", "BACKUP_KEYS_URL")
# for the worker, and for the process that keeps the log: never for the pages
ROTOR, LOG = "ROTOR_DATABASE_URL", "LOG_DATABASE_URL"
FIRST_PORT = 8000
SOURCES = ("ijm", "investigations", "aftercare", "prosecutions", "audit")
# Celery warns root against its pickle messages; ours are JSON only, and root is what a container gives.
QUIET_AS_ROOT = "ignore:You're running the worker"
WORKER = ("-P", "threads", "-c", "2", "--without-gossip", "--without-mingle", "-l", "WARNING")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What a person may say after `manage.py up`."""
    parser.add_argument("--demo", action="store_true", help="fill a demonstration office with invented people")
    parser.add_argument("--port", type=int, help=f"default: {FIRST_PORT}, or the next free one")
    parser.add_argument("--bind", default=os.environ.get("IJM_BIND") or "localhost",
                        help="address to listen at; default: this machine only")


def main(argv: Sequence[str]) -> int:
    """Read the command line and run the office until it is told to stop."""
    parser = argparse.ArgumentParser(prog="manage.py up", description="Run the office: database, pages and worker.")
    arguments(parser)
    options = parser.parse_args(argv)
    return Up(demo=options.demo, port=options.port, bind=options.bind).run()


class Up:
    """One run of the office, from the first file to the last process."""

    def __init__(self, *, demo: bool, port: int | None, bind: str) -> None:
        self.demo, self.bind, self.wanted = demo, bind, port
        self.var = Path(os.environ.get("IJM_VAR") or PROJECT / "var").resolve()
        self.notes = self.var / "up.json"
        self.cluster = None if os.environ.get("DATABASE_URL") else Cluster(self.var / "pg")
        self.supervisor = Supervisor(PROJECT)
        self.environment = self._settings()

    def _settings(self) -> dict[str, str]:
        """The environment that every part gets; without --demo an office is a real one."""
        mode = "demo" if self.demo else os.environ.get("IJM_MODE") or "production"
        if self.demo and os.environ.get("IJM_MODE", "demo") != "demo":
            raise SystemExit("--demo fills an office with invented people: unset IJM_MODE, or leave --demo out.")
        if not self.demo and (self.var / "demo.password").exists():
            raise SystemExit(f"{self.var} holds the demonstration office: add --demo, or set IJM_VAR to a new folder.")
        return {**os.environ, "IJM_MODE": mode, "IJM_VAR": str(self.var), "IJM_BIND": self.bind,
                "CELERY_BROKER_URL": os.environ.get("CELERY_BROKER_URL") or "filesystem://localhost",
                "PYTHONUNBUFFERED": "1"}

    def run(self) -> int:
        """Start everything, wait, stop everything; the exit code is 0 when someone asked for the end."""
        private_folder(self.var)
        if try_lock(self.var / "up.lock") is None:
            address = self._noted().get("address", "see its terminal")
            print(f"This office is running already: {address}", file=sys.stderr)
            return 1
        self.supervisor.listen()
        try:
            self._start()
            self._watch()
        except Stopped:
            return 0
        except PartEnded as ended:
            print(f"\n{ended} Everything is stopped; start again with the same command.", file=sys.stderr)
            return 1
        finally:
            self._end()
        return 0

    def _start(self) -> None:
        began = time.monotonic()
        noted = self._noted()
        end_left_over(noted.get("processes", {}))
        exists = self.cluster.exists() if self.cluster else False
        secrets.prepare(self.var, office_exists=exists)
        self._start_database()
        self._check_settings()
        at = web.addresses(self.bind)
        port = web.free_port(self.wanted or FIRST_PORT, at, exactly=self.wanted is not None)
        self.environment["IJM_PORT"] = str(port)
        ready = self._prepare(noted)
        self._start_parts(at, port)
        self._note(prepared=ready, address=self._address(port))
        if not self.supervisor.until(lambda: web.answers(at[0], port, self._host()), seconds=60):
            raise PartEnded("The web server does not answer.")
        self._greet(port, time.monotonic() - began)

    def _start_database(self) -> None:
        if self.cluster:
            self.say("Starting the database ...")
            self.cluster.start()
            roles.bootstrap(self.cluster)
            self.environment.update(roles.variables(self.cluster))

    def _check_settings(self) -> None:
        """Read the settings as every part will: a missing or weak one stops us here, with its one sentence."""
        os.environ.update(self.environment)
        import_module("ijm.env")

    def _prepare(self, noted: dict[str, Any]) -> str:
        """Bring database and static files up to date, unless nothing has changed since they last were."""
        state = f"{self._digest()} {self.environment['IJM_MODE']}"
        if noted.get("prepared") == state:
            return state
        self._note(prepared="")
        self.say("Preparing tables, rights and static files ...")
        steps = [self._manage("collectstatic", "--noinput", "-v", "0")]
        if self.environment.get("DATABASE_OWNER_URL"):
            steps.append(self._manage("migrate", "-v", "0"))
        if self.cluster:
            locking.unlock(self.cluster.superuser_dsn(roles.MAIN))
        self.supervisor.run(*steps, environment=self.environment)
        if self.cluster:
            locking.lock(self.cluster.superuser_dsn(roles.MAIN))
        if self.demo:
            self.supervisor.run(self._manage("demo"), environment=self._served(ROTOR))
        else:
            self.supervisor.run(self._manage("found"), environment=self._served(ROTOR), terminal=True)
        return state

    def _start_parts(self, at: list[str], port: int) -> None:
        listen = [part for address in at for part in ("-b", web.listening(address, port))]
        self.supervisor.start("web server", [
            "-m", "gunicorn", "ijm.wsgi", *listen, "-k", "gthread", "-w", "1", "--threads", "8",
            "--log-level", "warning", "--graceful-timeout", "4", "--no-control-socket",
        ], self._served())
        self.supervisor.start("worker", [
            "-m", "celery", "-q", "-A", "ijm", "worker", "-B", "-s", str(self.var / "beat.db"), *WORKER,
        ], {**self._served(ROTOR), "PYTHONWARNINGS": QUIET_AS_ROOT})
        if self.environment.get(LOG):
            self.supervisor.start("log", self._manage("audit_log"), self._served(LOG))

    def _watch(self) -> None:
        """Stay until a signal comes or a part ends; in a terminal, keep the demonstration's code fresh."""
        shows_code = self.demo and sys.stdout.isatty()
        while True:
            self.supervisor.check()
            if self.cluster and not self.cluster.alive():
                raise PartEnded("The database ended by itself.")
            if shows_code:
                print(f"\r{demo_line(self.var)} ", end="", flush=True)
            self.supervisor.pause()

    def _end(self) -> None:
        """Web first, then the worker and the log, the database last."""
        if self.supervisor.parts:
            self.say("\nStopping ...")
        self.supervisor.end()
        if self.cluster:
            self.cluster.stop()

    def _served(self, *logins: str) -> dict[str, str]:
        """The environment of a part: never with the logins of owner or back-up, and of the apart ones only those given."""
        kept = {*NEVER_SERVED, ROTOR, LOG} - {*logins}
        return {name: value for name, value in self.environment.items() if name not in kept}

    def _greet(self, port: int, seconds: float) -> None:
        self.say(f"\nReady after {seconds:.1f} s: {self._address(port)}")
        if self.demo:
            signins = self.var / "demo.signins"
            if signins.exists():
                self.say(signins.read_text().rstrip())
            self.say(demo_line(self.var))
            self.say("A later code: python manage.py demo_code")
        self.say("Stop with Ctrl-C.")

    def _address(self, port: int) -> str:
        if self.environment["IJM_MODE"] == "production":
            return f"https://{self._host()} (behind your TLS proxy; this server listens at {self.bind}:{port})"
        return f"http://{self._host()}:{port}"

    def _host(self) -> str:
        return self.environment.get("IJM_HOST") or "localhost"

    def _manage(self, *command: str) -> list[str]:
        return [str(PROJECT / "manage.py"), *command]

    def _digest(self) -> str:
        """Changes whenever a source file, a pinned package or the database does."""
        state = hashlib.sha256(str(self.cluster.home if self.cluster else os.environ["DATABASE_URL"]).encode())
        files = [file for folder in SOURCES for file in (PROJECT / folder).rglob("*") if file.suffix != ".pyc"]
        for file in [PROJECT / "requirements.lock", *sorted(files)]:
            if file.is_file():
                seen = file.stat()
                state.update(f"{file}|{seen.st_size}|{seen.st_mtime_ns}\n".encode())
        return state.hexdigest()

    def _noted(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.notes.read_text()))
        except (OSError, ValueError):
            return {}

    def _note(self, **news: str) -> None:
        """Write down what a later start, or a command beside us, needs to know; no secret is in it."""
        processes = {str(part.process.pid): birthday(part.process.pid) for part in self.supervisor.parts}
        said = {name: self.environment[name] for name in ("IJM_MODE", "IJM_BIND", "IJM_PORT", "IJM_HOST")
                if name in self.environment}
        notes = {**self._noted(), "processes": processes, "environment": said, **news}
        write_private(self.notes, json.dumps(notes, indent=1).encode())

    def say(self, line: str) -> None:
        """Tell the person at the terminal."""
        print(line, flush=True)
