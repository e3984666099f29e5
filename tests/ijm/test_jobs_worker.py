"""A real worker on the queue of files and on a real Valkey: killed in the middle of a job, which is done exactly once."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from django.db import connections

from ijm.accounts.models import User
from ijm.bridges import JOBS
from ijm.jobs import work
from ijm.jobs.actions import jobs as actions
from ijm.jobs.models import Job
from ijm.notices.models import NoticeKind
from ijm.trail.context import acting_as
from tests import databases, valkey
from tests.cast import Cast
from tests.office import Office, wait_until
from tests.queues import put

SWEEP = "ijm.jobs.sweep"


@pytest.fixture(params=["files", "valkey"])
def office(request: pytest.FixtureRequest, committed_db: tuple[str, str], tmp_path: Path) -> Iterator[Office]:
    """An office whose worker knows some more kinds of work, on either queue."""
    office = Office(tmp_path / "var", committed_db, app="tests.slow_worker")
    try:
        if request.param == "files":
            yield office
        else:
            with valkey.serving(tmp_path) as office.valkey:  # type: ignore[attr-defined]
                office.broker = office.valkey.url  # type: ignore[attr-defined]
                yield office
    finally:
        office.stop()


def ask(owner: User, kind: str) -> Job:
    """A job in the table; its message is sent by the test."""
    with acting_as(owner):
        return work.enqueue(kind, owner=owner, about=uuid.uuid4())


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process knows these kinds too, and sends nothing by itself."""
    monkeypatch.setattr(work, "send", lambda job: None)
    for name in ("hangs_once", "goes_on", "makes_a_file"):
        monkeypatch.setitem(JOBS, f"test.{name}", f"tests.slow_work.{name}")


def row(job: Job) -> tuple[str, int, int, int]:
    """State, percent, tries, and how often the work was done, whoever may see it."""
    with psycopg.connect(databases.CLUSTER.superuser_dsn(connections["default"].settings_dict["NAME"])) as connection:
        found = connection.execute(
            "SELECT state, percent, tries, (SELECT count(*) FROM notices_notice n WHERE n.about_code = j.code AND n.kind = %s)"
            " FROM jobs_job j WHERE id = %s", [NoticeKind.VERDICT, job.pk]).fetchone()
        assert found
        return found


def age(job: Job) -> None:
    """Make the job look as it will in two minutes."""
    with psycopg.connect(databases.CLUSTER.superuser_dsn(connections["default"].settings_dict["NAME"])) as connection:
        connection.execute("UPDATE jobs_job SET beat_at = now() - interval '2 minutes' WHERE id = %s", [job.pk])


def test_a_job_whose_worker_is_killed_is_done_exactly_once(office: Office, committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator, "test.hangs_once")
    office.start("worker")
    put(office, work.TASK, str(job.pk))
    log = office.var / "worker.log"
    assert wait_until(lambda: row(job)[:3] == ("running", 30, 1)), log.read_text()[-2000:]
    assert row(job)[3] == 0, "progress is seen, what was written is not"
    office.kill("worker")
    assert row(job) == ("running", 30, 1, 0), "nothing half done"
    office.start("worker")
    age(job)
    put(office, SWEEP)
    assert wait_until(lambda: row(job)[0] == "done"), log.read_text()[-2000:]
    assert row(job) == ("done", 100, 2, 1)
    put(office, work.TASK, str(job.pk))
    _progress_is_seen_soon_and_work_is_stopped(office, committed_cast)
    assert row(job) == ("done", 100, 2, 1), "a message that comes twice does nothing twice"
    if office.broker.startswith("redis"):
        _a_restart_of_the_queue_ends_no_worker(office, committed_cast)
        _messages_are_ids(office, job)


def _progress_is_seen_soon_and_work_is_stopped(office: Office, cast: Cast) -> None:
    job = ask(cast.investigator, "test.goes_on")
    begun = time.perf_counter()
    put(office, work.TASK, str(job.pk))
    assert wait_until(lambda: row(job)[1] > 0)
    seen = time.perf_counter() - begun
    with acting_as(job.owner):
        actions.cancel(Job.objects.get(pk=job.pk), by=job.owner)
    begun = time.perf_counter()
    assert wait_until(lambda: row(job)[0] == "cancelled")
    stopped = time.perf_counter() - begun
    print(f"{office.broker.partition(':')[0]}: progress after {seen:.2f} s, stopped after {stopped:.2f} s")
    assert seen < 3 and stopped < 3


def _a_restart_of_the_queue_ends_no_worker(office: Office, cast: Cast) -> None:
    server: valkey.Valkey = office.valkey  # type: ignore[attr-defined]
    with server.client() as client:
        assert client.hlen("ijm:unacked") == 1, "the message of the killed worker waits to come back, all others are acknowledged"
    goes_on, other = ask(cast.investigator, "test.goes_on"), ask(cast.investigator, "test.makes_a_file")
    put(office, work.TASK, str(goes_on.pk))
    assert wait_until(lambda: row(goes_on)[1] > 0)
    server.stop()
    server.start()
    put(office, work.TASK, str(other.pk))
    assert wait_until(lambda: row(other)[0] == "done"), (office.var / "worker.log").read_text()[-2000:]
    with acting_as(goes_on.owner):
        actions.cancel(Job.objects.get(pk=goes_on.pk), by=goes_on.owner)
    assert wait_until(lambda: row(goes_on)[0] == "cancelled") and row(goes_on)[2] == 1, "the same try went on all the time"
    assert office.processes["worker"].poll() is None


def _messages_are_ids(office: Office, job: Job) -> None:
    server: valkey.Valkey = office.valkey  # type: ignore[attr-defined]
    office.stop()
    put(office, work.TASK, str(job.pk), url=server.socket_url)
    with server.client() as client:
        (kept,) = client.lrange("ijm:celery", 0, -1)  # the socket leads to the same queue
    message = json.loads(kept)
    words, named, _more = json.loads(base64.b64decode(message["body"]))
    assert (words, named) == ([str(job.pk)], {}) and job.owner.name not in json.dumps(message)


def test_a_page_does_not_wait_for_a_queue_that_is_away(monkeypatch: pytest.MonkeyPatch,
                                                       caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.undo()
    app = Celery("away", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url="redis://127.0.0.1:9/0", broker_write_url="redis://127.0.0.1:9/0")
    monkeypatch.setattr(work, "current_app", app)
    begun = time.perf_counter()
    work.send(uuid.uuid4())
    assert time.perf_counter() - begun < 3 and "waits for the sweeper" in caplog.text
