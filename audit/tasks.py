"""What the clock does for the auditor."""

from __future__ import annotations

from celery import shared_task
from django.db import connections

from audit.flags.finding import find
from audit.queries import AUDITOR
from audit.verifying import nightly
from ijm.accounts.models import RoleGrant, User
from ijm.roles.table import Can, who_can
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose


@shared_task(name="audit.flags", ignore_result=True)  # type: ignore[untyped-decorator, unused-ignore]
def flags() -> int:
    """Look for flags in the door of somebody who judges them; how many are new. Nothing while nobody holds that role."""
    somebody = _who_judges()
    if somebody is None:
        return 0
    with acting_as(somebody, "w", Purpose.SYSTEM):
        return find(by=somebody)


@shared_task(name="audit.verify", ignore_result=True)  # type: ignore[untyped-decorator, unused-ignore]
def verify() -> int:
    """Verify the whole log, and every record against it; how many findings are new. Nothing while nobody could be told."""
    somebody = _who_judges()
    return 0 if somebody is None else nightly.run(somebody)


def _who_judges() -> User | None:
    """Somebody who may ask the log; nobody where this process may not read it."""
    held = RoleGrant.objects.live().filter(role__in=who_can(Can.AUDIT_ASK), user__is_active=True)
    grant = held.select_related("user__office").order_by("role", "starts_at").first()
    return grant.user if grant is not None and connections[AUDITOR].settings_dict["USER"] else None
