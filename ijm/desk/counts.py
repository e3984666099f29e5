"""What the frame of every page shows of this person: small numbers, pins, kept filters; all in one question."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.http import HttpRequest

from ijm.accounts.models import RoleGrant, User
from ijm.accounts.reach import offices_of
from ijm.casefiles.models import CaseFile, Delivery, Status
from ijm.casefiles.models.deliveries import DeliveryState
from ijm.desk import filters
from ijm.desk.models import Pin, SavedFilter
from ijm.notices.models import Notice
from ijm.roles.table import Can, Kind, may
from ijm.trail.context import current
from ijm.web.navigation import Counts, Facts

LISTS = {
    Kind.INTAKE: "investigations:tip-list",
    Kind.INVESTIGATION: "investigations:investigation-list",
    Kind.CARE: "aftercare:survivor-list",
    Kind.PROSECUTION: "prosecutions:prosecution-list",
}


def counts(request: HttpRequest) -> Counts:
    """{URL name: (how many, how many late)} for the person of this request; nothing outside a door."""
    return facts(request).counts


def facts(request: HttpRequest) -> Facts:
    """Everything the frame shows of her; nothing outside a door."""
    user: Any = request.user
    if current() is None or not user.is_authenticated:
        return Facts()
    found = User.objects.filter(pk=user.pk).values(
        new_notices=_number(Notice.objects.filter(user=OuterRef("pk"), read_at__isnull=True)),
        files=ArraySubquery(CaseFile.objects.filter(status=Status.OPEN).order_by().values("kind").annotate(n=Count("pk"))
                            .values(pair=JSONObject(kind="kind", n="n"))),
        deliveries=_number(Delivery.objects.filter(state=DeliveryState.WAITING)),
        waiting_grants=_number(RoleGrant.objects.waiting().filter(office__in=offices_of(user))),
        pins=ArraySubquery(Pin.objects.filter(owner=OuterRef("pk")).values("code")),
        kept=ArraySubquery(_kept(user)),
    ).get()
    return Facts(_counts(user, found), frozenset(found["pins"]), filters.links(found["kept"]))


def _number(rows: QuerySet[Any]) -> Any:
    """How many rows, as a part of a larger question."""
    return Coalesce(Subquery(rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")), 0)


def _kept(user: User) -> Any:
    rows = SavedFilter.objects.filter(Q(owner=user) | Q(is_shared=True), removed_at__isnull=True)
    mine = Case(When(owner=user, then=Value(value=True)), default=Value(value=False))
    return rows.values(one=JSONObject(pk="pk", listing=F("listing"), query=F("query"), shared=F("is_shared"), mine=mine))


def _counts(user: User, found: dict[str, Any]) -> Counts:
    shown = {"desk:notices": (found["new_notices"], 0)}
    shown |= {LISTS[Kind(pair["kind"])]: (pair["n"], 0) for pair in found["files"]}
    if LISTS[Kind.CARE] in shown:
        shown["aftercare:delivery-list"] = (found["deliveries"], 0)
    if may(user.role_codes, Can.ROLE_APPROVE):
        shown["desk:people"] = (found["waiting_grants"], 0)
    return shown
