"""What the banner's Undo does with notices."""

from __future__ import annotations

from datetime import datetime

from ijm.accounts.models import User
from ijm.notices.actions.reminders import bring_back
from ijm.notices.actions.unread import unread, unread_all
from ijm.notices.models import Notice, ReminderState
from ijm.notices.policy import visible_reminders
from ijm.trail.errors import Stale


def one(user: User, about: str) -> None:
    """One notice is new again."""
    notice = Notice.objects.filter(pk=about, user=user, read_at__isnull=False).first()
    if notice is None:
        raise Stale(about)
    unread(notice, by=user)


def reminder(user: User, about: str) -> None:
    """A reminder that was done waits again."""
    found = visible_reminders(user).filter(pk=about, state=ReminderState.DONE).first()
    if found is None:
        raise Stale(about)
    bring_back(found, by=user)


def all_(user: User, about: str) -> None:
    """Everything that was marked as read together is new again."""
    if not unread_all(datetime.fromisoformat(about), by=user):
        raise Stale(about)
