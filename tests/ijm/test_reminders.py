"""Reminders: set on a record one may see, told once when due, silent when the file is not hers any more."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.notices import undos
from ijm.notices.actions import reminders
from ijm.notices.models import DueMoment, Notice, Reminder, ReminderState, Subject
from ijm.notices.tasks import remind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused, Stale
from tests.aftercare.steps import OUTSIDERS, taken_in
from tests.cast import Cast
from tests.trail import acts

SignIn = Callable[[User], Client]
NOTE = "Vexanaly waits behind the pagoda"


def reminded(cast: Cast, survivor: Survivor, *, by: User | None = None, note: str = NOTE) -> Reminder:
    """A reminder of her worker's, for tomorrow."""
    owner = by or cast.care_worker
    with acting_as(owner):
        return reminders.set_(by=owner, file=survivor.file_id, about=survivor.code, subject=Subject.CALL_BACK, note=note,
                              path=f"/aftercare/survivors/{survivor.code}/", at=timezone.now() + timedelta(days=1))


def come(reminder: Reminder) -> None:
    """Its hour has come."""
    DueMoment.objects.filter(pk=reminder.pk).update(at=timezone.now() - timedelta(minutes=1))


def told(user: User) -> list[Notice]:
    with acting_as(user, "r"):
        return list(Notice.objects.filter(user=user, kind="reminder.due"))


