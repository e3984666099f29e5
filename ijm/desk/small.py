"""Exceptions of small offices on the page of approvals."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts import policy, reach
from ijm.accounts.models import User, Waiver
from ijm.desk import roles


def approvals(user: User) -> list[dict[str, Any]]:
    """Those that wait in the offices she reaches, for those who run them or decide about roles."""
    if not roles.looks_after(user):
        return []
    waiting = Waiver.objects.open().filter(agreed_by__isnull=True, office__in=reach.offices_of(user).order_by())
    return [_asked(user, one) for one in waiting.select_related("office", "proposed_by")]


def _asked(user: User, one: Waiver) -> dict[str, Any]:
    decides = policy.may_agree_waiver(user, one)
    roles_ = " + ".join(str(role.label) for role in one.roles)
    return {"part": "decide" if decides else "asked", "by": one.proposed_by.display_name, "at": one.proposed_at, "kind": "role",
            "title": _("A small office does without an exclusion: %(roles)s") % {"roles": roles_}, "code": one.office.code,
            "url": reverse("desk:office-small", args=[one.office.code]), "about": one.office.name, "why": str(decides.why)}
