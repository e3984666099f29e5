"""The trail learns that somebody verified the log, and with what verdict: reading the log is itself recorded."""

from __future__ import annotations

from django.db import DatabaseError, connections

from audit.states import Event
from audit.verifying.report import Report
from ijm.trail import events
from ijm.trail.context import Source, Who
from ijm.trail.purposes import Purpose


def verified(report: Report) -> bool:
    """Write it; False where this machine may only read, which a verification must not need more than."""
    if not connections[events.TRAIL].settings_dict["USER"]:
        return False
    body = events.body(Event.VERIFIED, "system", who=Who(""), source=Source(), why={"code": Purpose.AUDIT.value},
                       q={"verdict": ("whole", "tampered", "incomplete")[report.code], "count": sum(report.wrong.values())})
    try:
        events.write(body, using=events.TRAIL)
    except DatabaseError:
        return False
    return True


__all__ = ("verified",)
