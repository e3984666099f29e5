"""What the banner's Undo does in this wing."""

from __future__ import annotations

from ijm.accounts.models import User
from ijm.trail.undoing import former
from ijm.web.undo import read
from investigations import policy
from investigations.actions import undoing


def declined(user: User, about: str) -> None:
    """A declined tip stands as assessed again."""
    code, rev, _more = read(about)
    tip = policy.get_tip(user, code)
    former(tip, by=user, rev=rev)
    undoing.take_decline_back(tip, by=user)


def closed(user: User, about: str) -> None:
    """A closed investigation goes on."""
    code, rev, _more = read(about)
    investigation = policy.get_investigation(user, code)
    undoing.take_closing_back(investigation, by=user, to=former(investigation, by=user, rev=rev).stage)
