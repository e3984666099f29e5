"""What two people decide about walls and sealed files."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.kinds import Kind, Told
from ijm.approvals.models import Request
from ijm.casefiles import walls
from ijm.casefiles.models import Seal, Wall
from ijm.roles.table import Can
from ijm.trail.purposes import Purpose


def wall_now(request: Request) -> dict[str, str]:
    """The wall as it is."""
    return Wall.objects.get(code=request.about).thing


def name_now(request: Request) -> dict[str, str]:
    """The name on the list as it is."""
    return Seal.objects.get(code=request.about).thing


def wall_told(user: User, request: Request) -> Told:
    """Whom the wall keeps out, and from what."""
    found = walls.visible_walls(user).filter(code=request.about).first()
    if found is None:
        return Told()
    said = {"who": found.user.display_name, "what": found.about_code}
    return Told(reverse("desk:wall-show", args=[found.code]), [_now("%(who)s may be put on %(what)s again") % said],
                [_now("No place comes back by itself: somebody puts her on the file anew")])


def name_told(user: User, request: Request) -> Told:
    """Whose name, on the list of which file."""
    found = _listed(user, request)
    said = {"who": found.user.display_name, "what": found.about_code} if found else {}
    return Told(_page(found), [_now("%(who)s sees the sealed file %(what)s") % said] if found else [])


def open_told(user: User, request: Request) -> Told:
    """Which file is opened again."""
    found = _listed(user, request)
    said = {"what": found.about_code} if found else {}
    return Told(_page(found), [_now("The supervisors of %(what)s see it again") % said] if found else [],
                [_now("Walls against single colleagues stay")])


def _listed(user: User, request: Request) -> Seal | None:
    return walls.visible_seals(user).filter(code=request.about).first()


def _page(found: Seal | None) -> str:
    return reverse("desk:seal-show", args=[found.code]) if found else ""


_COMMON: dict[str, Any] = {"decides": Can.WALL_LIFT, "outside_line": False, "why": Purpose.CONFLICT}
LIFT = Kind(_("A wall is lifted"), asks=Can.WALL_SET, apply="ijm.casefiles.actions.walls.lift",
            thing="ijm.casefiles.wall_requests.wall_now", told="ijm.casefiles.wall_requests.wall_told", **_COMMON)
ADD = Kind(_("One more person sees a sealed file"), asks=Can.FILE_SEAL, apply="ijm.casefiles.actions.seals.added",
           thing="ijm.casefiles.wall_requests.name_now", told="ijm.casefiles.wall_requests.name_told", **_COMMON)
OPEN = Kind(_("A sealed file is opened again"), asks=Can.FILE_SEAL, apply="ijm.casefiles.actions.seals.opened",
            thing="ijm.casefiles.wall_requests.name_now", told="ijm.casefiles.wall_requests.open_told", **_COMMON)
