"""A file that goes to another office: which, from where, to where; two people stand in its request."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import Office
from ijm.approvals.models import BY_ASKER, OF_REQUEST, ByTwo
from ijm.casefiles.models.files import CaseFile
from ijm.guard.declare import Own
from ijm.roles.table import Kind


class TransferReason(models.TextChoices):
    """Why a file goes to another office."""

    LIVES_THERE = "lives_there", _("The person lives there now")
    COURT = "court", _("The court or the police there has the case")
    CAPACITY = "capacity", _("Nobody here can work on it")
    CLOSENESS = "closeness", _("Somebody here is too close to it")
    NOBODY = "nobody", _("Nobody stands on it any more: it goes back to the supervisors of this office")


class Transfer(ByTwo):
    """One file, from one office to another, or back to the supervisors of its own when nobody stands on it; it stays as asked."""

    guard = Own(select=OF_REQUEST, insert=BY_ASKER)

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    source = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")

    def thing(self, code: str) -> dict[str, str]:
        """Exactly what is agreed to: the file by its code, from where, to where."""
        return {"file": code, "from": self.source.code, "to": self.target.code}
