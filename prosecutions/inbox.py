"""What other wings may hand in."""

from __future__ import annotations

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.messages import CaseReferred
from ijm.reference import lists
from prosecutions.actions import prosecutions
from prosecutions.states import EXPLOITATION


def case_referred(message: CaseReferred, *, by: User) -> None:
    """An investigation is referred: a prosecution file waits on the liaison's desk, opened as the sender."""
    known = message.summary if message.summary in dict(lists.choices(EXPLOITATION)) else ""
    prosecutions.receive(CaseFile.objects.get(pk=message.file), by=by, at=message.at, accused=message.accused,
                         witnesses=message.witnesses, exploitation=known)
