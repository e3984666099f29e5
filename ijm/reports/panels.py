"""What the exchange shows on the page of approvals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.reports import policy
from ijm.reports.models import Export
from ijm.reports.states import ExportState
from ijm.roles.table import Can, may

LATELY = timedelta(days=14)
MOST = 20


def approvals(user: User) -> list[dict[str, Any]]:
    """Workbooks of records: those she decides about, those she asked for, what became of hers lately."""
    if not (may(user.role_codes, Can.EXPORT_APPROVE) or may(user.role_codes, Can.RECORDS_EXPORT)):
        return []
    since = timezone.now() - LATELY
    rows = policy.visible_exports(user).filter(asked_at__gte=since)
    waiting = [_shown("decide" if policy.may_decide(user, one) else "asked", one)
               for one in rows.filter(state=ExportState.ASKED)[:MOST]]
    answered = rows.filter(state__in=(ExportState.APPROVED, ExportState.REFUSED), asked_by=user)[:MOST]
    return waiting + [_shown("back", one) for one in answered]


def _shown(part: str, one: Export) -> dict[str, Any]:
    why = {"asked": _("You asked for this; another person decides."), "back": str(one.get_state_display())}
    return {"part": part, "title": _("Records as a workbook: %(which)s") % {"which": one.get_which_display()},
            "url": reverse("reports:export-show", args=[one.code]), "code": one.code, "by": one.asked_by.display_name,
            "at": one.asked_at, "about": one.get_purpose_display(), "why": why.get(part, ""), "kind": "export"}
