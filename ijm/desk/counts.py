"""What the frame of every page shows of this person: small numbers, pins, kept filters; all in one question."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.http import HttpRequest

from ijm.accounts.models import RoleGrant, User
from ijm.accounts.reach import offices_of
from ijm.desk import filters, policy
from ijm.desk.models import Pin, SavedFilter
from ijm.notices.models import Notice
from ijm.roles.table import Can, may
from ijm.trail.context import current
from ijm.web import lists
from ijm.web.navigation import Counts, Facts


def counts(request: HttpRequest) -> Counts:
    """{URL name: (how many, how many late)} for the person of this request; nothing outside a door."""
    return facts(request).counts


def facts(request: HttpRequest) -> Facts:
    """Everything the frame shows of her; nothing outside a door."""
    user: Any = request.user
    if current() is None or not user.is_authenticated:
        return Facts()
    listed = _lists(user)
    found = User.objects.filter(pk=user.pk).values(
        new_notices=_number(Notice.objects.filter(user=OuterRef("pk"), read_at__isnull=True)),
        waiting_grants=_number(RoleGrant.objects.waiting().filter(office__in=offices_of(user))),
        pins=ArraySubquery(Pin.objects.filter(owner=OuterRef("pk")).values("code")),
        kept=ArraySubquery(_kept(user)),
        **{f"list_{n}": _number(rows) for n, (_name, rows) in enumerate(listed)},
    ).get()
    numbers = {name: (found[f"list_{n}"], 0) for n, (name, _rows) in enumerate(listed)}
    return Facts({**numbers, **_counts(user, found)}, frozenset(found["pins"]), filters.links(found["kept"]))


def _lists(user: User) -> list[tuple[str, QuerySet[Any]]]:
    """The lists she may open, each with the rows under its first tab."""
    return [(one.name, rows) for one in lists.every() if policy.may_look(user, one) and (rows := one.first(user)) is not None]


def _number(rows: QuerySet[Any]) -> Any:
    """How many rows, as a part of a larger question."""
    return Coalesce(Subquery(rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")), 0)


def _kept(user: User) -> Any:
    rows = SavedFilter.objects.filter(Q(owner=user) | Q(is_shared=True), removed_at__isnull=True)
    mine = Case(When(owner=user, then=Value(value=True)), default=Value(value=False))
    return rows.values(one=JSONObject(pk="pk", listing=F("listing"), query=F("query"), shared=F("is_shared"), mine=mine))


def _counts(user: User, found: dict[str, Any]) -> Counts:
    shown = {"desk:notices": (found["new_notices"], 0)}
    if may(user.role_codes, Can.ROLE_APPROVE):
        shown["desk:people"] = (found["waiting_grants"], 0)
    return shown
