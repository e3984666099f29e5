"""What the clock does every few hours: throwing away old drafts, yesterday's marks of forms, files that never came whole."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.contrib.auth import get_user_model

from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose
from ijm.vault import shelf
from ijm.web import drafts, once, spending

log = logging.getLogger(__name__)


@shared_task(name="ijm.web.forget", ignore_result=True)
def forget() -> int:
    """Each person's own old drafts and marks, inside her own door; trouble with one stops no other. How many drafts."""
    shelf.clear(time.time())
    spending.forget_old()
    gone = 0
    for person in get_user_model().objects.select_related("office"):
        try:
            with acting_as(person, "w", Purpose.SYSTEM):
                old = drafts.forget_old(person)
                once.forget_old(person.pk)
            gone += old
        except Exception:
            log.exception("old drafts of one person could not be thrown away", extra={"person": person.code})
    return gone
