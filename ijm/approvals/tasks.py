"""What the clock does every quarter of an hour: ends requests whose time is over, and tells who asked."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DEFAULT_DB_ALIAS, connections

from ijm.accounts.models import User
from ijm.approvals import policy
from ijm.approvals.actions import requests
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose

log = logging.getLogger(__name__)


@shared_task(name="ijm.approvals.lapse", ignore_result=True)
def lapse() -> int:
    """Each asker's own, inside her own door; trouble with one stops no other. How many requests ended."""
    ended = 0
    for person in User.objects.select_related("office").filter(pk__in=_askers()):
        try:
            with acting_as(person, "w", Purpose.SYSTEM):
                ended += sum(bool(requests.lapse(one, by=person)) for one in policy.lapsed(person))
        except Exception:
            log.exception("requests whose time is over could not be ended", extra={"person": person.code})
    return ended


def _askers() -> list[object]:
    """Whose requests have run out of time: ids only."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT guard.askers_over()")
        return [row[0] for row in cursor.fetchall()]
