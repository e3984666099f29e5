"""What the clock does each day: telling everybody of looks at the end of it, and at night of places on files that end soon."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DEFAULT_DB_ALIAS, connections

from ijm.accounts.models import User
from ijm.casefiles import policy
from ijm.casefiles.actions import places as own
from ijm.desk.actions import days, places
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose

log = logging.getLogger(__name__)


@shared_task(name="ijm.desk.day", ignore_result=True)
def day() -> int:
    """Tell everybody, each inside her own door; trouble with one stops no other. Gives how many notices were made."""
    told = 0
    for user in User.objects.select_related("office").filter(is_active=True, is_system=False, ready_at__isnull=False):
        try:
            with acting_as(user, "w", Purpose.SYSTEM):
                told += days.tell_of_day(by=user)
        except Exception:
            log.exception("one person could not be told of her day", extra={"person": user.code})
    return told


@shared_task(name="ijm.desk.places", ignore_result=True)
def places_that_end() -> int:
    """Note who worked on her files, and tell of places that end within seven days; how many notices were made.

    Places end by their rows: this only tells, and keeps alive what the log says is used.
    """
    told = 0
    for user in User.objects.select_related("office").filter(is_active=True, is_system=False, ready_at__isnull=False):
        try:
            with acting_as(user, "w", Purpose.SYSTEM):
                if policy.may_see_places(user):
                    own.note_uses(by=user)
                    told += places.tell_of_places(by=user)
        except Exception:
            log.exception("one person could not be told of her places", extra={"person": user.code})
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT guard.renew_roster()")
    return told
