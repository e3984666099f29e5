"""What packages show on the page of approvals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.court import policy
from audit.court.models import Package
from audit.court.states import PackageState
from ijm.accounts.models import User
from ijm.roles.table import Can, may

LATELY = timedelta(days=14)
MOST = 20


def approvals(user: User) -> list[dict[str, Any]]:
    """Packages she decides about, those she asked for, what became of hers lately."""
    if not (may(user.role_codes, Can.PACKAGE_AGREE) or may(user.role_codes, Can.PACKAGE_ASK)):
        return []
    rows = policy.visible_packages(user).filter(asked_at__gte=timezone.now() - LATELY)
    waiting = [_shown("decide" if policy.may_decide(user, one) else "asked", one)
               for one in rows.filter(state=PackageState.ASKED)[:MOST]]
    answered = rows.filter(state__in=(PackageState.AGREED, PackageState.REFUSED), asked_by=user)[:MOST]
    return waiting + [_shown("back", one) for one in answered]


def _shown(part: str, one: Package) -> dict[str, Any]:
    why = {"asked": _("You asked for this; another person decides."), "back": str(one.get_state_display())}
    return {"part": part, "title": _("Package for a court: %(code)s") % {"code": one.about_code},
            "url": reverse("audit:package-show", args=[one.code]), "code": one.code, "by": one.asked_by.display_name,
            "at": one.asked_at, "about": one.get_scope_display(), "why": why.get(part, ""), "kind": "export"}
