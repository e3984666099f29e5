"""My long work: its pages, what can be done there, what can be fetched, and by whom it cannot."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.http import Http404
from django.test import Client
from django.utils import timezone

from ijm.accounts.models import User
from ijm.bridges import JOBS
from ijm.jobs import policy, results, running, words, work
from ijm.jobs.actions import jobs as actions
from ijm.jobs.models import Job, JobResult
from ijm.jobs.states import JobState
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused, Stale
from ijm.vault.errors import VaultError
from tests import databases
from tests.cast import Cast
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
PAGES = ("", "progress/", "cancel/", "again/", "result/")
CANARY = b"Sok Chan,17,Battambang"


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of work, and a queue that goes nowhere."""
    monkeypatch.setitem(JOBS, "do", f"{__name__}.do")
    for module in (work, running):
        monkeypatch.setattr(module, "send", lambda job: None)


def do(job: Job) -> None:
    """Make a file."""
    results.keep(job, "people-2026.csv", "text/csv", CANARY)


def ask(owner: User, *states: JobState, **said: object) -> Job:
    """A job of hers that went through these states."""
    with acting_as(owner):
        job = work.enqueue("do", owner=owner, about=uuid.uuid4())
        for state in states:
            Job.objects.filter(pk=job.pk).update(state=state)
        Job.objects.filter(pk=job.pk).update(**{"percent": 0, **said})
        job.refresh_from_db()
        return job


def now(job: Job) -> Job:
    with acting_as(job.owner, "r"):
        return Job.objects.get(pk=job.pk)


def url(job: Job, verb: str = "") -> str:
    return f"/desk/jobs/{job.code}/{verb}"


# the pages


def test_an_empty_list_says_what_will_fill_it(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.investigator).get("/desk/jobs/").content.decode()
    assert "No long work yet" in page and "fetch the result" in page


def test_the_list_shows_what_goes_on_and_what_has_ended(cast: Cast, signed_in: SignIn) -> None:
    job = ask(cast.investigator, JobState.RUNNING, percent=40)
    failed = ask(cast.investigator, JobState.RUNNING, JobState.FAILED, message_code="role")
    quiet = ask(cast.investigator, JobState.RUNNING, JobState.DONE, kind="announce")
    loud = ask(cast.investigator, JobState.RUNNING, JobState.FAILED, kind="announce", message_code="tries")
    ask(cast.colleague)
    page = signed_in(cast.investigator).get("/desk/jobs/").content.decode()
    assert "40 %" in page and 'hx-trigger="every 1s"' in page
    assert "A role of yours ended" in page and "Telling the other wing" in page
    assert [code in page for code in (job.code, failed.code, loud.code, quiet.code)] == [True, True, True, False]
    assert page.count('id="job-') == 3 + 1, "three jobs, one of them with a part that renews itself"


def test_a_long_list_costs_few_queries(cast: Cast, signed_in: SignIn, django_assert_max_num_queries: object) -> None:
    for _ in range(40):
        ask(cast.investigator, JobState.RUNNING, JobState.FAILED)
    client = signed_in(cast.investigator)
    client.get("/desk/jobs/")
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        assert "Page 1 of 2" in client.get("/desk/jobs/").content.decode()


def test_a_part_renews_itself_until_the_end(cast: Cast, signed_in: SignIn) -> None:
    job = ask(cast.investigator, JobState.RUNNING, percent=40)
    client = signed_in(cast.investigator)
    part = client.get(url(job, "progress/"), headers=HTMX)
    assert part.content.startswith(b'<div class="job"') and b"40 %" in part.content and "HX-Retarget" not in part
    assert client.get(url(job, "progress/"))["Location"] == url(job), "without htmx it is the page"
    with acting_as(cast.investigator):
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    end = client.get(url(job, "progress/"), headers=HTMX)
    assert end["HX-Retarget"] == f"#job-{job.code}" and b"hx-trigger" not in end.content
    assert b'role="status"' in end.content, "the end is said to who does not see it"


