"""Looking for flags: by the clock every few hours, and when an auditor asks for it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone

from audit import queries
from audit.actions import flags
from audit.flagged import Flag
from audit.flags import rules
from audit.flags.day import read, span
from audit.flags.found import Found
from audit.states import Ground
from ijm.accounts.models import User

BACK = 2  # days beside today: what was committed late, or while the office was off, is found too
LOOKS_OF_EACH = 5


def find(*, by: User, today: date | None = None, back: int = BACK) -> int:
    """Look through the last days and the last month's sample; how many flags are new. Nothing is raised twice."""
    last = today or timezone.localdate()
    found = [one for number in range(back, -1, -1) for one in rules.found(read(last - timedelta(days=number)))]
    return flags.raise_(_of_ours([*found, *sample(last)]), by=by)


def sample(today: date) -> list[Found]:
    """Some looks of everybody in the month before this one, drawn once."""
    until = today.replace(day=1)
    month = (until - timedelta(days=1)).replace(day=1)
    if Flag.objects.filter(ground=Ground.SAMPLE, day=month).exists():
        return []
    drawn = queries.sample(LOOKS_OF_EACH, since=span(month)[0], until=span(until)[0])
    return [Found(Ground.SAMPLE, uuid.UUID(user), month, tuple(sorted(events)), number=len(events))
            for user, events in drawn.items() if queries.is_key(user)]


def _of_ours(found: Iterable[Found]) -> list[Found]:
    """What names somebody who works here; a body may claim to be anybody's."""
    found = list(found)
    ours = set(User.objects.filter(pk__in={one.user for one in found}).values_list("pk", flat=True))
    return [one for one in found if one.user in ours]
