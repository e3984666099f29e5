"""`manage.py up --demo` as a newcomer, a script and an accident meet it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ijm.embedded.cluster import Cluster
from ijm.embedded.programs import PROJECT
from ijm.embedded.roles import variables

FIRST, LATER, END = 280.0, 90.0, 40.0  # seconds; a busy machine is slow, a stuck start never ends
pytestmark = pytest.mark.timeout(600)


class Office:
    """One run of `up`, started the way a script does: in the background, with SIGINT ignored."""

    def __init__(self, var: Path, *options: str) -> None:
        self.var, self.log = var, var.with_name(f"log-{time.monotonic_ns()}")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(PROJECT / "manage.py"), "up", "--demo", *options], cwd=PROJECT, stdout=log,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self._environment(),
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN) and None,
            )

    def _environment(self) -> dict[str, str]:
        """That of a newcomer: nothing of this test session's own."""
        ours = ("IJM_", "DATABASE_", "AUDIT_", "KEYS_", "CELERY_", "DJANGO_", "COV", "PYTEST")
        return {**{k: v for k, v in os.environ.items() if not k.startswith(ours)}, "IJM_VAR": str(self.var)}

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def ready(self, within: float) -> str:
        """Wait for the address and give it back."""
        limit = time.monotonic() + within
        while time.monotonic() < limit:
            found = re.search(r"Ready after [\d.]+ s: http://localhost:(\d+)", self.said())
            if found and "Stop with Ctrl-C." in self.said():
                return found.group(1)
            assert self.process.poll() is None, self.said()
            time.sleep(0.2)
        raise AssertionError(f"not ready after {within} s:\n{self.said()}")

    def parts(self) -> list[int]:
        return [int(pid) for pid in json.loads((self.var / "up.json").read_text())["processes"]]

    def ended(self) -> int:
        return self.process.wait(END)


def health(port: str) -> str:
    connection = http.client.HTTPConnection("localhost", int(port), timeout=30)
    connection.request("GET", "/health/")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def count(cluster: Cluster) -> int:
    with psycopg.connect(cluster.url("ijm_backup", "ijm")) as connection:
        row = connection.execute("SELECT count(*) FROM audit_event").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of one demonstration office, filled once and started by each test."""
    folder = tmp_path_factory.mktemp("up") / "var"
    yield folder
    cluster = Cluster(folder / "pg")
    cluster.stop()
    shutil.rmtree(cluster.home, ignore_errors=True)


def test_a_newcomer_gets_an_office_and_a_script_stops_it(var: Path) -> None:
    office = Office(var)
    try:
        port = office.ready(FIRST)
        assert health(port).strip() == "ok"
        said = office.said()
        assert (var / "demo.password").read_text().strip() in said and re.search(r"code: +\d{6}", said)
        for part in office.parts():
            environment = Path(f"/proc/{part}/environ").read_text()
            assert "DATABASE_URL=" in environment and "OWNER_URL=" not in environment
        given = [Path(f"/proc/{part}/environ").read_text().count("\0LOG_DATABASE_URL=") for part in office.parts()]
        assert given == [0, 0, 1], "only the process that keeps the log is given its login"
        assert {stat.S_IMODE(file.stat().st_mode) for file in var.glob("*.[kt]*")} == {0o600}
        parts = office.parts()
    finally:
        office.process.send_signal(signal.SIGINT)
    assert office.ended() == 0
    assert not [part for part in parts if Path(f"/proc/{part}").exists()]
    assert not Cluster(var / "pg").running()


def test_it_starts_again_with_its_data_beside_no_other_and_stops_on_sigterm(var: Path) -> None:
    office = Office(var)
    try:
        office.ready(LATER)
        assert "Filling" not in office.said()
        assert count(Cluster(var / "pg")) > 100
        second = Office(var)
        a_command_beside_it_finds(office)
        assert second.ended() == 1 and "running already" in second.said()
    finally:
        office.process.terminate()
    assert office.ended() == 0


def a_command_beside_it_finds(office: Office) -> None:
    """Whoever asks in another terminal asks the running office."""
    ask = "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict['USER'])"
    answer = subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), "shell", "-v", "0", "-c", ask], env=office._environment(),
        cwd="/", capture_output=True, text=True, timeout=60, check=False)
    assert answer.stdout.strip() == "ijm_app", answer.stderr
    assert variables(Cluster(office.var / "pg"))["DATABASE_URL"] not in office.said()


def all_stop(office: Office, pid: int | None) -> None:
    """When this process dies everything stops, with a clear line."""
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert office.ended() == 1
    assert "ended by itself" in office.said()
    assert not Cluster(office.var / "pg").running()


def test_after_kill_9_of_everything_nothing_committed_is_lost_and_when_a_part_dies_all_stop(var: Path) -> None:
    office = Office(var)
    office.ready(LATER)
    cluster, parts = Cluster(var / "pg"), office.parts()
    before, database = count(cluster), cluster.pid()
    assert database is not None
    office.process.kill()
    os.kill(database, signal.SIGKILL)
    assert office.ended() == -signal.SIGKILL
    again = Office(var)
    again.ready(LATER)
    assert count(cluster) >= before
    assert not set(parts) & set(again.parts())
    assert not [part for part in parts if Path(f"/proc/{part}").exists()], "nothing is left running"
    all_stop(again, again.parts()[0])


@pytest.mark.parametrize("which", [1, "database"])
def test_when_another_part_dies_all_stop_too(var: Path, which: int | str) -> None:
    office = Office(var)
    office.ready(LATER)
    all_stop(office, Cluster(var / "pg").pid() if which == "database" else office.parts()[int(which)])


def test_the_demonstration_answers_on_this_machine_only(var: Path) -> None:
    office = Office(var, "--bind", "0.0.0.0")
    assert office.ended() == 1
    assert "answers on this machine only" in office.said()
    assert "Traceback" not in office.said()
