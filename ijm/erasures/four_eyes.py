"""What erasures say to the room of approvals."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.kinds import Kind, Told
from ijm.approvals.models import Request
from ijm.erasures import policy
from ijm.erasures.actions import erasures
from ijm.erasures.models import Erasure
from ijm.roles.table import Can
from ijm.trail.purposes import Purpose

GOES = (_("Every key under which her names, numbers, places and story are sealed"),
        _("The keys of her own care and intake files and of the files attached to them"),
        _("Her names in the search, at once, and unsent forms about her"))
STAYS = (_("Exhibits and their chain of custody"),
         _("That the file existed: codes, days, who looked and when"),
         _("What was written in files of other persons and of other wings, sealed there"))
HERE = "ijm.erasures.four_eyes."
ERASURE = Kind(_("Erasure of a survivor's data"), Can.ERASURE_ASK, Can.ERASURE_APPROVE, why=Purpose.ERASURE,
               apply=HERE + "begin", thing=HERE + "thing", bars=HERE + "bars", told=HERE + "told")


def _of(request: Request) -> Erasure:
    found: Erasure = Erasure.objects.select_related("office").get(request=request)
    found.request = request
    return found


def thing(request: Request) -> dict[str, str]:
    """The erasure as it is asked for now."""
    return _of(request).thing


def bars(request: Request) -> str | Promise:
    """Why nothing may be destroyed, as things stand."""
    return policy.barred(_of(request))


def begin(request: Request, *, by: User) -> None:
    """Have it done."""
    erasures.begin(_of(request), by=by)


def told(user: User, request: Request) -> Told:
    """Whose data, why, what is destroyed and what stays."""
    erasure = _of(request)
    return Told(reverse("erasures:show", args=[erasure.code]), (erasure.about_code, erasure.get_basis_display(), *GOES), STAYS)
