"""Choosing how to be told by mail, and putting new notices into a letter."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from ijm.accounts.models import User
from ijm.messages import Event
from ijm.notices import policy
from ijm.notices.models import HowTold, Letter, Mode, Notice
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

MOST_LINES = 50


def choose(*, by: User, mode: Mode, hour: int, quiet_from: int, quiet_until: int) -> HowTold:
    """Say whether and when letters may go out; what is older than the choice is not mailed any more."""
    require(policy.may_choose_telling(by))
    row = HowTold.objects.filter(user=by).first() or HowTold(user=by)
    if row.mode != mode:
        row.chosen_at = timezone.now()
    row.mode, row.hour, row.quiet_from, row.quiet_until = mode, hour, quiet_from, quiet_until
    with entry(Event.TELLING_CHOSEN, by=by, about=row, why=Purpose.ADMINISTRATION):
        row.save()
    return row


def gather(choice: HowTold, *, by: User, now: datetime) -> Letter | None:
    """Put her unread notices that no letter holds yet into one; each is in one letter at most, so none is mailed twice."""
    require(policy.may_read_all(by))
    new = Notice.objects.filter(user=by, read_at__isnull=True, letter_id__isnull=True, made_at__gte=choice.chosen_at)
    notices = list(new.select_for_update().order_by("made_at")[:MOST_LINES])
    if not notices:
        return None
    letter = Letter(user=by, made_at=now, next_at=now)
    with entry(Event.NOTICE_MAILED, by=by, about=notices, why=Purpose.SYSTEM):
        letter.save()
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(letter_id=letter.pk)
    return letter
