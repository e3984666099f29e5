"""Setting a reminder, putting it off, saying that it is done; and telling its owner when its hour has come."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from ijm.accounts.models import User
from ijm.messages import Event
from ijm.notices import policy
from ijm.notices.models import DueMoment, NoticeKind, Reminder, ReminderState, Subject
from ijm.notices.telling import tell
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

LONGEST = timedelta(days=730)


def set_(*, by: User, file: uuid.UUID, about: str, path: str, subject: Subject, at: datetime, note: str = "") -> Reminder:
    """Set a reminder about a record on a file of hers; the database refuses a file on which she does not stand."""
    require(policy.may_remind(by, at, longest=LONGEST))
    made = Reminder(user=by, file_id=file, about_code=about, path=path, subject=subject, at=at)
    if note:
        made.note = note
    with entry(Event.REMINDER_SET, by=by, about=made):
        made.save()
        DueMoment.objects.create(id=made.id, owner=by, at=at)
    return made


def put_off(reminder: Reminder, *, by: User, at: datetime) -> None:
    """Tell her later; also brings back one that was done."""
    require(policy.may_put_off(by, reminder, at, longest=LONGEST))
    with entry(Event.REMINDER_PUT_OFF, by=by, about=reminder):
        reminder.at, reminder.state, reminder.done_at = at, ReminderState.WAITING, None
        reminder.save(update_fields=["at", "state", "done_at"])
        DueMoment.objects.filter(pk=reminder.pk).update(at=at, told_at=None)


def done(reminder: Reminder, *, by: User) -> None:
    """It is done; nothing is told any more."""
    require(policy.may_finish(by, reminder))
    with entry(Event.REMINDER_DONE, by=by, about=reminder):
        reminder.state, reminder.done_at = ReminderState.DONE, timezone.now()
        reminder.save(update_fields=["state", "done_at"])
        DueMoment.objects.filter(pk=reminder.pk).update(told_at=reminder.done_at)


def bring_back(reminder: Reminder, *, by: User) -> None:
    """It was not done after all: it waits again, and is told when its hour is still to come."""
    require(policy.may_bring_back(by, reminder))
    with entry(Event.REMINDER_PUT_OFF, by=by, about=reminder):
        reminder.state, reminder.done_at = ReminderState.WAITING, None
        reminder.save(update_fields=["state", "done_at"])
        DueMoment.objects.filter(pk=reminder.pk, at__gt=timezone.now()).update(told_at=None)


def tell_due(*, by: User, now: datetime) -> int:
    """Tell her of each reminder whose hour has come, once; one of a file she no longer stands on says nothing.

    Gives how many were told.
    """
    require(policy.may_read_all(by))
    due = list(DueMoment.objects.select_for_update().filter(owner=by, told_at__isnull=True, at__lte=now))
    hers = Reminder.objects.filter(pk__in=[one.pk for one in due], state=ReminderState.WAITING)
    rows = list(hers)  # row security: only of files on which she stands at this moment
    if rows:
        with entry(Event.NOTICE_MADE, by=by, about=None, why=Purpose.SYSTEM):
            for row in rows:
                tell([by.pk], NoticeKind.REMINDER, about=row.about_code, path=row.path)
    DueMoment.objects.filter(pk__in=[one.pk for one in due]).update(told_at=now)
    return len(rows)
