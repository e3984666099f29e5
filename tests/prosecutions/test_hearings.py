"""Days in court: aftercare is told of those ahead, what happened is recorded once, the agenda shows what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ijm.casefiles.models import Delivery
from ijm.jobs.models import Job
from ijm.jobs.running import run
from ijm.jobs.states import JobState
from ijm.notices.models import Notice
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.vault.disclosure import disclose
from prosecutions import policy
from prosecutions.actions import hearings
from prosecutions.models import Hearing, Prosecution
from prosecutions.states import HearingKind, HearingState, Stage
from tests.cast import Cast
from tests.prosecutions import scene
from tests.trail import acts

SignIn = Callable[..., Client]


def over(cast: Cast, prosecution: Prosecution, kind: HearingKind = HearingKind.TRIAL) -> Hearing:
    """A hearing whose day is over, inside a door of the liaison's."""
    return scene.hearing(cast, prosecution, days=-1, kind=kind)


def test_aftercare_is_told_by_a_delivery_and_the_worker_makes_the_notice(committed_cast: Cast) -> None:
    cast = committed_cast
    prosecution = scene.referred(cast, witnesses=2)
    with acting_as(cast.liaison):
        made = scene.hearing(cast, prosecution, days=9)
        assert not Delivery.objects.exists(), "the sender sees neither the delivery nor the file it lies on"
    with acting_as(cast.care_supervisor, "r"):
        lying = list(Delivery.objects.all())
        assert [(one.kind, one.state) for one in lying] == [("HearingScheduled", "waiting")] * 2
        assert len({one.file_id for one in lying}) == 2
        assert lying[0].payload == {"at": made.at.isoformat(), "court": "FI-08", "hearing": str(made.pk)}
        assert not Notice.objects.exists(), "notices are the worker's work"
    with acting_as(cast.liaison, "r"):
        jobs = list(Job.objects.filter(kind="announce", owner=cast.liaison))
    assert [job.state for job in jobs] == [JobState.QUEUED] * 2
    for job in jobs:
        run(str(job.pk))
    with acting_as(cast.liaison, "r"):
        assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    with acting_as(cast.care_supervisor, "r"):
        told = list(Notice.objects.all())
        assert [(one.kind, one.about_code[:2]) for one in told] == [("HearingScheduled", "CR")] * 2
        assert {one.path for one in told} == {f"/files/{one.about_code}/" for one in told}
    run(str(jobs[0].pk))
    with acting_as(cast.care_supervisor, "r"):
        assert Notice.objects.count() == 2, "doing a job again tells nobody twice"
    for user in (cast.liaison, cast.investigator, cast.far_care_supervisor):
        with acting_as(user, "r"):
            assert not Delivery.objects.exists() and not Notice.objects.filter(kind="HearingScheduled").exists()


def test_a_hearing_and_its_delivery_are_one(cast: Cast) -> None:
    prosecution = scene.referred(cast, witnesses=1)
    with acting_as(cast.liaison), pytest.raises(RuntimeError), transaction.atomic():
        scene.hearing(cast, prosecution)
        raise RuntimeError("power cut")
    with acting_as(cast.liaison, "r"):
        assert not Hearing.objects.exists() and not Job.objects.exists()
    with acting_as(cast.care_supervisor, "r"):
        assert not Delivery.objects.exists()


def test_of_a_day_that_is_over_aftercare_need_not_be_told(cast: Cast) -> None:
    prosecution = scene.referred(cast, witnesses=1)
    with acting_as(cast.liaison):
        over(cast, prosecution)
    with acting_as(cast.care_supervisor, "r"):
        assert not Delivery.objects.exists()


