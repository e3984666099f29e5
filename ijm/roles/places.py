"""How long a place on a file lasts, by where it comes from, and how many places one person holds.

The database reads this table (`guard.place_life`), so a place ends by its row alone and no job has to come by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Life:
    """How long a place of one source lasts; `confirmed`: somebody else says again within this time that it is needed;
    `used`: it ends when it was not used for so long."""

    longest: timedelta
    confirmed: timedelta | None = None
    used: timedelta | None = None


CONFIRMED = timedelta(days=90)
UNUSED = timedelta(days=45)
PARTNER = "partner"  # whatever the source, a guest of another organisation stands on nothing for longer
LIVES: dict[str, Life] = {
    "assignment": Life(timedelta(days=180), CONFIRMED, UNUSED),
    "supervision": Life(timedelta(days=90), CONFIRMED),
    "referral": Life(timedelta(days=180), CONFIRMED, UNUSED),
    "bridge": Life(timedelta(hours=24)),
    "break_glass": Life(timedelta(minutes=60)),
    "review": Life(timedelta(days=2)),
    PARTNER: Life(timedelta(days=30), timedelta(days=30), timedelta(days=30)),
}
WARN, MOST = 500, 2_000  # live places of one person: from here on she is told, here the database refuses
SOON = timedelta(days=7)  # so long before its end a place is spoken of


def is_confirmable(source: str) -> bool:
    """Whether a place of this source goes on when somebody else says that it is needed."""
    return LIVES[source].confirmed is not None
