"""A whole office for tests: real web server and real worker as processes of their own, on databases of this test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from ijm.embedded import web
from tests import databases

KEYS = ("context.key", "root.key", "passphrase", "secret.key")
FOLDERS = ("queue/in", "queue/control", "mail", "tmp")


class Office:
    """Web server and worker, which a test may kill and start again."""

    broker = "filesystem://localhost"

    def __init__(self, var: Path, names: tuple[str, str], *, mode: str = "test", app: str = "ijm") -> None:
        self.var, self.names, self.mode, self.app = var, names, mode, app
        self.port = web.free_port(8100 + os.getpid() % 800, ["127.0.0.1"], exactly=False)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for folder in FOLDERS:
            (var / folder).mkdir(parents=True, exist_ok=True)
        for key in KEYS:
            shutil.copy(settings.VAR / key, var / key)

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        """What a serving process gets: never the owner's logins."""
        served = {name: value for name, value in databases.variables(*self.names).items() if "OWNER" not in name}
        outer = {name: value for name, value in os.environ.items() if "OWNER" not in name and "PYTEST" not in name}
        return {**outer, **served, "IJM_VAR": str(self.var), "IJM_MODE": self.mode, "PYTHONUNBUFFERED": "1",
                "TMPDIR": str(self.var / "tmp"),
                "CELERY_BROKER_URL": self.broker, "PYTHONWARNINGS": "ignore"}

    def start(self, *parts: str) -> None:
        """Start these parts (both when none is named) and wait until the pages answer."""
        commands = {
            "web": ["-m", "gunicorn", "ijm.wsgi", "-b", f"127.0.0.1:{self.port}", "-k", "gthread", "--threads", "4",
                    "--log-level", "warning", "--no-control-socket"],
            "worker": ["-m", "celery", "-q", "-A", self.app, "worker", "-B", "-s", str(self.var / "beat.db"),
                       "-P", "threads", "-c", "2", "--without-gossip", "--without-mingle", "-l", "WARNING"],
        }
        for part in parts or commands:
            log = (self.var / f"{part}.log").open("ab")
            self.processes[part] = subprocess.Popen(
                [sys.executable, *commands[part]], env=self.environment(), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True, cwd=settings.BASE_DIR)
            log.close()
        if "web" in self.processes:
            self._wait_for_pages()

    def manage(self, *words: str) -> None:
        """Run a command of the house as this office."""
        subprocess.run([sys.executable, "manage.py", *words], env=self.environment(), cwd=settings.BASE_DIR, check=True)

    def _wait_for_pages(self) -> None:
        for _ in range(300):
            if web.answers("127.0.0.1", self.port, "localhost"):
                return
            time.sleep(0.1)
        raise AssertionError((self.var / "web.log").read_text()[-2000:])

    def kill(self, part: str) -> None:
        """End a part at once, as a power cut would."""
        process = self.processes.pop(part)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End everything at once: what a worker does who is asked to end in peace is the matter of the tests of `up`."""
        for part in list(self.processes):
            self.kill(part)


@contextmanager
def running(var: Path, names: tuple[str, str], *parts: str, app: str = "ijm") -> Iterator[Office]:
    """An office while the test needs it."""
    office = Office(var, names, app=app)
    try:
        office.start(*parts)
        yield office
    finally:
        office.stop()


def wait_until(ready: object, *, seconds: float = 30.0) -> bool:
    """Ask again and again; false when the time is over."""
    assert callable(ready)
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if ready():
            return True
        time.sleep(0.1)
    return False
