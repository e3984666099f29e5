"""What this room shows on the page of approvals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.erasures import policy
from ijm.erasures.models import Erasure
from ijm.erasures.states import ErasureState
from ijm.roles.table import Can, may

LATELY = timedelta(days=14)
MOST = 20


def approvals(user: User) -> list[dict[str, Any]]:
    """Erasures: those she decides about, those she asked for, what became of hers lately."""
    if not may(user.role_codes, Can.ERASURE_ASK):
        return []
    rows = policy.visible_erasures(user)
    waiting = [_shown("decide" if policy.may_decide(user, one) else "asked", one)
               for one in rows.filter(state=ErasureState.ASKED)[:MOST]]
    lately = rows.filter(asked_at__gte=timezone.now() - LATELY, asked_by=user).exclude(
        state__in=(ErasureState.ASKED, ErasureState.WITHDRAWN))
    return waiting + [_shown("back", one) for one in lately[:MOST]]


def _shown(part: str, one: Erasure) -> dict[str, Any]:
    why = {"asked": _("Another person decides."), "back": str(one.get_state_display())}
    return {"part": part, "title": _("Erasure of a survivor's data"), "url": reverse("erasures:show", args=[one.code]),
            "code": one.code, "by": one.asked_by.display_name, "at": one.asked_at, "about": one.about_code,
            "why": why.get(part, ""), "kind": "erasure"}
