"""What the banner's Undo does about places on files."""

from __future__ import annotations

from ijm.accounts.models import User
from ijm.casefiles.actions import places
from ijm.casefiles.models import CaseAccess
from ijm.trail.errors import Stale


def added(user: User, about: str) -> None:
    """Take off again whom this person just put on a file."""
    place = _place(about)
    if place.granted_by_id != user.pk or place.revoked_at is not None:
        raise Stale(about)
    places.take_off(place, by=user)


def ended(user: User, about: str) -> None:
    """Put back whom this person just took off a file."""
    places.put_back(_place(about), by=user)


def _place(about: str) -> CaseAccess:
    found: CaseAccess | None = CaseAccess.objects.select_related("user", "file__office").filter(pk=about).first()
    if found is None:
        raise Stale(about)
    return found
