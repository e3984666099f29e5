"""Telling somebody, on the same day, what was opened in her name and who opened her files."""

from __future__ import annotations

from django.urls import reverse

from ijm.accounts.models import User
from ijm.desk import opened
from ijm.messages import Event
from ijm.notices import policy
from ijm.notices.models import Notice, NoticeKind
from ijm.notices.telling import tell
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def tell_of_day(*, by: User) -> int:
    """One notice if she opened records today, one if others opened files of hers; once a day each. How many were made."""
    require(policy.may_read_all(by))
    since = opened.today()
    due: list[tuple[NoticeKind, str]] = []
    if opened.codes(opened.mine(since)):
        due.append((NoticeKind.DAY_OPENED, "desk:opened"))
    if opened.others(since, most=1):
        due.append((NoticeKind.DAY_LOOKED, "desk:opened-by"))
    kinds = [kind for kind, _page in due]
    told = set(Notice.objects.filter(user=by, kind__in=kinds, made_at__gte=since).values_list("kind", flat=True))
    new = [(kind, page) for kind, page in due if kind not in told]
    if new:
        with entry(Event.NOTICE_MADE, by=by, about=None, why=Purpose.SYSTEM):
            for kind, page in new:
                tell([by.pk], kind, about=by.code, path=reverse(page))
    return len(new)
