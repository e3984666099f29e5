"""What taking records out says to the room of approvals."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.kinds import Kind, Told
from ijm.approvals.models import Request
from ijm.reports.models import Export
from ijm.roles.table import Can
from ijm.trail.purposes import Purpose

LEAVES = (_("Names, birth, phones, e-mail"), _("The address where each lives now"), _("What was recorded about the case"))
STAYS = (_("Clinical notes, journals, letters, and everything of other wings"),
         _("Everybody on whose file the asker does not stand"))
EXPORT = Kind(_("Records as a workbook"), Can.RECORDS_EXPORT, Can.EXPORT_APPROVE, thing="ijm.reports.four_eyes.thing",
              told="ijm.reports.four_eyes.told", why=Purpose.ADMINISTRATION)


def thing(request: Request) -> dict[str, str]:
    """The workbook as it is asked for now."""
    return Export.objects.get(request=request).thing


def told(user: User, request: Request) -> Told:
    """Whose records, what for, and what of them leaves."""
    export = Export.objects.get(request=request)
    which = (export.get_which_display(), export.get_purpose_display())
    return Told(reverse("reports:export-show", args=[export.code]), (*which, *LEAVES), STAYS)
