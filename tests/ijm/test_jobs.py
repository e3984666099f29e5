"""Long work: asked for by its owner, claimed once, done as her, found again after a worker died."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from ijm.accounts.models import RoleGrant, User
from ijm.bridges import JOBS
from ijm.jobs import beside, running, work
from ijm.jobs.models import Job
from ijm.jobs.states import JobState
from ijm.jobs.work import Cancelled, GivenUp
from ijm.messages import Event
from ijm.notices.models import Notice, NoticeKind
from ijm.roles.decisions import Decision, require
from ijm.trail.context import acting_as, current
from ijm.trail.entries import entry
from ijm.trail.errors import NoDoor
from tests import databases
from tests.cast import Cast
from tests.trail import acts

DONE: list[tuple[str, str | None]] = []
STEPS: list[Callable[[Job], None]] = []


def do(job: Job) -> None:
    """A kind of work that notes as whom it ran, and does what a test wants."""
    opened = current()
    DONE.append((str(job.pk), opened.who.user if opened else None))
    with entry(Event.NOTICE_MADE, by=job.owner, about=None):
        Notice(user=job.owner, kind=NoticeKind.VERDICT, about_code=job.code, path="/").save()
    for step in STEPS:
        step(job)


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """One kind of work for these tests, and a queue that only notes what it is given."""
    queue: list[uuid.UUID] = []
    monkeypatch.setitem(JOBS, "do", f"{__name__}.do")
    for module in (work, running):
        monkeypatch.setattr(module, "send", queue.append)
    DONE.clear()
    STEPS.clear()
    return queue


def ask(owner: User, about: uuid.UUID | None = None) -> Job:
    with acting_as(owner):
        return work.enqueue("do", owner=owner, about=about or uuid.uuid4())


def now(job: Job) -> Job:
    """The job as its owner sees it."""
    with acting_as(job.owner, "r"):
        return Job.objects.get(pk=job.pk)


def force(job: Job, **said: Any) -> None:
    """Change a row as nobody in the house can; the moves between states hold even so."""
    with databases.superuser(connections["default"].settings_dict["NAME"]) as connection:
        for name, value in said.items():
            connection.execute(f"UPDATE jobs_job SET {name} = %s WHERE id = %s", [value, job.pk])


def notices(user: User) -> int:
    with acting_as(user, "r"):
        return Notice.objects.count()


# asking


def test_a_job_is_asked_for_once_and_sent_when_committed(committed_cast: Cast, sent: list[uuid.UUID]) -> None:
    owner, about = committed_cast.investigator, uuid.uuid4()
    with acting_as(owner):
        first = work.enqueue("do", owner=owner, about=about)
        second = work.enqueue("do", owner=owner, about=about)
        assert first == second and sent == []
    assert sent == [first.pk] * 2
    assert now(first).roles == "INVESTIGATOR"


def test_what_ended_badly_begins_anew_and_what_is_done_stays(committed_cast: Cast, sent: list[uuid.UUID]) -> None:
    job = ask(committed_cast.investigator)
    force(job, state="running")
    force(job, state="failed", tries=3, message_code="tries", ended_at=timezone.now())
    sent.clear()
    anew = ask(committed_cast.investigator, job.about)
    assert anew == job and sent == [job.pk]
    assert (anew.state, anew.tries, anew.message_code, anew.ended_at) == (JobState.QUEUED, 0, "", None)
    running.run(str(job.pk))
    sent.clear()
    assert ask(committed_cast.investigator, job.about).state == JobState.DONE and sent == []


def test_work_is_asked_for_by_oneself_only(cast: Cast) -> None:
    with pytest.raises(NoDoor), acting_as(cast.colleague):
        work.enqueue("do", owner=cast.investigator, about=uuid.uuid4())
    with pytest.raises(NoDoor):
        work.enqueue("do", owner=cast.investigator, about=uuid.uuid4())
    with pytest.raises(KeyError), acting_as(cast.investigator):
        work.enqueue("nothing", owner=cast.investigator, about=uuid.uuid4())


FORGED = ("INSERT INTO jobs_job (id, code, kind, owner_id, roles, about, state, percent, message_code, tries, made_at, beat_at)"
          " VALUES (gen_random_uuid(), 'JB-0000-0000', 'do', %s, '', gen_random_uuid(), 'queued', 0, '', 0, now(), now())")


def test_the_database_takes_no_work_in_anothers_name(cast: Cast) -> None:
    with acting_as(cast.investigator), connections["default"].cursor() as cursor:
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(FORGED, [cast.administrator.pk])
        cursor.execute(FORGED, [cast.investigator.pk])
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("UPDATE jobs_job SET owner_id = %s", [cast.administrator.pk])
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("DELETE FROM jobs_job")
    with pytest.raises(ProgrammingError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(FORGED, [cast.investigator.pk])  # nobody stands in the door


def test_a_colleagues_work_is_neither_seen_nor_changed(cast: Cast) -> None:
    job = ask(cast.investigator)
    for user in (cast.colleague, cast.investigation_supervisor, cast.administrator, cast.auditor, cast.data_protection):
        with acting_as(user):
            assert not Job.objects.exists()
            assert Job.objects.filter(pk=job.pk).update(percent=99) == 0
    assert not Job.objects.exists(), "nor without a door"
    assert now(job).percent == 0


# doing


def test_a_job_runs_as_its_owner_and_only_once(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    running.run(str(job.pk))
    running.run(str(job.pk))
    running.run(str(uuid.uuid4()))
    assert [(str(job.pk), str(committed_cast.investigator.pk))] == DONE
    done = now(job)
    assert (done.state, done.percent, done.tries, notices(job.owner)) == (JobState.DONE, 100, 1, 1)


def test_a_job_that_another_worker_holds_is_left_alone(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    with transaction.atomic(using="trail"), connections["trail"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [running.lock_of(job.pk)])
        running.run(str(job.pk))
        assert DONE == [] and not running._look_after(job.pk, job.owner)
    running.run(str(job.pk))
    assert len(DONE) == 1


def test_a_job_that_ended_between_message_and_claim_is_left_alone(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    attempt = running.Attempt(job.pk, job.owner)
    force(job, state="running")
    force(job, state="done")
    attempt.go()
    assert DONE == []


def test_three_failures_end_a_job_and_nothing_of_it_is_kept(committed_cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    def break_down(job: Job) -> None:
        raise ValueError("Sok Chan, 17")

    STEPS.append(break_down)
    job = ask(committed_cast.investigator)
    running.run(str(job.pk))
    assert (now(job).state, now(job).message_code) == (JobState.QUEUED, "again")
    running.run(str(job.pk))
    running.run(str(job.pk))
    ended = now(job)
    assert (ended.state, ended.tries, ended.message_code, notices(job.owner)) == (JobState.FAILED, 3, "tries", 0)
    assert ended.ended_at is not None
    assert "ValueError at break_down" in caplog.text and "Sok" not in caplog.text, "the place is logged, no word of the error"


def test_work_that_gives_up_is_not_tried_again(committed_cast: Cast) -> None:
    def give_up(job: Job) -> None:
        raise GivenUp("too_large")

    STEPS.append(give_up)
    job = ask(committed_cast.investigator)
    running.run(str(job.pk))
    assert (now(job).state, now(job).message_code, now(job).tries) == (JobState.FAILED, "too_large", 1)
    assert notices(job.owner) == 0


def test_a_rule_that_refuses_ends_the_job(committed_cast: Cast) -> None:
    STEPS.append(lambda job: require(Decision(False, job.owner)))
    job = ask(committed_cast.investigator)
    running.run(str(job.pk))
    assert (now(job).state, now(job).message_code, notices(job.owner)) == (JobState.FAILED, "refused", 0)


def test_an_error_before_the_claim_changes_nothing(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch,
                                                   caplog: pytest.LogCaptureFixture) -> None:
    def away(job_id: uuid.UUID) -> bool:
        raise OSError

    job = ask(committed_cast.investigator)
    monkeypatch.setattr(running, "claim", away)
    running.run(str(job.pk))
    assert (now(job).state, now(job).tries) == (JobState.QUEUED, 0) and "OSError at away" in caplog.text


# her rights of this moment


def test_nothing_is_done_for_an_account_that_was_closed(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    databases_say(f"UPDATE accounts_user SET is_active = false WHERE id = '{job.owner.pk}'")
    running.run(str(job.pk))
    assert (now(job).state, now(job).message_code, DONE) == (JobState.FAILED, "inactive", [])
    assert "job.refused" in acts()


def test_nothing_is_done_for_who_lost_a_role_until_she_asks_with_what_is_left(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    held = RoleGrant.objects.get(user=job.owner)
    databases_say(f"UPDATE accounts_rolegrant SET expires_at = now() WHERE id = '{held.pk}'")
    running.run(str(job.pk))
    assert (now(job).state, now(job).message_code, DONE) == (JobState.FAILED, "role", [])
    again = ask(User.objects.get(pk=job.owner.pk), job.about)
    assert (again.state, again.roles) == (JobState.QUEUED, "")


def databases_say(sql: str) -> None:
    with databases.superuser(connections["default"].settings_dict["NAME"]) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(sql)


# telling how far it is


def test_progress_shows_before_the_work_is_committed(committed_cast: Cast) -> None:
    seen: list[tuple[int, str]] = []

    def look(job: Job) -> None:
        work.progress(job, 40, "rows")
        with databases.superuser(connections["default"].settings_dict["NAME"]) as connection:
            seen.extend(connection.execute("SELECT percent, message_code FROM jobs_job").fetchall())

    STEPS.append(look)
    running.run(str(ask(committed_cast.investigator).pk))
    assert seen == [(40, "rows")]


def test_progress_told_for_every_row_costs_little(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    took: list[float] = []

    def tell(job: Job) -> None:
        begun = time.perf_counter()
        for row in range(10_000):
            work.progress(job, row // 500)
        took.append(time.perf_counter() - begun)

    monkeypatch.setattr(work, "beside", lambda who: told.append(who) or beside.beside(who))
    STEPS.append(tell)
    running.run(str(ask(committed_cast.investigator).pk))
    assert DONE and 20 <= len(told) <= 21 + took[0] / work.PAUSE


def test_a_long_step_gives_signs_of_life(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "BEAT", 0.05)
    seen: list[bool] = []

    def one_long_step(job: Job) -> None:
        force(job, beat_at=timezone.now() - timedelta(minutes=5))
        time.sleep(0.4)
        with databases.superuser(connections["default"].settings_dict["NAME"]) as connection:
            (beat,) = connection.execute("SELECT beat_at FROM jobs_job").fetchone()
        seen.append(timezone.now() - beat < timedelta(seconds=5))

    STEPS.append(one_long_step)
    running.run(str(ask(committed_cast.investigator).pk))
    assert seen == [True]


def test_a_heart_survives_a_database_that_is_away_for_a_moment(
        committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def away(who: object) -> None:
        raise ConnectionError("host=secret")

    monkeypatch.setattr(beside, "beside", away)
    job = ask(committed_cast.investigator)
    beside._sign_of_life(job, job.owner.trail_who())
    assert "no sign of life: ConnectionError" in caplog.text and "secret" not in caplog.text


def test_a_job_has_more_patience_than_a_page(committed_cast: Cast) -> None:
    said: list[str] = []

    def ask_patience(job: Job) -> None:
        with connections["default"].cursor() as cursor:
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SHOW {name}")
                said.append(cursor.fetchone()[0])

    STEPS.append(ask_patience)
    running.run(str(ask(committed_cast.investigator).pk))
    assert said == ["5min", "30min"]
    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("5s",), "and keeps none of it"


# telling its end


def test_who_has_gone_to_other_work_is_told_of_the_end(committed_cast: Cast) -> None:
    owner, before = committed_cast.investigator, timezone.now() - timedelta(minutes=1)
    good, bad, lost, quick = (ask(owner) for _ in range(4))
    for job in (good, bad, lost):
        force(job, made_at=before, beat_at=before)
    force(lost, state="running", tries=3, beat_at=before - timedelta(minutes=1))
    running.run(str(quick.pk))
    running.run(str(good.pk))
    STEPS.append(lambda job: require(Decision(False, job.owner)))
    running.run(str(bad.pk))
    running.sweep()
    with acting_as(owner, "r"):
        told = set(Notice.objects.filter(kind__startswith="job.").values_list("kind", "about_code", "path"))
    assert told == {(kind, job.code, f"/desk/jobs/{job.code}/")
                    for kind, job in (("job.done", good), ("job.failed", bad), ("job.failed", lost))}


# stopping


def test_running_work_that_is_cancelled_is_rolled_back(committed_cast: Cast) -> None:
    def cancelled_meanwhile(job: Job) -> None:
        force(job, cancel_asked_at=timezone.now())
        with pytest.raises(Cancelled):
            work.progress(job, 10)
        work.progress(job, 10)  # work that swallowed the word once

    STEPS.append(cancelled_meanwhile)
    job = ask(committed_cast.investigator)
    running.run(str(job.pk))
    assert now(job).state == JobState.CANCELLED and notices(job.owner) == 0


def test_work_that_never_tells_how_far_it_is_is_cancelled_at_its_end(committed_cast: Cast) -> None:
    STEPS.append(lambda job: force(job, cancel_asked_at=timezone.now()))
    job = ask(committed_cast.investigator)
    running.run(str(job.pk))
    assert now(job).state == JobState.CANCELLED and notices(job.owner) == 0


def test_a_job_that_was_cancelled_while_its_worker_died_is_not_begun_again(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    force(job, state="running", tries=1, cancel_asked_at=timezone.now())
    running.run(str(job.pk))
    assert now(job).state == JobState.CANCELLED and DONE == []


# sweeping


def test_the_sweeper_sends_again_what_was_left(committed_cast: Cast, sent: list[uuid.UUID]) -> None:
    owner, long_ago = committed_cast.investigator, timezone.now() - timedelta(minutes=5)
    waits, lost, spent, stopped, fresh = (ask(owner) for _ in range(5))
    for job in (waits, lost, spent, stopped):
        force(job, beat_at=long_ago)
    force(lost, state="running", tries=1)
    force(spent, state="running", tries=3)
    force(stopped, state="running", tries=1, cancel_asked_at=long_ago)
    sent.clear()
    assert running.sweep() == 2 and set(sent) == {waits.pk, lost.pk}
    assert [now(job).state for job in (waits, lost, fresh)] == [JobState.QUEUED, JobState.RUNNING, JobState.QUEUED]
    assert (now(spent).state, now(spent).message_code) == (JobState.FAILED, "worker_lost")
    assert now(stopped).state == JobState.CANCELLED
    assert running.sweep() == 0, "not again before a minute has gone by"


def test_the_sweeper_leaves_a_running_job_alone(committed_cast: Cast, sent: list[uuid.UUID]) -> None:
    def sweep(job: Job) -> None:
        force(job, beat_at=timezone.now() - timedelta(minutes=5))
        from threading import Thread

        def elsewhere() -> None:
            found.append(running.sweep())
            connections.close_all()

        other = Thread(target=elsewhere)
        other.start()
        other.join()

    found: list[int] = []
    job = ask(committed_cast.investigator)
    sent.clear()
    STEPS.append(sweep)
    running.run(str(job.pk))
    assert found == [0] and sent == [] and now(job).state == JobState.DONE


def test_two_workers_with_the_same_message_do_it_once(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)

    def same_message(inner: Job) -> None:
        from threading import Thread

        def elsewhere() -> None:
            running.run(str(inner.pk))
            connections.close_all()

        other = Thread(target=elsewhere)
        other.start()
        other.join()

    STEPS.append(same_message)
    running.run(str(job.pk))
    assert len(DONE) == 1 and (now(job).state, now(job).tries) == (JobState.DONE, 1)


def test_the_end_of_an_old_try_does_not_touch_a_new_one(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    attempt = running.Attempt(job.pk, job.owner)
    attempt.job = now(job)
    force(job, state="running", tries=2)
    attempt._end(JobState.FAILED, "tries")
    assert now(job).state == JobState.RUNNING


# the queue


def test_a_queue_that_is_away_loses_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch,
                                            caplog: pytest.LogCaptureFixture) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.undo()
    monkeypatch.setattr("celery.app.base.Celery.send_task", away)
    work.send(uuid.uuid4())
    assert "waits for the sweeper" in caplog.text


def test_states_go_one_way(cast: Cast) -> None:
    from django.db.utils import IntegrityError

    job = ask(cast.investigator)
    with acting_as(cast.investigator):
        for state in (JobState.DONE, JobState.FAILED):
            with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
                Job.objects.filter(pk=job.pk).update(state=state)
