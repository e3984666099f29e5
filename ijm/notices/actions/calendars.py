"""The secret address of a calendar: making it, taking it back."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone

from ijm.accounts.models import User
from ijm.messages import Event
from ijm.notices import policy
from ijm.notices.calendar import digest_of
from ijm.notices.models import CalendarAddress, CalendarUse
from ijm.roles.decisions import require
from ijm.trail.entries import entry

LIFE = timedelta(days=365)


def make(*, by: User) -> str:
    """Make a new address, good for a year, and end the one before; gives the token, which is shown once and kept nowhere."""
    require(policy.may_keep_calendar(by))
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    made = CalendarAddress(user=by, digest=digest_of(token), made_at=now, expires_at=now + LIFE)
    with entry(Event.CALENDAR_MADE, by=by, about=made):
        CalendarAddress.objects.filter(user=by, revoked_at__isnull=True).update(revoked_at=now)
        made.save()
        CalendarUse.objects.create(id=made.id, used_at=now)
    return token


def revoke(address: CalendarAddress, *, by: User) -> None:
    """Take an address back, at once; a second time changes nothing."""
    require(policy.may_revoke_calendar(by, address))
    if address.revoked_at is not None:
        return
    with entry(Event.CALENDAR_REVOKED, by=by, about=address):
        address.revoked_at = timezone.now()
        address.save(update_fields=["revoked_at"])
