"""Long work: claimed once, done as its owner, found again after a worker died."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from ijm.jobs import work
from ijm.jobs.models import Job, JobState
from ijm.trail.context import current
from tests.cast import Cast

DONE: list[tuple[str, str | None]] = []


def remember(job: Job) -> None:
    """A job that notes as whom it ran."""
    opened = current()
    DONE.append((str(job.pk), opened.who.user if opened else None))


def fail(job: Job) -> None:
    """A job that always fails."""
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kinds of work for these tests, and a queue that goes nowhere."""
    monkeypatch.setattr(work, "JOBS", {"remember": f"{__name__}.remember", "fail": f"{__name__}.fail"})
    monkeypatch.setattr(work.run, "delay", lambda job: None)
    DONE.clear()


def job(cast: Cast, kind: str = "remember", **said: object) -> Job:
    return Job.objects.create(kind=kind, owner=cast.investigator, about=uuid.uuid4(), **said)


def test_a_job_is_asked_for_once_and_sent_when_committed(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(work.run, "delay", sent.append)
    about = uuid.uuid4()
    with transaction.atomic():
        work.enqueue("remember", owner=committed_cast.investigator, about=about)
        work.enqueue("remember", owner=committed_cast.investigator, about=about)
        assert sent == []
    assert sent == [str(Job.objects.get(about=about).pk)] * 2


def test_a_job_runs_as_its_owner_and_only_once(committed_cast: Cast) -> None:
    made = job(committed_cast)
    work.run(str(made.pk))
    work.run(str(made.pk))
    assert [(str(made.pk), str(committed_cast.investigator.pk))] == DONE
    made.refresh_from_db()
    assert (made.state, made.percent, made.tries) == (JobState.DONE, 100, 1)


def test_a_job_that_another_worker_holds_is_left_alone(committed_cast: Cast) -> None:
    made = job(committed_cast)
    with transaction.atomic(using="trail"), connections["trail"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [work.lock_of(made)])
        work.run(str(made.pk))
        assert DONE == [] and not work._is_free(made)
    work.run(str(made.pk))
    assert len(DONE) == 1


def test_three_failures_end_a_job(committed_cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    made = job(committed_cast, "fail")
    for _ in range(work.TRIES):
        work.run(str(made.pk))
    made.refresh_from_db()
    assert (made.state, made.tries, made.message_code) == (JobState.FAILED, 3, "tries")
    assert "job failed" in caplog.text


def test_the_sweeper_sends_again_what_was_left(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(work.run, "delay", sent.append)
    long_ago = timezone.now() - timedelta(minutes=5)
    left = job(committed_cast, state=JobState.RUNNING, beat_at=long_ago)
    spent = job(committed_cast, tries=3, beat_at=long_ago)
    job(committed_cast)
    assert work.sweep() == 1 and sent == [str(left.pk)]
    spent.refresh_from_db()
    assert spent.state == JobState.FAILED


def test_a_queue_that_is_away_loses_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(job: str) -> None:
        raise ConnectionError

    monkeypatch.setattr(work.run, "delay", away)
    work.send(job(cast).pk)
    assert "waits for the sweeper" in caplog.text


def test_progress_shows_before_the_work_is_committed(committed_cast: Cast) -> None:
    made = job(committed_cast)
    with transaction.atomic():
        work.progress(made, 40)
    assert Job.objects.get(pk=made.pk).percent == 40 and made.code.startswith("JB-")
