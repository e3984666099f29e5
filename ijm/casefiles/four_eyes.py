"""What the transfer of a file says to the room of approvals."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.kinds import Kind, Told
from ijm.approvals.models import Request
from ijm.casefiles.models import Transfer
from ijm.casefiles.models.transfers import TransferReason
from ijm.roles.table import Can
from ijm.trail.purposes import Purpose

HERE = "ijm.casefiles.four_eyes."
TRANSFER = Kind(_("A file for another office"), Can.FILE_TRANSFER, Can.TRANSFER_AGREE, why=Purpose.SUPERVISION,
                apply="ijm.casefiles.actions.transfers.carry_out", thing=HERE + "thing", told=HERE + "told")


def _of(request: Request) -> Transfer:
    found: Transfer = Transfer.objects.select_related("source", "target").get(request=request)
    return found


def thing(request: Request) -> dict[str, str]:
    """The transfer as it is asked for."""
    return _of(request).thing(request.about)


def told(user: User, request: Request) -> Told:
    """Which file, from where, to where, why; and what it means for the office that has it now."""
    one = _of(request)
    way = _now("%(code)s: from %(source)s to %(target)s") % {
        "code": request.about, "source": one.source.name, "target": one.target.name}
    return Told("", (way, TransferReason(request.basis).label, _("Everybody's place on it in the former office ends at once")),
                (_("What was done until then stays in the file and in the record"),))
