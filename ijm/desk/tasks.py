"""What the clock does at the end of a working day: everybody is told of her own looks, and of others' at her files."""

from __future__ import annotations

import logging

from celery import shared_task

from ijm.accounts.models import User
from ijm.desk.actions import days
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
