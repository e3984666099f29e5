"""Pins: records that somebody keeps at hand. Hers alone, and only while she stands on the file."""

from __future__ import annotations

from ijm.accounts.models import User
from ijm.desk import reminders
from ijm.desk.models import Pin
from ijm.ids import normalise_code

MOST = 60


def mine(user: User) -> list[Pin]:
    """Her pins on files she stands on now; the database hides the others' files, and with them the pins."""
    return list(Pin.objects.filter(owner=user, file__code__isnull=False).select_related("file")[:MOST])


def turn(user: User, code: str) -> bool:
    """Pin a record she may see, or take its pin away; whether it is pinned now. Hidden and missing are one."""
    held = Pin.objects.filter(owner=user, code=normalise_code(code) or "")
    if held.delete()[0]:
        return False
    found = reminders.about(user, code)
    record = found["record"]
    Pin.objects.create(owner=user, file_id=record.file_id, code=record.code, path=found["url"])
    return True
