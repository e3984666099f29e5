"""Before anybody calls, writes or goes to a survivor or a caller: what she said is safe, asked by every page that would.

Nothing in this house sends anything to a survivor by itself. A page or action that helps somebody to reach her asks
`may_contact` first and shows its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.roles.decisions import Decision, Holder
from ijm.trail.events import About


class Way(models.TextChoices):
    """How somebody may be reached."""

    CALL = "call", _("Telephone call")
    TEXT = "text", _("Text message")
    CHAT = "chat", _("Message in an app")
    VISIT = "visit", _("Visit")
    THROUGH = "through", _("Through somebody they trust")


class Weekday(models.TextChoices):
    """The days of the week, as Python counts them."""

    MONDAY = "0", _("Monday")
    TUESDAY = "1", _("Tuesday")
    WEDNESDAY = "2", _("Wednesday")
    THURSDAY = "3", _("Thursday")
    FRIDAY = "4", _("Friday")
    SATURDAY = "5", _("Saturday")
    SUNDAY = "6", _("Sunday")


@dataclass(frozen=True)
class SafeContact:
    """What somebody said about being reached: whether at all, how, on which days, between which hours, until when it holds."""

    is_allowed: bool
    ways: frozenset[str]
    days: frozenset[str]
    from_at: time | None
    until_at: time | None
    review_on: date

    def holds_hour(self, moment: time) -> bool:
        """Whether this hour is safe; a span may go over midnight, and without one every hour is."""
        if self.from_at is None or self.until_at is None:
            return True
        if self.from_at <= self.until_at:
            return self.from_at <= moment < self.until_at
        return moment >= self.from_at or moment < self.until_at


def may_contact(by: Holder, facts: SafeContact | None, way: Way, *, at: datetime | None = None,
                about: About = None) -> Decision:
    """Whether she may be reached in this way at this moment (now, when none is given), and why not.

    Where nobody asked her, the answer is no: silence is not consent.
    """
    here = timezone.localtime(at)
    asked = Decision(facts is not None, by, about, "contact.refused",
                     _("Nobody has asked them yet how they can be reached safely."), "not-asked")
    if facts is None:
        return asked
    return (asked
            .and_(facts.is_allowed, _("They asked not to be contacted."), "no-contact")
            .and_(facts.review_on >= here.date(), _("What they said is due for review: ask again, in person."), "review")
            .and_(way.value in facts.ways, _("They did not agree to be reached in this way."), "way")
            .and_(not facts.days or str(here.weekday()) in facts.days, _("This is not a day on which it is safe."), "day")
            .and_(facts.holds_hour(here.time()), _("This is not an hour at which it is safe."), "hour"))
