"""The small numbers in the side of every page: four short queries, and none before a page asks."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from ijm.accounts.models import RoleGrant
from ijm.accounts.reach import offices_of
from ijm.casefiles.models import CaseFile, Delivery, Status
from ijm.casefiles.models.deliveries import DeliveryState
from ijm.notices.models import Notice
from ijm.roles.table import Can, Kind, may
from ijm.trail.context import current
from ijm.web.navigation import Counts

LISTS = {
    Kind.INTAKE: "investigations:tip-list",
    Kind.INVESTIGATION: "investigations:investigation-list",
    Kind.CARE: "aftercare:survivor-list",
    Kind.PROSECUTION: "prosecutions:prosecution-list",
}


def counts(request: HttpRequest) -> Counts:
    """{URL name: (how many, how many late)} for the person of this request; nothing outside a door."""
    user: Any = request.user
    if current() is None or not user.is_authenticated:
        return {}
    found = {"desk:notices": (Notice.objects.filter(user=user, read_at__isnull=True).count(), 0)}
    files = (CaseFile.objects.filter(status=Status.OPEN).order_by().values("kind").annotate(n=Count("id"))
             .values_list("kind", "n"))
    found |= {LISTS[Kind(kind)]: (n, 0) for kind, n in files}
    if LISTS[Kind.CARE] in found:
        found["aftercare:delivery-list"] = (Delivery.objects.filter(state=DeliveryState.WAITING).count(), 0)
    if may(user.role_codes, Can.ROLE_APPROVE):
        found["desk:people"] = (RoleGrant.objects.waiting().filter(office__in=offices_of(user)).count(), 0)
    return found
