"""A rule answers with a Decision: allowed or not, and why, in words that a page can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.roles.table import Can, Role, may, who_can
from ijm.trail.context import Person
from ijm.trail.errors import Refused
from ijm.trail.events import About
from ijm.trail.looks import denied


class Holder(Person, Protocol):
    """A person who holds roles."""

    @property
    def role_codes(self) -> frozenset[str]:
        """The roles she holds at this moment."""


@dataclass(frozen=True)
class Decision:
    """The answer of one rule, for one person, about one record."""

    allowed: bool
    by: Holder
    about: About = None
    event: str = "act.refused"
    why: str | Promise = ""
    reason: str = "policy"

    def __bool__(self) -> bool:
        return self.allowed

    def and_(self, condition: bool, why: str | Promise, reason: str) -> Decision:
        """The same decision with one more condition; the first condition that fails gives the reason."""
        if not self.allowed or condition:
            return self
        return Decision(False, self.by, self.about, self.event, why, reason)


def role_decision(by: Holder, what: Can, about: About = None) -> Decision:
    """Allowed when one of her roles may do this; otherwise says which roles may."""
    labels = ", ".join(str(Role(role).label) for role in who_can(what))
    return Decision(may(by.role_codes, what), by, about, f"{what.value.lower()}.refused",
                    _("This is done by: %(roles)s.") % {"roles": labels}, "role")


def require(decision: Decision) -> None:
    """Go on when allowed; otherwise record the refusal, on a connection of its own, and raise Refused."""
    if decision.allowed:
        return
    denied(decision.event, by=decision.by, about=decision.about, reason=decision.reason)
    raise Refused(str(decision.why))
