"""Telling somebody, seven days ahead, that places end: her own, and those on her files that she may confirm."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles import policy
from ijm.casefiles.models.access import soon
from ijm.messages import Event
from ijm.notices.models import Notice, NoticeKind
from ijm.notices.telling import tell
from ijm.roles.decisions import require
from ijm.roles.places import MOST, WARN
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

ONCE_IN = timedelta(days=7)


def tell_of_places(*, by: User) -> int:
    """At most one notice of each kind in a week; how many were made."""
    require(policy.may_see_places(by))
    due = _due(by)
    told = Notice.objects.filter(user=by, kind__in=due, made_at__gt=timezone.now() - ONCE_IN).values_list("kind", flat=True)
    new = sorted(due - set(told))
    if new:
        with entry(Event.NOTICE_MADE, by=by, about=None, why=Purpose.SYSTEM):
            for kind in new:
                tell([by.pk], NoticeKind(kind), about=by.code, path=reverse("desk:place-list"))
    return len(new)


def _due(by: User) -> set[str]:
    """What there is to be told: hers end, others' on her files end, she stands on very many."""
    ending = policy.visible_places(by).filter(expires_at__lte=soon())
    found = {NoticeKind.PLACES_ENDING.value if place.user_id == by.pk else NoticeKind.PLACES_TO_CONFIRM.value
             for place in ending if place.is_confirmable}
    return found | ({NoticeKind.PLACES_MANY.value} if MOST - policy.rooms([by.pk])[by.pk] >= WARN else set())
