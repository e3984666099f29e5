"""What the clock does each minute: telling people of reminders that are due, and posting letters."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from ijm.accounts.models import User
from ijm.notices import post
from ijm.notices.actions import reminders
from ijm.notices.models import DueMoment
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose

log = logging.getLogger(__name__)


@shared_task(name="ijm.notices.remind", ignore_result=True)
def remind() -> int:
    """Tell everybody whose reminder is due, each inside her own door; trouble with one stops no other."""
    now, told = timezone.now(), 0
    due = DueMoment.objects.filter(told_at__isnull=True, at__lte=now, owner__is_active=True)
    for owner in User.objects.select_related("office").filter(pk__in=due.values("owner")):
        try:
            with acting_as(owner, "w", Purpose.SYSTEM):
                told += reminders.tell_due(by=owner, now=now)
        except Exception:
            log.exception("reminders of one person could not be told", extra={"person": owner.code})
    return told


@shared_task(name="ijm.notices.post", ignore_result=True)
def send_letters() -> int:
    """Gather new notices into letters, then hand letters over; nothing at all where the office has no mail."""
    if not settings.MAIL_IS_ON:
        return 0
    now = timezone.now()
    post.gather(now)
    return post.hand_over(now)
