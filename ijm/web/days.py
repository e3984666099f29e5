"""Fields for days and moments, typed in parts, in Khmer or Latin digits, known exactly or only in part."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.web import khmer
from ijm.web.approximate import ApproximateDay
from ijm.web.fields import Marks, messages
from ijm.web.widgets import ApproximateDayInput, DayInput, MomentInput

FIRST_YEAR, LAST_YEAR = 1900, 2100


def texts(value: Any, parts: int) -> list[str]:
    """The parts of an answer as trimmed texts; what the browser left out is empty."""
    given = [str(part or "").strip() for part in value or ()]
    return (given + [""] * parts)[:parts]


def number_in(text: str, low: int, high: int, error: Any) -> int:
    """Read a part of a date, or refuse it in words."""
    digits = khmer.to_latin(text).strip()
    if not digits.isdecimal() or len(digits) > 4 or not low <= int(digits) <= high:
        raise ValidationError(error, "part")
    return int(digits)


DAY_ERROR = _("Write the day as a number from 1 to 31.")
MONTH_ERROR = _("Write the month as a number from 1 to 12.")
YEAR_ERROR = _("Write the year with four digits, such as 2026.")
NO_SUCH_DAY = _("There is no such day. Check the day and the month.")


def month_in(text: str) -> int:
    """Read a month: a number in either script, or its Khmer name."""
    return khmer.month_number(text.strip()) or number_in(text, 1, 12, MONTH_ERROR)


class DayField(Marks, forms.Field):
    """A day in three parts, in Khmer or Latin digits. `past=True` refuses the future, `future=True` the past."""

    def __init__(self, *, past: bool = False, future: bool = False, **given: Any) -> None:
        self.past, self.future = past, future
        given = self.take_marks(given)
        given.setdefault("widget", DayInput)
        given["error_messages"] = messages(required=_("Write the day, the month and the year."))
        super().__init__(**given)

    def clean(self, value: Any) -> dt.date | None:
        """Turn three parts into a day."""
        parts = texts(value, 3)
        if not any(parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], "required")
            return None
        return self._checked(whole_day(*parts))

    def _checked(self, day: dt.date) -> dt.date:
        today = timezone.localdate()
        if self.past and day > today:
            raise ValidationError(_("This day is in the future. Write today or an earlier day."), "future")
        if self.future and day < today:
            raise ValidationError(_("This day is over. Write today or a later day."), "past")
        return day

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare days, not three texts."""
        return [khmer.to_latin(part) for part in data or []] != self.widget.decompress(initial)


def whole_day(day: str, month: str, year: str) -> dt.date:
    """Make a day out of its three parts, or say which part is wrong."""
    made = number_in(day, 1, 31, DAY_ERROR), month_in(month), number_in(year, FIRST_YEAR, LAST_YEAR, YEAR_ERROR)
    try:
        return dt.date(made[2], made[1], made[0])
    except ValueError:
        raise ValidationError(NO_SUCH_DAY, "day") from None


class ApproximateDayField(Marks, forms.Field):
    """A day known in part: the year alone, month and year, "about", or not known. Gives an ApproximateDay."""

    def __init__(self, *, past: bool = True, **given: Any) -> None:
        self.past = past
        given = self.take_marks(given)
        given.setdefault("widget", ApproximateDayInput)
        given["error_messages"] = messages(required=_("Write at least the year, or choose “Not known”."))
        super().__init__(**given)

    def clean(self, value: Any) -> ApproximateDay | None:
        """Turn the parts and the answer beside them into an approximate day."""
        day, month, year, sure = texts(value, 4)
        parts = [day, month, year]
        if sure == "unknown":
            return self._not_known(parts)
        if not any(parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], "required")
            return None
        return self._known(parts, sure == "about")

    def _not_known(self, parts: list[str]) -> ApproximateDay:
        if any(parts):
            raise ValidationError(_("Either empty the date, or take “Not known” away."), "both")
        return ApproximateDay()

    def _known(self, parts: list[str], about: bool) -> ApproximateDay:
        day, month, year = parts
        number = number_in(year, FIRST_YEAR, LAST_YEAR, _("Write at least the year, with four digits."))
        if day and not month:
            raise ValidationError(_("Write the month too, or take the day away."), "month")
        if day:
            whole_day(day, month, year)
        made = ApproximateDay(
            number, month_in(month) if month else None, number_in(day, 1, 31, DAY_ERROR) if day else None, about
        )
        if self.past and made.earliest and made.earliest > timezone.localdate():
            raise ValidationError(_("This day is in the future. Write today or an earlier day."), "future")
        return made


class MomentField(Marks, forms.Field):
    """A day with its time of day, in the office's own time."""

    def __init__(self, **given: Any) -> None:
        given = self.take_marks(given)
        given.setdefault("widget", MomentInput)
        given["error_messages"] = messages(required=_("Write the day and the time."))
        super().__init__(**given)

    def clean(self, value: Any) -> dt.datetime | None:
        """Turn four parts into a moment."""
        day, month, year, time = texts(value, 4)
        if not any((day, month, year, time)):
            if self.required:
                raise ValidationError(self.error_messages["required"], "required")
            return None
        return timezone.make_aware(dt.datetime.combine(whole_day(day, month, year), time_in(time)))


def time_in(text: str) -> dt.time:
    """Read a time of day: 9, 9:30 or 14.05, in Khmer or Latin digits."""
    hours, _colon, minutes = khmer.to_latin(text).strip().replace(".", ":").partition(":")
    error = _("Write the time as hours and minutes, such as 14:05.")
    return dt.time(number_in(hours, 0, 23, error), number_in(minutes or "0", 0, 59, error))
