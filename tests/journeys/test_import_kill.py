"""A power cut in the middle of bringing records in: nothing is half made, nothing twice, no word of a row anywhere in clear."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psycopg
import pytest

from ijm.accounts.models import User
from ijm.jobs import work
from ijm.jobs.models import Job
from ijm.reports.actions import imports
from ijm.reports.models import Import
from ijm.trail.context import acting_as
from tests import databases
from tests.cast import Cast
from tests.cluster import CLUSTER
from tests.ijm.htcds_books import crowd, text_file
from tests.journeys.test_canaries import dump, files_under, found_in
from tests.journeys.test_kills import holding, is_waiting
from tests.office import Office, running, wait_until
from tests.queues import put

# Ten thousand take a quarter of an hour: set this to 10000 where that time is given.
ROWS = int(os.environ.get("IJM_TEST_IMPORT_ROWS", "230"))
SECONDS, MEMORY = 60 + ROWS // 5, 350  # for each half of the work; MiB that the worker may take at most
MADE = ("aftercare_survivor", "casefiles_casefile", "people_person", "people_name", "reports_former")


def table(dsn: str, words: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(words).fetchall()


def counts(dsn: str) -> dict[str, int]:
    return {name: int(str(table(dsn, f"SELECT count(*) FROM {name}")[0][0])) for name in MADE}


def ask(office: Office, user: User, kind: str, record: Import) -> Job:
    """Put the job's message on the office's own queue."""
    with acting_as(user, "r"):
        job = Job.objects.get(kind=kind, about=record.pk)
    put(office, work.TASK, str(job.pk))
    return job


def state(dsn: str) -> str:
    return str(table(dsn, "SELECT state FROM reports_import")[0][0])


def canaries() -> list[dict[str, object]]:
    """People of whom one bears names and words that stand nowhere else."""
    rows = crowd(ROWS)
    rows[7] |= {"Second Name": "Zzvexanalie", "First Name": "Zzkrusathe", "Mailing Street": "Zzpalmhouse",
                "Incoming Referral Details": "Zzwhisperedwords", "Gender": "Femal"}
    return rows


WORDS = ["Zzvexanalie", "Zzkrusathe", "Zzpalmhouse", "Zzwhisperedwords"]


def nowhere(office: Office, when: str) -> None:
    """No canary in the databases as a backup would take them, the server's log, the queue, logs or temporary files."""
    places = [*((name, dump(name)) for name in office.names), ("server.log", (CLUSTER.home / "server.log").read_bytes()),
              *files_under(office.var)]
    found = [line for place, hay in places for line in found_in(place, hay, WORDS)]
    assert not found, f"{when}: {found}"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process sends no message by itself."""
    monkeypatch.setattr(work, "send", lambda job: None)


@pytest.mark.timeout(3 * SECONDS + 120)
def test_a_killed_import_leaves_nothing_and_another_worker_brings_everybody_in_once(
        committed_cast: Cast, committed_db: tuple[str, str], tmp_path: Path) -> None:
    dsn, boss = databases.CLUSTER.superuser_dsn(committed_db[0]), committed_cast.care_supervisor
    with running(tmp_path, committed_db, "worker") as office:
        record = _read(office, dsn, boss)
        nowhere(office, "while it is looked through")
        before = counts(dsn)
        with holding(dsn, "reports_former"):
            job = ask(office, boss, "import.bring_in", record)
            assert wait_until(lambda: is_waiting(dsn)), "it is in the middle of bringing in"
            office.kill("worker")
        assert wait_until(lambda: not is_waiting(dsn))
        assert counts(dsn) == before and state(dsn) == "bringing_in", "nothing half done"
        office.start("worker")
        table_age(dsn, job)
        put(office, "ijm.jobs.sweep")
        begun = time.perf_counter()
        assert wait_until(lambda: state(dsn) == "done", seconds=SECONDS), (tmp_path / "worker.log").read_text()[-1500:]
        print(f"{ROWS} brought in after {time.perf_counter() - begun:.0f} s, worker at most {peak(office)} MiB")
        assert peak(office) < MEMORY
        put(office, work.TASK, str(job.pk))
        _ended(office, dsn, boss, record, before)


def _read(office: Office, dsn: str, boss: User) -> Import:
    """Upload, read, mend and confirm; the worker tells of its progress at once."""
    with acting_as(boss):
        record = imports.receive(text_file(canaries()), by=boss)
    put(office, "ijm.jobs.sweep")
    assert wait_until(lambda: not list((office.var / "queue" / "in").iterdir())), "the worker is there and takes messages"
    begun = time.perf_counter()
    ask(office, boss, "import.read", record)
    assert wait_until(lambda: table(dsn, "SELECT 1 FROM jobs_job WHERE percent > 0"))
    print(f"{ROWS} rows, progress of reading after {time.perf_counter() - begun:.2f} s")
    assert wait_until(lambda: state(dsn) == "ready", seconds=SECONDS), (office.var / "worker.log").read_text()[-1500:]
    print(f"read after {time.perf_counter() - begun:.0f} s")
    with acting_as(boss):
        from ijm.reports.actions import mending

        record = Import.objects.get(pk=record.pk)
        assert (record.rows, record.to_mend) == (ROWS, 1)
        mending.accept(record, by=boss, number=9, column="prs_Gender")
        imports.bring_in(record, by=boss)
    return record


def peak(office: Office) -> int:
    """The most memory that the worker has had at once, in MiB."""
    said = Path(f"/proc/{office.processes['worker'].pid}/status").read_text()
    return int(said.partition("VmHWM:")[2].split()[0]) // 1024


def table_age(dsn: str, job: Job) -> None:
    """Make the job look as it will in two minutes."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE jobs_job SET beat_at = now() - interval '2 minutes' WHERE id = %s", [job.pk])


def _ended(office: Office, dsn: str, boss: User, record: Import, before: dict[str, int]) -> None:
    """Everybody once, the rows gone, their key destroyed, no word anywhere."""
    assert {name: number - before[name] for name, number in counts(dsn).items()} == dict.fromkeys(MADE, ROWS)
    assert table(dsn, "SELECT count(*) FROM reports_importpart") == [(0,)]
    ask(office, boss, "import.forget", record)
    keys = databases.CLUSTER.superuser_dsn(office.names[1])
    words = f"SELECT state, length(wrapped) FROM vault_key WHERE scope_uuid = '{record.pk}'"
    assert wait_until(lambda: table(keys, words) == [("destroyed", 0)])
    assert table(dsn, "SELECT percent, tries FROM jobs_job WHERE kind = 'import.bring_in'") == [(100, 2)]
    nowhere(office, "after it was brought in")
