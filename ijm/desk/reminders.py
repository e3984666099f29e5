"""Reminders on the desk: those that are due as cards, and the record a reminder is about, found by its code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.bridges import RECORDS
from ijm.desk.agenda import midnight
from ijm.desk.cards import Card, asked_of
from ijm.ids import normalise_code
from ijm.notices.models import Reminder, ReminderState
from ijm.notices.policy import visible_reminders

MOST = 20


def work(user: User) -> list[Card]:
    """Her reminders that are due by now or later today."""
    today = midnight(timezone.localdate())
    due = visible_reminders(user).filter(state=ReminderState.WAITING, at__lt=today + timedelta(days=1))[:MOST]
    return [Card(title=row.get_subject_display(), url=reverse("desk:reminders"), code=row.about_code, icon="bell",
                 about=_("Your reminder"), due=row.at, is_late=row.at < today) for row in due]


def about(user: User, code: str) -> dict[str, Any]:
    """The record of this code on a file of hers, and its page; the page that is not there for everything else."""
    wanted = normalise_code(code) or ""
    for ask in asked_of(RECORDS, user):
        found: Any = ask(user, wanted)
        if found:
            return dict(found)
    raise Http404


def get(user: User, reminder: UUID) -> Reminder:
    """A reminder of hers on a file on which she stands; the page that is not there for every other."""
    found = visible_reminders(user).filter(pk=reminder).first()
    if found is None:
        raise Http404
    return found
