"""Days as people write them in a workbook, and birth dates of which only the year is known."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from ijm.reports.htcds.problems import Refused

_KHMER_DIGITS: Final = {0x17E0 + n: str(n) for n in range(10)}
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]0?0:00(?::00)?)?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_YEAR_MONTH: Final = re.compile(r"(\d{4})[-/.](\d{1,2})")
_MONTH_YEAR: Final = re.compile(r"(\d{1,2})[-/.](\d{4})")
_YEAR: Final = re.compile(r"\d{4}")
_SHORT_YEAR: Final = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}")

_BUDDHIST_YEARS: Final = range(2443, 2643)  # 1900 to 2099
OLDEST_AGE: Final = 110


@dataclass(frozen=True)
class PartialDay:
    """A day of which the month, or the month and the day, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether year, month and day are all known."""
        return self.day is not None

    @property
    def earliest(self) -> date:
        """The first day it can have been."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can have been."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        return self.earliest.isoformat()[: 10 if self.day else 7 if self.month else 4]


def day(text: str) -> date:
    """Read a full day: 2026-11-05 or 05/11/2026, day before month; raises Refused."""
    found = partial_day(text)
    if not found.is_exact:
        raise Refused(_("The day or the month is missing."), _("Write the full date, as 05/11/2026."))
    return found.earliest


def partial_day(text: str) -> PartialDay:
    """Read a day, a month or a year, in Khmer or Western digits; raises Refused."""
    plain = text.translate(_KHMER_DIGITS).strip()
    for pattern, order in (
        (_YEAR_FIRST, (0, 1, 2)),
        (_DAY_FIRST, (2, 1, 0)),
        (_YEAR_MONTH, (0, 1)),
        (_MONTH_YEAR, (1, 0)),
        (_YEAR, ()),
    ):
        if match := pattern.fullmatch(plain):
            parts = [int(match.groups()[at]) for at in order] or [int(plain)]
            return _checked(*parts)
    if _SHORT_YEAR.fullmatch(plain):
        raise Refused(_("The year has only two digits."), _("Write all four digits of the year."))
    raise Refused(_("This is not a date."), _("Write day/month/year, as 05/11/2026."))


def birth(found: PartialDay, today: date) -> PartialDay:
    """Give back a birth date that a living person can have; raises Refused."""
    if found.earliest > today:
        raise Refused(_("The birth date lies in the future."), _("Check the year."))
    if found.year < today.year - OLDEST_AGE:
        raise Refused(
            _("The birth date lies more than %(years)d years back.") % {"years": OLDEST_AGE},
            _("Check the year."),
        )
    return found


def _checked(year: int, month: int | None = None, day: int | None = None) -> PartialDay:
    if year in _BUDDHIST_YEARS:
        raise Refused(
            _("The year looks like one of the Buddhist era."),
            _("Write the year of the common era: the Buddhist year less 543 or 544."),
        )
    if not 1800 <= year <= 2200:
        raise Refused(_("There is no such year in our records."), _("Check the year."))
    if month is not None and not 1 <= month <= 12:
        raise Refused(_("There is no such month."), _("Write the day before the month, as 25/11/2026."))
    if day is not None and month is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Refused(_("There is no such day in that month."), _("Check the day and the month."))
    return PartialDay(year, month, day)