def test_asking_how_far_it_is_prolongs_no_session(cast: Cast, signed_in: SignIn) -> None:
    job = ask(cast.investigator)
    client = signed_in(cast.investigator)
    before = Session.objects.get().expire_date
    answer = client.get(url(job, "progress/"), headers=HTMX)
    assert answer.status_code == 200 and not answer.cookies
    assert Session.objects.get().expire_date == before
    client.get(url(job))
    assert Session.objects.get().expire_date == before, "nor does a page within twenty seconds of the last"
    used = before - timedelta(seconds=21)
    Session.objects.update(expire_date=used)
    client.get(url(job, "progress/"), headers=HTMX)
    assert Session.objects.get().expire_date == used
    client.get(url(job))
    assert Session.objects.get().expire_date > used


@pytest.mark.parametrize("name", ["colleague", "investigation_supervisor", "far_investigator", "care_worker", "administrator",
                                  "data_protection", "auditor", "partner"])
def test_a_colleagues_work_is_not_there_to_the_byte(cast: Cast, signed_in: SignIn, name: str) -> None:
    job = ask(cast.investigator, JobState.RUNNING)
    with acting_as(cast.investigator):
        do(job)
    client = signed_in(getattr(cast, name))
    nothing = client.get("/desk/jobs/JB-0000-0000/")
    assert nothing.status_code == 404
    for verb in PAGES:
        for answer in (client.get(url(job, verb)), client.post(url(job, verb)), client.get(url(job, verb), headers=HTMX)):
            assert (answer.status_code, answer.content) == (404, nothing.content), verb
    assert now(job).state == JobState.RUNNING and now(job).cancel_asked_at is None
    assert job.code not in client.get("/desk/jobs/").content.decode()


# stopping and asking again


def test_what_waits_is_cancelled_at_once(cast: Cast, signed_in: SignIn) -> None:
    job = ask(cast.investigator)
    client = signed_in(cast.investigator)
    assert client.get(url(job, "cancel/"))["Location"] == url(job) and now(job).is_open, "a look cancels nothing"
    page = client.post(url(job, "cancel/"), follow=True).content.decode()
    assert "It was cancelled. Nothing was changed." in page and "Try again" in page
    assert now(job).state == JobState.CANCELLED and now(job).ended_at and "job.cancelled" in acts()


def test_what_runs_is_asked_to_stop(cast: Cast, signed_in: SignIn) -> None:
    job = ask(cast.investigator, JobState.RUNNING)
    page = signed_in(cast.investigator).post(url(job, "cancel/"), follow=True).content.decode()
    assert "It stops at its next step." in page and "/cancel/" not in page
    assert now(job).state == JobState.RUNNING and now(job).cancel_asked_at


def test_what_has_ended_is_not_cancelled(cast: Cast, signed_in: SignIn) -> None:
    job = ask(cast.investigator, JobState.RUNNING, JobState.DONE)
    assert signed_in(cast.investigator).post(url(job, "cancel/")).status_code == 404
    old = ask(cast.investigator)
    with acting_as(cast.investigator):
        Job.objects.filter(pk=old.pk).update(state=JobState.RUNNING)
        Job.objects.filter(pk=old.pk).update(state=JobState.DONE)
        with pytest.raises(Stale):
            actions.cancel(old, by=cast.investigator)
        assert now(old).cancel_asked_at is None


def test_what_failed_is_asked_for_again(cast: Cast, signed_in: SignIn) -> None:
    job = ask(cast.investigator, JobState.RUNNING, JobState.FAILED, tries=3, message_code="tries")
    client = signed_in(cast.investigator)
    assert "It was tried three times" in client.get(url(job)).content.decode()
    assert client.get(url(job, "again/"))["Location"] == url(job) and now(job).ended_badly
    page = client.post(url(job, "again/"), follow=True).content.decode()
    assert "It waits for its turn." in page
    assert (now(job).state, now(job).tries) == (JobState.QUEUED, 0) and "job.asked_again" in acts()
    assert client.post(url(job, "again/")).status_code == 404, "it waits already"


def test_two_who_ask_again_at_once_ask_once(cast: Cast) -> None:
    job = ask(cast.investigator, JobState.RUNNING, JobState.FAILED)
    with acting_as(cast.investigator):
        old = Job.objects.get(pk=job.pk)
        actions.again(job, by=cast.investigator)
        with pytest.raises(Stale):
            actions.again(old, by=cast.investigator)


