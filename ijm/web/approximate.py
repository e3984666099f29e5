"""Days that people know only in part: a year, a month of a year, "about", or not at all."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ijm.web import khmer, words

WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(~?)")
NOT_KNOWN_TEXT = "XXXX"


@dataclass(frozen=True)
class ApproximateDay:
    """A day known as far as its parts go; without a year it is not known.

    It is written as in ISO 8601-2 (EDTF): `2001-05-17`, `2001-05`, `2001`, `2001~` for about, `XXXX` for not known.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    about: bool = False

    @property
    def known(self) -> bool:
        """Whether at least the year is known."""
        return self.year is not None

    @property
    def earliest(self) -> dt.date | None:
        """The first day it can have been."""
        return dt.date(self.year, self.month or 1, self.day or 1) if self.year else None

    @property
    def latest(self) -> dt.date | None:
        """The last day it can have been."""
        if not self.year:
            return None
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        if not self.year:
            return NOT_KNOWN_TEXT
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts) + ("~" if self.about else "")

    @classmethod
    def read(cls, text: str) -> ApproximateDay:
        """Read what `str()` wrote; `ValueError` for anything else."""
        if text == NOT_KNOWN_TEXT:
            return cls()
        match = WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f"not an approximate day: {text!r}")
        year, month, day = (int(part) if part else None for part in match.groups()[:3])
        made = cls(year, month, day, match[4] == "~")
        if made.earliest is None:
            raise ValueError(f"not an approximate day: {text!r}")
        return made

    def spoken(self) -> str:
        """Write it in the language of the page: `about 2001`, `May 2001`, `Thu 17 May 2001`, `not known`."""
        if not self.year:
            return _("not known")
        text = self._whole(self.year)
        return _("about %(day)s") % {"day": text} if self.about else text

    def _whole(self, year: int) -> str:
        if self.month and self.day:
            return words.day(dt.date(year, self.month, self.day))
        if not self.month:
            return words.number(year)
        if words.in_khmer():
            return khmer.month_and_year(year, self.month)
        return f"{words.MONTHS[self.month - 1]} {year}"
