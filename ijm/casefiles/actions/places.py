"""Taking a colleague off a file, and putting her back."""

from __future__ import annotations

from ijm.accounts.models import User
from ijm.casefiles import grants, policy
from ijm.casefiles.models import CaseAccess
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def take_off(place: CaseAccess, *, by: User) -> None:
    """End a colleague's place on a file, at once."""
    require(policy.may_take_off(by, place))
    with entry(Event.ACCESS_REVOKED, by=by, about=place.file, why=Purpose.SUPERVISION):
        grants.end(place, by=by)


def put_back(place: CaseAccess, *, by: User) -> None:
    """Give a colleague the place again that was just taken from her: a new place, until the same day."""
    require(policy.may_put_back(by, place))
    with entry(Event.ACCESS_RESTORED, by=by, about=place.file, why=Purpose.SUPERVISION):
        grants.again(place, by=by)