def test_nobody_stops_or_repeats_a_colleagues_work(cast: Cast) -> None:
    job = ask(cast.investigator)
    for act in (actions.cancel, actions.again):
        with pytest.raises(Refused), acting_as(cast.colleague):
            act(job, by=cast.colleague)
    assert now(job).state == JobState.QUEUED


# results


def test_a_result_is_fetched_by_its_owner_and_each_time_is_recorded(cast: Cast, signed_in: SignIn) -> None:
    job = ask(cast.investigator)
    running.run(str(job.pk))
    client = signed_in(cast.investigator)
    assert "Download" in client.get(url(job)).content.decode()
    answer = client.get(url(job, "result/"))
    assert answer.content == CANARY and answer["Content-Type"] == "text/csv"
    assert answer["Content-Disposition"] == 'attachment; filename="people-2026.csv"' and "no-store" in answer["Cache-Control"]
    look = next(event for event in reversed(last_events(5)) if event["act"] == "job.fetched")
    assert look["cat"] == "look" and look["obj"]["codes"] == [job.code]


def test_nothing_of_a_result_is_stored_in_the_clear(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    running.run(str(job.pk))
    with databases.superuser(connections["default"].settings_dict["NAME"]) as connection:
        (row,) = connection.execute("SELECT parcel::text || r::text FROM jobs_jobresult r").fetchone()
    for word in (CANARY, b"people-2026", b"text/csv"):
        assert word.hex() not in row and word.decode() not in row


def test_another_person_opens_nothing_even_with_the_row_in_her_hands(cast: Cast) -> None:
    job = ask(cast.investigator)
    running.run(str(job.pk))
    with acting_as(cast.investigator, "r"):
        kept = JobResult.objects.select_related("job").get()
    with acting_as(cast.colleague):
        assert not JobResult.objects.exists()
        with pytest.raises(Refused):
            results.fetch(kept, by=cast.colleague)
        with pytest.raises(Http404):
            policy.get_result(cast.colleague, job.code)


def test_a_second_result_takes_the_place_of_the_first(cast: Cast) -> None:
    job = ask(cast.investigator)
    with acting_as(cast.investigator):
        do(job)
        kept = results.keep(job, "b.pdf", "application/pdf", b"%PDF")
        assert results.fetch(kept, by=cast.investigator) == results.File("b.pdf", "application/pdf", b"%PDF")
        assert JobResult.objects.count() == 1
        for name in ("Sok Chan.csv", "ស.csv", "a/b", "", ".x", 'a"b'):
            with pytest.raises(ValueError, match="named by codes"):
                results.keep(job, name, "text/csv", b"")


def test_after_seven_days_row_and_key_are_gone(committed_cast: Cast) -> None:
    job = ask(committed_cast.investigator)
    running.run(str(job.pk))
    with acting_as(job.owner):
        kept = JobResult.objects.select_related("job").get()
        assert timedelta(days=6, hours=23) < kept.expires_at - timezone.now() < timedelta(days=7, hours=1)
        JobResult.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert policy.get_job(job.owner, job.code).download is None
        with pytest.raises(Http404):
            policy.get_result(job.owner, job.code)
    running.sweep()
    with acting_as(job.owner):
        assert not JobResult.objects.exists()
        with pytest.raises(VaultError):
            results.fetch(kept, by=job.owner)  # a copy of the row opens no more


# words


def test_every_ending_has_words_that_tell_what_to_do(cast: Cast) -> None:
    for code in words.FAILURES:
        job = ask(cast.investigator, JobState.RUNNING, JobState.FAILED, message_code=code)
        assert "Nothing was changed." in job.says
    assert "give your administrator the code" in ask(cast.investigator, JobState.RUNNING, JobState.FAILED).says
    assert "tried again by itself" in ask(cast.investigator, message_code="again").says
    assert "Nothing is lost" in ask(cast.investigator, made_at=timezone.now() - timedelta(minutes=3)).says
    assert "next step" in ask(cast.investigator, JobState.RUNNING, cancel_asked_at=timezone.now()).says
    assert ask(cast.investigator).label == "Long work" and words.kind("announce") == "Telling the other wing"


def test_every_kind_of_work_has_its_words() -> None:
    assert set(JOBS) - {"do"} <= set(words.KINDS), "name each kind of work in ijm/jobs/words.py"
