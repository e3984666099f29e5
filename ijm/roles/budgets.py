"""How much one person may open, fetch, search and list in which time: a warning first, then a stop.

The starting values are those of the house's threat model; they are meant to be set anew after thirty days of use. The
database counts and stops by this very table (schema guard), so that no mistake in a page goes past it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# What is counted by the thing itself, each once a day: the same file opened twice is one file.
FILE, IDENTITY, DOWNLOAD = "file", "identity", "download"
HOUR, DAY = 60, 24 * 60  # minutes
MEGABYTE = 1024 * 1024


class Budget(TextChoices):
    """One budget of a person."""

    FILES = "files.day", _("Case files opened in a day")
    BURST = "files.burst", _("Case files opened within ten minutes")
    OUTSIDE = "files.outside", _("Case files opened in a day on which she has no task of her own")
    IDENTITIES = "identities.day", _("Identities opened in a day of persons who are not on files of her own")
    DOWNLOADS = "downloads.day", _("Files and papers downloaded in a day")
    BYTES = "bytes.day", _("Bytes downloaded in a day")
    SENT = "sent.day", _("Bytes attached in a day")
    SEARCHES = "searches.hour", _("Searches in an hour")
    PAGES = "pages.hour", _("Pages of lists in an hour")
    EXPORTS = "exports.day", _("Exports and packages asked for in a day")


@dataclass(frozen=True)
class Limit:
    """From which number on she is warned, beyond which she is stopped, within how many minutes."""

    warn: int
    stop: int
    minutes: int
    unit: Literal["", "bytes"] = ""


LIMITS: dict[Budget, Limit] = {
    Budget.FILES: Limit(30, 60, DAY),
    Budget.BURST: Limit(12, 25, 10),
    Budget.OUTSIDE: Limit(5, 10, DAY),
    Budget.IDENTITIES: Limit(3, 5, DAY),
    Budget.DOWNLOADS: Limit(15, 30, DAY),
    Budget.BYTES: Limit(500 * MEGABYTE, 2048 * MEGABYTE, DAY, "bytes"),
    Budget.SENT: Limit(5 * 1024 * MEGABYTE, 10 * 1024 * MEGABYTE, DAY, "bytes"),
    Budget.SEARCHES: Limit(60, 120, HOUR),
    Budget.PAGES: Limit(60, 150, HOUR),
    Budget.EXPORTS: Limit(2, 3, DAY),
}
UNLOCKED = 2 * HOUR  # minutes for which another supervisor's unlock lasts; it gives as much again
KEPT = 35  # days for which the counts are kept, so that the values can be tuned on them
