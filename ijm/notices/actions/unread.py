"""Making notices new again that were just marked as read."""

from __future__ import annotations

from datetime import datetime

from ijm.accounts.models import User
from ijm.messages import Event
from ijm.notices import policy
from ijm.notices.models import Notice
from ijm.roles.decisions import require
from ijm.trail.entries import entry


def unread(notice: Notice, *, by: User) -> None:
    """Make a notice new again."""
    require(policy.may_read(by, notice))
    with entry(Event.NOTICE_UNREAD, by=by, about=notice):
        notice.read_at = None
        notice.save(update_fields=["read_at"])


def unread_all(at: datetime, *, by: User) -> int:
    """Make all her notices new again that were marked as read at this moment; gives how many."""
    require(policy.may_read_all(by))
    with entry(Event.NOTICE_UNREAD, by=by, about=None):
        return Notice.objects.filter(user=by, read_at=at).update(read_at=None)
