"""What this room shows on the page of approvals: everything that waits for two people, whatever it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.approvals import policy
from ijm.approvals.models import Request
from ijm.approvals.states import RequestState
from ijm.web.words import moment

LATELY = timedelta(days=14)
MOST = 50


def approvals(user: User) -> list[dict[str, Any]]:
    """Requests she decides about, those she asked for, what became of hers lately; two questions to the database."""
    hers = Q(asked_by=user, asked_at__gte=timezone.now() - LATELY) & ~Q(state=RequestState.WITHDRAWN)
    found = list(policy.visible_requests(user).filter(Q(state=RequestState.ASKED) | hers)[:MOST])
    waiting = [one for one in found if one.state == RequestState.ASKED and not one.is_over]
    refusals = policy.refusals(user, waiting)
    return [_shown(user, one, refusals.get(one.pk)) for one in found
            if one.asked_by_id == user.pk or refusals.get(one.pk) == ""]


def _shown(user: User, one: Request, refusal: str | None) -> dict[str, Any]:
    part = "decide" if refusal == "" else "asked" if one.state == RequestState.ASKED else "back"
    said = {"decide": _("Until %(moment)s"), "asked": _("Until %(moment)s another person decides.")}
    why = said[part] % {"moment": moment(one.expires_at)} if part in said else str(one.get_state_display())
    return {"part": part, "title": str(one.sort.title), "url": reverse("approvals:show", args=[one.code]), "code": one.about,
            "by": one.asked_by.display_name, "at": one.asked_at, "about": "", "why": why, "kind": "approval"}
