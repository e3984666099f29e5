"""A power cut at the worst moment: no committed write is lost, nothing is half made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from ijm.embedded import dumps, roles
from ijm.embedded.cluster import Cluster
from ijm.env import database as settings_of
from ijm.vault import keyring
from tests import cast as casting
from tests import databases, stories
from tests.cast import Cast
from tests.cluster import CLUSTER
from tests.conftest import session_token
from tests.office import Office, running, wait_until
from tests.visitor import Visitor

VARIABLE_OF = {"default": "DATABASE_URL", "trail": "DATABASE_URL", "auditor": "AUDIT_DATABASE_URL", "keys": "KEYS_DATABASE_URL",
               "rotor": "ROTOR_DATABASE_URL"}
FOUND = {
    "outcome": "reached", "form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "0",
    **{f"form-{number}-{field}": value for number in range(5) for field, value in {
        "family": "Sin", "given": f"Chan{number}", "sex": "female", "age_band_0": "19", "language": "khm"}.items()},
}
HAND_OVER = ("aftercare_referral", "investigations_rescuedperson", "people_name", "casefiles_filelink")


def rows(dsn: str, *tables: str) -> dict[str, int]:
    """How many rows each table holds, whoever may see them."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM public.{table}").fetchone()[0] for table in tables}


@contextmanager
def holding(dsn: str, table: str) -> Iterator[None]:
    """Hold a lock, so that whoever writes this table waits in the middle of its work."""
    with psycopg.connect(dsn) as holder:
        holder.execute(f"LOCK TABLE public.{table} IN EXCLUSIVE MODE")
        yield
        holder.rollback()


def is_waiting(dsn: str) -> bool:
    """Whether somebody waits for a lock."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone() is not None


def state_of(dsn: str, table: str, key: object) -> str:
    """The state column of one row."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return str(connection.execute(f"SELECT state FROM public.{table} WHERE id = %s", [key]).fetchone()[0])


def test_a_worker_killed_in_mid_job_leaves_nothing_half_done_and_another_does_it(
        committed_cast: Cast, committed_db: tuple[str, str], tmp_path: Path) -> None:
    dsn = databases.CLUSTER.superuser_dsn(committed_db[0])
    stories.hearing_of(committed_cast, stories.referred_prosecution(committed_cast))
    assert rows(dsn, "jobs_job", "notices_notice")["jobs_job"] == 5
    before = rows(dsn, "notices_notice")["notices_notice"]
    with running(tmp_path, committed_db, "worker") as office:
        with holding(dsn, "notices_notice"):
            ask_worker(office, "ijm.jobs.sweep", age=dsn)
            assert wait_until(lambda: is_waiting(dsn)), "the worker is in the middle of a job"
            office.kill("worker")
        assert wait_until(lambda: not is_waiting(dsn))
        assert rows(dsn, "notices_notice")["notices_notice"] == before, "nothing half done"
        office.start("worker")
        ask_worker(office, "ijm.jobs.sweep", age=dsn)
        assert wait_until(lambda: done(dsn) == 5), (tmp_path / "worker.log").read_text()[-1500:]
    assert rows(dsn, "notices_notice")["notices_notice"] == before + 5, "each notice once: the supervisor's, per file"


def ask_worker(office: Office, task: str, *, age: str) -> None:
    """Make the jobs look old, as they would be a minute later, and ask the worker to sweep."""
    with psycopg.connect(age, autocommit=True) as connection:
        connection.execute("UPDATE public.jobs_job SET beat_at = now() - interval '2 minutes'")
    subprocess.run([sys.executable, "-m", "celery", "-q", "-A", "ijm", "call", task], env=office.environment(),
                   cwd=settings.BASE_DIR, check=True, stdout=subprocess.DEVNULL)


