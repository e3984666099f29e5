"""What the clock does every few hours: ends imports nobody finished, throws away papers nobody fetched."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from ijm.accounts.models import User
from ijm.documents.actions import papers
from ijm.documents.models import Copy
from ijm.jobs.models import Job
from ijm.jobs.states import OPEN
from ijm.reports.actions import imports
from ijm.reports.models import Import
from ijm.reports.policy import lapsed_imports
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose

log = logging.getLogger(__name__)


@shared_task(name="ijm.reports.lapse", ignore_result=True)
def lapse() -> int:
    """Each person's own, inside her own door; trouble with one stops no other. How many imports ended."""
    ended = 0
    for person in User.objects.select_related("office"):
        try:
            with acting_as(person, "w", Purpose.SYSTEM):
                for copy in Copy.objects.filter(owner_id=person.pk, made_at__lt=timezone.now() - papers.KEPT):
                    papers.forget(copy.paper, by=person)
                ended += sum(_ended(record, person) for record in lapsed_imports(person))
        except Exception:
            log.exception("what waited too long for one person could not be thrown away", extra={"person": person.code})
    return ended


def _ended(record: Import, person: User) -> bool:
    """Whether it was ended now: not while a worker is still to bring it in."""
    if Job.objects.filter(about=record.pk, owner=person, state__in=OPEN).exists():
        return False
    imports.lapse(record, by=person)
    return True
