"""What other wings may hand in."""

from __future__ import annotations

from ijm.accounts.models import Office, User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile
from ijm.messages import CaseReferred
from ijm.reference import lists
from ijm.roles.table import Kind
from prosecutions.actions import prosecutions
from prosecutions.states import EXPLOITATION


def case_referred(message: CaseReferred, *, by: User) -> None:
    """An investigation is referred: a prosecution file waits on the liaison's desk, opened as the sender."""
    known = message.summary if message.summary in dict(lists.choices(EXPLOITATION)) else ""
    prosecutions.receive(CaseFile.objects.get(pk=message.file), by=by, at=message.at, accused=message.accused,
                         witnesses=message.witnesses, exploitation=known, office=receiving_office(by.office))


def receiving_office(office: Office) -> Office:
    """This office, or the one that supports it where only that one has a liaison."""
    upper = office.supported_by
    if upper is None or grants.supervisors(Kind.PROSECUTION, office):
        return office
    return upper if grants.supervisors(Kind.PROSECUTION, upper) else office
