"""Marking notices as read."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from ijm.accounts.models import User
from ijm.messages import Event
from ijm.notices import policy
from ijm.notices.models import Notice
from ijm.roles.decisions import require
from ijm.trail.entries import entry


def read(notice: Notice, *, by: User) -> None:
    """Mark a notice as read; a second time changes nothing."""
    require(policy.may_read(by, notice))
    if notice.read_at is not None:
        return
    with entry(Event.NOTICE_READ, by=by, about=notice):
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])


def read_all(*, by: User, at: datetime | None = None, kind: str = "") -> int:
    """Mark all her notices, or those of one kind, as read, at this moment; gives how many were new."""
    require(policy.may_read_all(by))
    new = Notice.objects.filter(user=by, read_at__isnull=True, **({"kind": kind} if kind else {}))
    with entry(Event.NOTICE_READ, by=by, about=None):
        return new.update(read_at=at or timezone.now())
