"""The role table as a page that a manager can read."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from ijm.accounts.models import RoleGrant, User, Waiver
from ijm.roles.table import INTERNAL, TABLE, Can, Kind, Open, Role, exclusions
from ijm.web.pages import page, reads


@reads()
def table(request: HttpRequest) -> HttpResponse:
    """What each role may do and open, what it excludes, and who holds it now by whose proposal and approval."""
    holders: dict[str, list[RoleGrant]] = {}
    user = cast(User, request.user)
    live = RoleGrant.objects.live().select_related("user", "office", "proposed_by", "approved_by")
    inside = any(role in user.role_codes for role in INTERNAL)  # a guest, or who holds no role, learns nobody's name here
    for grant in live.order_by("user__name") if inside else ():
        holders.setdefault(grant.role, []).append(grant)
    return page(request, "desk/permissions/table.html", roles=[_role(role, holders.get(role, [])) for role in TABLE],
                waivers=list(Waiver.objects.live().select_related("office", "supporter", "agreed_by").order_by("office", "role")),
                opens=list(Open), inside=inside, grid=[_line(role) for role in TABLE])


def _role(role: Role, grants: list[RoleGrant]) -> dict[str, Any]:
    row = TABLE[role]
    barred = {other for one, other in exclusions() if one == role}
    return {
        "code": role.value, "label": role.label, "about": row.about,
        "can": [what.label for what in Can if what in row.can],
        "opens": [compartment.label for compartment in Open if compartment in row.opens],
        "closed": [compartment.label for compartment in Open if compartment not in row.opens],
        "stands": [kind.label for kind in Kind if kind in row.stands],
        "excludes": [other.label for other in Role if other in barred], "holders": grants,
    }


def _line(role: Role) -> dict[str, Any]:
    """One line of the short table: a tick for each compartment the role opens."""
    cells = [(compartment.label, compartment in TABLE[role].opens) for compartment in Open]
    return {"label": role.label, "code": role.value, "cells": cells}