def test_the_first_day_of_trial_brings_a_charged_case_into_trial(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        scene.charge(cast, scene.accused_of(prosecution)[0])
        made = over(cast, Prosecution.objects.get())
        hearings.hold(made, by=cast.liaison, outcome_note="One witness was heard.")
        stored = Hearing.objects.get()
        assert stored.state == HearingState.HELD
        assert disclose(stored, "outcome_note", to=cast.liaison) == {"outcome_note": "One witness was heard."}
        case = Prosecution.objects.get()
        assert (case.state, case.state_since_on) == (Stage.TRIAL, timezone.localdate(made.at))
    assert "hearing.held" in acts()


@pytest.mark.parametrize(("kind", "charged"), [(HearingKind.DETENTION, True), (HearingKind.TRIAL, False)])
def test_other_hearings_leave_the_case_where_it_is(cast: Cast, kind: HearingKind, charged: bool) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        if charged:
            scene.charge(cast, scene.accused_of(prosecution)[0])
        before = Prosecution.objects.get()
        hearings.hold(over(cast, before, kind), by=cast.liaison)
        assert Prosecution.objects.get().state == before.state
        assert not Hearing.objects.get().outcome_note


def test_a_hearing_is_put_off_before_its_day_but_not_held(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        made = scene.hearing(cast, prosecution)
        with pytest.raises(Refused, match="has not begun"):
            hearings.hold(made, by=cast.liaison)
        hearings.adjourn(made, by=cast.liaison, outcome_note="The interpreter is ill.")
        assert Hearing.objects.get().state == HearingState.ADJOURNED
        for again in (hearings.adjourn, hearings.hold):
            with pytest.raises(Refused, match="recorded already"):
                again(made, by=cast.liaison)


def test_the_database_lets_nobody_undo_what_happened(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        made = hearings.hold(over(cast, prosecution), by=cast.liaison)
        with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic(), \
                entry("undone", by=cast.liaison, about=made):
            Hearing.objects.update(state=HearingState.SCHEDULED)


def test_a_closed_file_has_no_new_hearings(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    prosecution.state = Stage.CLOSED
    assert policy.may_schedule(cast.liaison, prosecution).reason == "closed"


def test_the_liaison_schedules_a_hearing_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast, witnesses=1)
    client, url = signed_in(cast.liaison), reverse("prosecutions:hearing-schedule", args=[prosecution.code])
    assert client.get(url).status_code == 200
    day = timezone.localdate() + dt.timedelta(days=20)
    typed = {"kind": "trial", "court": "FI-12", "at_0": str(day.day), "at_1": str(day.month), "at_2": str(day.year),
             "at_3": "៨:៣០", "room_note": "Room 2"}
    late = client.post(url, {**typed, "at_2": "2020"}).content.decode()
    assert "This hour is over" in late and "Room 2" in late
    answer = client.post(url, typed, follow=True)
    shown = answer.content.decode()
    assert "08:30" in shown and "Phnom Penh" in shown and "Room 2" not in shown
    assert "Aftercare is told that court support is needed" in shown
    with acting_as(cast.care_supervisor, "r"):
        assert Delivery.objects.count() == 1


def test_the_liaison_records_what_happened_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        done, ahead = over(cast, prosecution), scene.hearing(cast, prosecution)
    client = signed_in(cast.liaison)
    url = reverse("prosecutions:hearing-outcome", args=[ahead.code])
    early = client.post(url, {"happened": "held", "outcome_note": "Heard."}).content.decode()
    assert "has not begun yet" in early and "Heard." in early
    assert client.post(url, {"happened": "adjourned"}).status_code == 302
    url = reverse("prosecutions:hearing-outcome", args=[done.code])
    answer = client.post(url, {"happened": "held", "outcome_note": "Heard."}, follow=True)
    assert "What happened at the hearing is recorded." in answer.content.decode()
    assert "recorded already" in client.get(url).content.decode()
    assert "recorded already" in client.post(url, {"happened": "held"}).content.decode()
    assert client.post(url, {"happened": "adjourned"}).status_code == 404
    with acting_as(cast.liaison, "r"):
        assert set(Hearing.objects.values_list("state", flat=True)) == {"held", "adjourned"}


def test_the_agenda_shows_what_waits_day_by_day(cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in(cast.liaison), reverse("prosecutions:hearing-list")
    assert "No hearing lies ahead" in client.get(url).content.decode()
    assert "No hearing is over yet" in client.get(url, {"show": "over"}).content.decode()
    prosecution = scene.referred(cast, witnesses=2)
    with acting_as(cast.liaison):
        over(cast, prosecution)
        for days in (0.001, 1, 9):
            scene.hearing(cast, prosecution, days=days)
        held = hearings.hold(over(cast, prosecution, HearingKind.DETENTION), by=cast.liaison)
    agenda = client.get(url).content.decode()
    for words in ("Not recorded yet", "Tomorrow", "In 9 days", "Kandal Provincial Court"):
        assert words in agenda
    assert held.code not in agenda
    past = client.get(url, {"show": "over"}).content.decode()
    assert held.code in past and "Held" in past and "Tomorrow" not in past
    assert acts().count("list.seen") == 4
