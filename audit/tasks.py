"""What the clock does for the auditor."""

from __future__ import annotations

from celery import shared_task
from django.db import connections

from audit.flags.finding import find
from audit.queries import AUDITOR
from ijm.accounts.models import RoleGrant
from ijm.roles.table import Can, who_can
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose


@shared_task(name="audit.flags", ignore_result=True)  # type: ignore[untyped-decorator, unused-ignore]
def flags() -> int:
    """Look for flags in the door of somebody who judges them; how many are new. Nothing while nobody holds that role."""
    held = RoleGrant.objects.live().filter(role__in=who_can(Can.AUDIT_ASK), user__is_active=True)
    grant = held.select_related("user__office").order_by("role", "starts_at").first()
    if grant is None or not connections[AUDITOR].settings_dict["USER"]:
        return 0
    with acting_as(grant.user, "w", Purpose.SYSTEM):
        return find(by=grant.user)