def test_a_reminder_is_set_in_the_browser_and_its_note_is_sealed(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    client = signed_in(cast.care_worker)
    assert f"/desk/reminders/new/{survivor.code}/" in client.get(f"/aftercare/survivors/{survivor.code}/").content.decode()
    at = timezone.localtime() + timedelta(days=2)
    typed = {"subject": "prepare", "note": NOTE, "at_0": at.day, "at_1": at.month, "at_2": at.year, "at_3": "9:30"}
    url = f"/desk/reminders/new/{survivor.code}/"
    late = client.post(url, {**typed, "at_2": 2020}).content.decode()
    assert "This hour is over" in late
    assert "two years at most" in client.post(url, {**typed, "at_2": at.year + 5, "at_0": 1}).content.decode()
    answer = client.post(url, typed)
    assert answer.status_code == 302 and answer["Location"] == f"/aftercare/survivors/{survivor.code}/"
    listed = client.get("/desk/reminders/").content.decode()
    assert "Prepare papers" in listed and survivor.code in listed and "Vexanaly" not in listed
    with acting_as(cast.care_worker, "r"):
        made = Reminder.objects.get()
        assert str(made.note) == "‹sealed›" and b"Vexanaly" not in bytes(made.narrative or b"")
    opened = client.post(f"/desk/reminders/{made.pk}/reveal/").content.decode()
    assert NOTE in opened and {"reminder.set", "field.disclosed"} <= set(acts())
    assert client.get(f"/desk/reminders/{made.pk}/reveal/").status_code == 302


def test_what_is_due_is_told_once_and_stands_on_the_desk(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    made = reminded(cast, survivor)
    assert remind() == 0, "tomorrow is not now"
    come(made)
    assert remind() == 1 and remind() == 0, "once"
    notice = told(cast.care_worker)[0]
    assert (notice.about_code, notice.path) == (survivor.code, f"/aftercare/survivors/{survivor.code}/")
    assert not told(cast.care_supervisor), "hers alone"
    with acting_as(cast.care_worker), entry("test.moved", by=cast.care_worker, about=made):
        Reminder.objects.filter(pk=made.pk).update(at=timezone.now() - timedelta(minutes=1))
    desk = signed_in(cast.care_worker).get("/desk/").content.decode()
    assert "Call back" in desk and "Your reminder" in desk and "Vexanaly" not in desk
    assert "Call back" not in signed_in(cast.care_supervisor).get("/desk/").content.decode()


def test_putting_off_and_done(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    made = reminded(cast, survivor)
    come(made)
    assert remind() == 1
    client = signed_in(cast.care_worker)
    for act in ("done", "put-off"):
        assert client.get(f"/desk/reminders/{made.pk}/{act}/").status_code == 302
    for until, days in (("hour", 0), ("morning", 1), ("week", 7)):
        assert client.post(f"/desk/reminders/{made.pk}/put-off/", {"until": until}).status_code == 302
        due = timezone.localtime(DueMoment.objects.get(pk=made.pk).at)
        assert (due - timezone.localtime()) < timedelta(days=days + 1, hours=1)
    come(made)
    assert remind() == 1, "after it was put off it is told again"
    assert client.post(f"/desk/reminders/{made.pk}/done/").status_code == 302
    assert client.post(f"/desk/reminders/{made.pk}/done/").status_code == 404, "done is done"
    come(made)
    DueMoment.objects.filter(pk=made.pk).update(told_at=None)
    assert remind() == 0, "what is done is not told"
    assert {"reminder.done", "reminder.put_off"} <= set(acts())
    assert client.post(f"/desk/reminders/{made.pk}/put-off/", {"until": "week"}).status_code == 302
    with acting_as(cast.care_worker, "r"):
        assert Reminder.objects.get().state == ReminderState.WAITING, "brought back"


def test_done_by_mistake_is_taken_back(cast: Cast) -> None:
    made = reminded(cast, taken_in(cast))
    with acting_as(cast.care_worker):
        with pytest.raises(Stale):
            undos.reminder(cast.care_worker, str(made.pk))
        reminders.done(made, by=cast.care_worker)
        undos.reminder(cast.care_worker, str(made.pk))
        assert Reminder.objects.get().state == ReminderState.WAITING
        assert DueMoment.objects.get(pk=made.pk).told_at is None
    with acting_as(cast.care_supervisor), pytest.raises(Stale):
        undos.reminder(cast.care_supervisor, str(made.pk))


def test_a_reminder_of_a_file_she_left_says_nothing(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    made = reminded(cast, survivor)
    client = signed_in(cast.care_worker)
    come(made)
    with acting_as(cast.care_supervisor):
        grants.leave(survivor.file, cast.care_worker, by=cast.care_supervisor)
    assert remind() == 0 and not told(cast.care_worker)
    assert survivor.code not in client.get("/desk/reminders/").content.decode()
    assert client.post(f"/desk/reminders/{made.pk}/done/").status_code == 404
    with acting_as(cast.care_worker, "r"):
        assert not Reminder.objects.exists(), "the database itself says nothing"


def test_whoever_no_longer_works_here_is_told_nothing(cast: Cast) -> None:
    made = reminded(cast, taken_in(cast))
    come(made)
    moments = DueMoment.objects.filter(pk=made.pk, owner__is_active=False)
    assert not moments.exists()
    with pytest.raises(Refused), acting_as(cast.care_worker):
        cast.care_worker.is_active = False
        reminders.tell_due(by=cast.care_worker, now=timezone.now())


def test_nobody_else_sees_or_changes_a_reminder(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    made = reminded(cast, survivor)
    for who in (*OUTSIDERS, "care_supervisor"):
        user = getattr(cast, who)
        client = signed_in(user)
        missing = client.post(f"/desk/reminders/{uuid.uuid4()}/done/")
        for act in ("done", "put-off", "reveal"):
            answer = client.post(f"/desk/reminders/{made.pk}/{act}/", {"until": "week"})
            assert (answer.status_code, answer.content) == (404, missing.content), (who, act)
        with acting_as(user, "r"):
            assert not Reminder.objects.exists(), who
        with pytest.raises((Refused, DatabaseError)), acting_as(user):
            reminders.done(made, by=user)
        if who != "care_supervisor":
            assert client.get(f"/desk/reminders/new/{survivor.code}/").status_code == 404
            with pytest.raises(DatabaseError), acting_as(user), transaction.atomic():
                reminders.set_(by=user, file=survivor.file_id, about=survivor.code, subject=Subject.REVIEW, path="/",
                               at=timezone.now() + timedelta(days=1))


def test_a_reminder_cannot_be_set_in_anothers_name(cast: Cast) -> None:
    survivor = taken_in(cast)
    with pytest.raises(DatabaseError), acting_as(cast.care_supervisor), transaction.atomic(), \
            entry("test.forged", by=cast.care_supervisor, about=survivor):
        Reminder(user=cast.care_worker, file_id=survivor.file_id, about_code=survivor.code, path="/", subject="ask",
                 at=timezone.now() + timedelta(days=1)).save()
