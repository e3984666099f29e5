"""The night's work: the whole log, every record against it, changes past the application; what is found is kept and told."""

from __future__ import annotations

from audit.actions import findings
from audit.verifying import telling
from audit.verifying.records import Reconciler, destroyed_keys
from audit.verifying.report import Report
from audit.verifying.whole import Check
from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose


def verified() -> Report:
    """Everything that can be verified without a person."""
    check = Check.of_office()
    report = check.run()
    Reconciler(report).everything()
    destroyed_keys(report)
    for event in check.out_of_band:
        report.trouble("out-of-band", "reconciler", f"The event with the number {event} tells of a change past the application.",
                       place=event)
    for missing in report.missing:
        report.trouble("missing", "reconciler", f"Nobody can tell: {missing}.")
    telling.verified(report)
    return report


def run(by: User) -> int:
    """Verify, and keep what is new in the door of somebody who may ask the log; how many."""
    report = verified()
    with acting_as(by, "w", Purpose.SYSTEM):
        return findings.raise_(report.troubles, by=by)


__all__ = ("run", "verified")
