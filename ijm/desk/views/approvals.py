"""Approvals: one page for everything that waits for a second person."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from ijm.accounts.models import User
from ijm.desk import approvals
from ijm.desk.cards import Shown
from ijm.web.looks import seen
from ijm.web.pages import page, reads


@reads()
def listing(request: HttpRequest) -> HttpResponse:
    """What she decides, what she asked for and may not decide herself, and what came back to her lately."""
    found: dict[str, Any] = dict(approvals.of(cast(User, request.user)))
    seen(request, [Shown(one.code, "approval") for part in found.values() for one in part if one.code])
    return page(request, "desk/approvals/list.html", **found, any=any(found.values()))
