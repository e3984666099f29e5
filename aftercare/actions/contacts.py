"""How a survivor can be reached safely."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from django.utils import timezone

from aftercare import policy
from aftercare.models import SafeContact, Survivor
from aftercare.states import Event
from ijm.accounts.models import User
from ijm.notices.contact import Way, Weekday
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.errors import Stale
from ijm.trail.purposes import Purpose

SEALED = ("number", "who_may_answer", "say_instead", "never_say")


def record(survivor: Survivor, *, by: User, is_allowed: bool, ways: Iterable[str], days: Iterable[str], from_at: time | None,
           until_at: time | None, review_on: date, revision: int | None = None, **sealed: str | None) -> SafeContact:
    """Write down what she said about being reached; what was said before stays in the history.

    A sealed answer that is None keeps what was written. `revision` is what the person saw when she wrote (0: nothing was
    recorded, None: do not compare); Stale when somebody else has recorded in between.
    """
    require(policy.may_record_contact(by, survivor))
    known = policy.safe_contact(by, survivor)
    if revision is not None and revision != (known.rev if known else 0):
        raise Stale(f"safe contact of {survivor.code}")
    row = known or SafeContact(file=survivor.file, survivor=survivor)
    chosen, on = set(ways), set(days)
    row.is_allowed, row.review_on, row.recorded_by, row.recorded_at = is_allowed, review_on, by, timezone.now()
    row.ways = [way.value for way in Way if way in chosen]
    row.days = [day.value for day in Weekday if day in on]
    row.from_at, row.until_at = from_at, until_at
    for name in SEALED:
        if sealed.get(name) is not None:
            setattr(row, name, sealed[name])
    with entry(Event.SAFE_CONTACT_RECORDED, by=by, about=row, why=Purpose.SAFETY):
        row.save()
    return row