def done(dsn: str) -> int:
    """How many jobs have ended well."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return int(connection.execute("SELECT count(*) FROM public.jobs_job WHERE state = 'done'").fetchone()[0])


def test_a_web_server_killed_in_mid_hand_over_leaves_nothing_half_made(
        committed_cast: Cast, committed_db: tuple[str, str], tmp_path: Path) -> None:
    dsn = databases.CLUSTER.superuser_dsn(committed_db[0])
    operation = stories.approved_rescue(committed_cast)
    path = f"/investigations/rescues/{operation.code}/conclude/"
    before = rows(dsn, *HAND_OVER)
    with running(tmp_path, committed_db, "web") as office:
        visitor = Visitor(office.address, session_token(committed_cast.investigator))
        with holding(dsn, "casefiles_filelink"):
            sender = visitor.send_later(path, dict(FOUND))
            assert wait_until(lambda: is_waiting(dsn)), "the hand-over is half way"
            office.kill("web")
            sender.join(10)
        assert wait_until(lambda: not is_waiting(dsn))
        assert rows(dsn, *HAND_OVER) == before
        assert state_of(dsn, "investigations_rescueoperation", operation.pk) == "approved"
        office.start("web")
        status, text = visitor.send(path, dict(FOUND))
        assert status == 302, text[:2000]
    after = rows(dsn, *HAND_OVER)
    assert {table: after[table] - before[table] for table in HAND_OVER} == {
        "aftercare_referral": 5, "investigations_rescuedperson": 5, "people_name": 5, "casefiles_filelink": 5}


@pytest.fixture
def own_cluster(database: None, tmp_path: Path, django_db_blocker: Any) -> Iterator[Cluster]:
    """A crash-safe server of this test alone, with tables and cast; every connection of this process leads there."""
    cluster = Cluster(tmp_path / "pg", durable=True).start()
    roles.bootstrap(cluster)
    before = {alias: dict(connections[alias].settings_dict) for alias in VARIABLE_OF}
    owners = dict(settings.OWNERS)
    with django_db_blocker.unblock():
        try:
            _move_in(cluster, tmp_path / "dump")
            _lead_to(roles.variables(cluster))
            yield cluster
        finally:
            connections.close_all()
            for alias, kept in before.items():
                connections[alias].settings_dict.update(kept)
            settings.OWNERS.update(owners)
            keyring.forget()
            cluster.stop()


def _move_in(cluster: Cluster, dump: Path) -> None:
    """Tables and cast as every test of this worker begins with them."""
    for name, ours in zip((roles.MAIN, roles.KEYS), databases.names("_cast"), strict=True):
        subprocess.run([CLUSTER.bin / "pg_dump", "--format=custom", "--file", dump, "--dbname", CLUSTER.superuser_dsn(ours)],
                       check=True)
        dumps.restore(cluster.superuser_dsn(name), dump)


def _lead_to(variables: dict[str, str]) -> None:
    connections.close_all()
    keyring.forget()
    for alias, name in VARIABLE_OF.items():
        connections[alias].settings_dict.update(
            {key: settings_of(variables[name])[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    settings.OWNERS.update(default=settings_of(variables["DATABASE_OWNER_URL"]), keys=settings_of(variables["KEYS_OWNER_URL"]))


class OfficeElsewhere(Office):
    """An office on a server of its own."""

    elsewhere: dict[str, str]

    def environment(self) -> dict[str, str]:
        """The same with the other server's addresses."""
        return {**super().environment(), **self.elsewhere}


def test_a_database_killed_in_mid_hand_over_keeps_what_was_committed_and_nothing_else(
        own_cluster: Cluster, tmp_path: Path) -> None:
    cast = casting.load()
    operation = stories.approved_rescue(cast)
    path = f"/investigations/rescues/{operation.code}/conclude/"
    dsn = own_cluster.superuser_dsn("ijm")
    before = rows(dsn, *HAND_OVER, "audit_event")
    office = OfficeElsewhere(tmp_path / "var", ("ijm", "ijm_keys"))
    office.elsewhere = {name: value for name, value in roles.variables(own_cluster).items() if "OWNER" not in name}
    token = session_token(cast.investigator)
    connections.close_all()
    try:
        office.start("web")
        visitor = Visitor(office.address, token)
        with pytest.raises(psycopg.OperationalError), holding(dsn, "casefiles_filelink"):
            sender = visitor.send_later(path, dict(FOUND))
            assert wait_until(lambda: is_waiting(dsn))
            os.kill(own_cluster.pid() or 0, signal.SIGKILL)
            sender.join(15)
        own_cluster.start()
        assert rows(dsn, *HAND_OVER) == {table: before[table] for table in HAND_OVER}
        assert rows(dsn, "audit_event")["audit_event"] >= before["audit_event"], "no committed event is lost"
        assert state_of(dsn, "investigations_rescueoperation", operation.pk) == "approved"
        statuses = [visitor.send(path, dict(FOUND))[0] for _ in range(1)]
        assert statuses == [302], "the same web server finds the database again"
        assert rows(dsn, "aftercare_referral")["aftercare_referral"] == before["aftercare_referral"] + 5
    finally:
        office.stop()
