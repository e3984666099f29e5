"""Roles and resets for the page of approvals: those she decides about, those she proposed, and what became of hers lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts import policy
from ijm.accounts.models import Reset, RoleGrant, User
from ijm.desk import roles
from ijm.roles.table import Can, may

LATELY = timedelta(days=14)
MOST = 20


def approvals(user: User) -> list[dict[str, Any]]:
    """Everything of the office's own that needs a second person."""
    shown = [*(_waits(user, grant) for grant in roles.waiting(user)), *(_reset(user, one) for one in roles.resets(user))]
    if may(user.role_codes, Can.ROLE_PROPOSE):
        shown += [_answered(grant) for grant in _lately(user)]
    return shown


def _waits(user: User, grant: RoleGrant) -> dict[str, Any]:
    decision = policy.may_approve(user, grant)
    return _shown(grant, "decide" if decision else "asked", grant.starts_at, why=str(decision.why or ""))


def _lately(user: User) -> list[RoleGrant]:
    since = timezone.now() - LATELY
    answered = Q(approved_at__gte=since) | Q(approved_at__isnull=True, revoked_at__gte=since)
    rows = RoleGrant.objects.filter(answered, proposed_by=user)
    return list(rows.select_related("user", "office", "proposed_by")[:MOST])


def _answered(grant: RoleGrant) -> dict[str, Any]:
    why = _("Refused. The role is not given.") if grant.approved_at is None else _("Approved.")
    return _shown(grant, "back", grant.approved_at or grant.revoked_at, why=why)


def _shown(grant: RoleGrant, part: str, at: Any, *, why: str) -> dict[str, Any]:
    title = _("A role: %(role)s") % {"role": grant.get_role_display()}
    return {"part": part, "title": title, "url": f"{reverse('desk:people')}#waiting", "code": grant.user.code, "kind": "role",
            "by": grant.proposed_by.display_name, "at": at, "about": _for(grant.user), "why": why}


def _reset(user: User, reset: Reset) -> dict[str, Any]:
    decides = may(user.role_codes, Can.ROLE_APPROVE) and user.pk not in (reset.proposed_by_id, reset.user_id)
    return {"part": "decide" if decides else "asked", "title": _("A reset: %(what)s") % {"what": reset.get_kind_display()},
            "url": reverse("desk:person", args=[reset.user.code]), "code": reset.user.code, "kind": "role",
            "by": reset.proposed_by.display_name, "at": reset.proposed_at, "about": _for(reset.user),
            "why": "" if decides else _("A second person decides")}


def _for(person: User) -> str:
    return _("For %(who)s") % {"who": person.display_name}
