"""What the clock does with accounts: it closes those that nobody uses, and guests' when they are over."""

from __future__ import annotations

import logging

from celery import shared_task

from ijm.accounts import reach
from ijm.accounts.actions import staying
from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose

log = logging.getLogger(__name__)


@shared_task(name="ijm.accounts.lapse", ignore_result=True)
def lapse() -> int:
    """Close what is over, each inside its own door; trouble with one stops no other. How many accounts were closed."""
    closed = 0
    for user in User.objects.select_related("office").filter(is_active=True, is_system=False):
        try:
            with acting_as(user, "w", Purpose.SYSTEM):
                if reach.is_over(user):
                    staying.lapse(by=user)
                    closed += 1
        except Exception:
            log.exception("one account could not be closed", extra={"person": user.code})
    return closed
