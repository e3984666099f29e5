"""Time bounds: an event says when it happened; the signed moments before and after it say when that can have been.

An event cannot have happened after somebody outside had already seen it (a witness's signature, a time stamp; failing that the
clock of the database when it was signed), nor long before the moment that was signed without it.
"""

from __future__ import annotations

from dataclasses import dataclass

from audit.verifying.points import Point, clock
from audit.verifying.report import Report

SLACK = 600.0  # seconds that clocks may differ, and that a long transaction may take between its events and its end
MARK = b'"t":'
Told = tuple[int, float]  # place in the log, seconds since 1970


def moment(body: bytes) -> float | None:
    """When an event says it happened, in seconds since 1970; None where it does not say."""
    at = body.rfind(MARK) + len(MARK)
    end = at
    while body[end:end + 1].isdigit():
        end += 1
    return int(body[at:end]) / 1_000 if end > at >= len(MARK) else None


@dataclass
class Bounds:
    """What is known of the times of a stretch of the log between two signed moments."""

    report: Report
    since: float = 0.0  # no event that follows can have happened before
    latest: Told = (-1, 0.0)
    earliest: Told | None = None

    def see(self, place: int, at: float) -> None:
        """An event that comes next in the log."""
        if at > self.latest[1]:
            self.latest = place, at
        if self.earliest is None or at < self.earliest[1]:
            self.earliest = place, at

    def close(self, point: Point) -> None:
        """A signed moment: nothing below it is later, and nothing since the one before it is older than that."""
        known = [bound for bound in (point.at or None, point.until) if bound is not None]
        if not known:
            return
        until = min(known)
        if point.until is not None and point.at > point.until + SLACK:
            self._tell(point.size - 1, f"The checkpoint of {point.size} events was dated {clock(point.at)}, but somebody outside "
                                       f"had seen it at {clock(point.until)}")
        if self.latest[1] > until + SLACK:
            self._tell(self.latest[0], f"The event in place {self.latest[0]} says {clock(self.latest[1])}, later than the "
                                       f"checkpoint over it ({clock(until)})")
            self.latest = -1, 0.0
        if self.earliest is not None and self.earliest[1] < self.since - SLACK:
            self._tell(self.earliest[0], f"The event in place {self.earliest[0]} says {clock(self.earliest[1])}, but came after "
                                         f"what was signed at {clock(self.since)}")
        self.since, self.earliest = max(self.since, self.latest[1], until if point.at else 0.0), None

    def _tell(self, place: int, says: str) -> None:
        self.report.trouble("time", "time", f"{says}.", place=place)


__all__ = ("SLACK", "Bounds", "moment")
