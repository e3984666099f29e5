"""Who sees a request, who may make, decide, take back and use it. The database says who decides; here it gets its words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.agreed import CHANGED, OVER, is_same
from ijm.approvals.kinds import Kind
from ijm.approvals.models import Request
from ijm.approvals.states import OPEN, RequestState
from ijm.roles.decisions import Decision, role_decision
from ijm.web.codes import get_by_code

# What guard.decider_refusal() answers, in words.
WHY: dict[str, str | Promise] = {
    "decided": _("This was decided already."),
    "expired": OVER,
    "self": _("You asked for this; another person decides."),
    "role": _("Your role does not decide about this in that office."),
    "file": _("Who decides about this stands on the case file."),
    "line": _("You work in the same line as the person who asks; somebody outside it decides."),
    "twice": _("You approved another step of the same thing; a third person decides about this one."),
}


def visible_requests(user: User) -> QuerySet[Request]:
    """What she asked for, what she may decide about, what concerns her case files. Row security narrows it."""
    return Request.objects.select_related("asked_by", "decided_by", "office")


def get_request(user: User, code: str) -> Request:
    """One request by its code, however it was typed."""
    return get_by_code(visible_requests(user), code)


def refusals(user: User, requests: Iterable[Request]) -> dict[uuid.UUID, str]:
    """{request: why she may not decide about it} as the database sees it now; an empty word where she may."""
    asked = [request.pk for request in requests]
    if not asked:
        return {}
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT one, coalesce(guard.decider_refusal(%s, one), '') FROM unnest(%s::uuid[]) one", [user.pk, asked])
        return {one: str(why) for one, why in cursor.fetchall()}


def deciders(request: Request) -> list[uuid.UUID]:
    """Everybody who may decide about it now."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT guard.deciders(%s)", [request.pk])
        return sorted(row[0] for row in cursor.fetchall())


def lapsed(user: User) -> QuerySet[Request]:
    """Requests of hers whose time is over."""
    return visible_requests(user).filter(asked_by=user, state__in=OPEN, expires_at__lte=timezone.now())


def may_ask(by: User, kind: Kind) -> Decision:
    """Whether her role asks for such a thing."""
    return role_decision(by, kind.asks)


def may_decide(by: User, request: Request) -> Decision:
    """Another person, who holds the role now, where it counts, in time."""
    why = refusals(by, [request])[request.pk]
    return Decision(not why, by, request, "approval.refused", WHY.get(why, why), why or "policy")


def may_approve(by: User, request: Request) -> Decision:
    """Whoever decides approves what is still exactly what was asked for; what has changed can only be refused."""
    decision = may_decide(by, request)
    if not decision:
        return decision
    why = request.sort.barred(request)
    return decision.and_(is_same(request, request.sort.current(request)), CHANGED, "void").and_(not why, why, "barred")


def _hers(by: User, request: Request) -> Decision:
    return Decision(request.asked_by_id == by.pk, by, request, "approval.refused", _("Somebody else asked for this."), "owner")


def may_withdraw(by: User, request: Request) -> Decision:
    """Whoever asked takes back what was not done yet."""
    return _hers(by, request).and_(request.state in OPEN, _("There is nothing to take back."), "state")


def may_use(by: User, request: Request) -> Decision:
    """Whoever asked does what was approved: once, in time."""
    return (_hers(by, request).and_(request.state == RequestState.APPROVED, _("It is not approved, or done already."), "state")
            .and_(not request.is_over, OVER, "expired"))


def may_lapse(by: User, request: Request) -> Decision:
    """A request whose time is over ends, in the name of whoever asked."""
    return _hers(by, request).and_(request.state in OPEN and request.is_over, _("There is still time."), "time")
