"""Fields that take what people really type: Khmer digits, parts of a date, codes copied from paper."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm import ids
from ijm.web import khmer
from ijm.web.approximate import ApproximateDay
from ijm.web.widgets import ApproximateDayInput, DayInput, MomentInput, Radios, Ticks

MAX_TEXT = 20_000
RADIOS_UP_TO = 6
FIRST_YEAR, LAST_YEAR = 1900, 2100
ALLOWED_CONTROLS = "\n\t"

CHOOSE_ONE = _("Choose one of the answers.")
FILL_IN = _("Write an answer.")


class Marks:
    """What a field tells the page about itself: sealed when saved; quiet about being optional."""

    sealed: bool
    quiet: bool

    def take_marks(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take our own words out of a field's arguments."""
        self.sealed = given.pop("sealed", False)
        self.quiet = given.pop("quiet", False)
        return given


def messages(**own: Any) -> dict[str, Any]:
    """Error words for a field, said so that they tell how to mend it."""
    return {"required": FILL_IN, **own}


class TextField(Marks, forms.CharField):
    """Words, on one line or several; long pastes and hidden control characters are refused in plain words."""

    def __init__(self, *, rows: int = 1, max_length: int = MAX_TEXT, **given: Any) -> None:
        given = self.take_marks(given)
        if rows > 1:
            given.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        given["error_messages"] = messages(**given.get("error_messages", {}))
        super().__init__(max_length=max_length, **given)

    def to_python(self, value: Any) -> str:
        """Unify line ends and composed letters, then refuse what cannot be read back."""
        text = super().to_python(value)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in ALLOWED_CONTROLS for sign in text):
            raise ValidationError(
                _("The text holds signs that cannot be stored. Type it again, or paste it as plain text."), "control"
            )
        return text

    def run_validators(self, value: Any) -> None:
        """Say how much too long a text is."""
        if value and self.max_length and len(value) > self.max_length:
            raise ValidationError(
                _("This is %(long)s characters; there is room for %(most)s. Shorten it."),
                "max_length",
                {"long": len(value), "most": self.max_length},
            )
        super().run_validators(value)


class PhoneField(TextField):
    """A telephone number in Khmer or Latin digits."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "w-m"}))
        super().__init__(max_length=given.pop("max_length", 60), **given)

    def to_python(self, value: Any) -> str:
        """Read Khmer digits; refuse what has too few digits to be called."""
        text = khmer.to_latin(super().to_python(value))
        if text and sum(sign.isdigit() for sign in text) < 6:
            raise ValidationError(_("Write the telephone number with at least six digits."), "phone")
        return text


class WholeNumberField(Marks, forms.IntegerField):
    """A whole number in Khmer or Latin digits."""

    def __init__(self, *, min_value: int = 0, max_value: int = 1_000_000, **given: Any) -> None:
        given = self.take_marks(given)
        given.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-s"}))
        given["error_messages"] = messages(invalid=_("Write a whole number, in digits."))
        super().__init__(min_value=min_value, max_value=max_value, **given)

    def to_python(self, value: Any) -> int | None:
        """Read Khmer digits too; thousands may be set apart by commas or spaces."""
        text = khmer.to_latin("" if value is None else value).strip().replace(",", "").replace(" ", "")
        if len(text) > 12:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return super().to_python(text)


class CodeField(Marks, forms.CharField):
    """A code as people type it: small letters, spaces, O for 0; it comes out as the code itself."""

    def __init__(self, *, prefixes: Iterable[str] = (), **given: Any) -> None:
        self.prefixes = tuple(prefixes)
        given = self.take_marks(given)
        given.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "w-m"}))
        given["error_messages"] = messages()
        super().__init__(max_length=60, **given)

    def to_python(self, value: Any) -> str:
        """Bring a typed code into its one form, and check its last character."""
        text = super().to_python(value)
        if not text:
            return text
        code = ids.normalise_code(text)
        if code is None:
            raise ValidationError(
                _("This is not a code we use. Check each letter; it looks like SV-7K4M-92QX."), "code"
            )
        if self.prefixes and code[:2] not in self.prefixes:
            raise ValidationError(
                _("This code names another kind of record. It should begin with %(prefix)s."),
                "prefix", {"prefix": ", ".join(self.prefixes)},
            )  # fmt: skip
        return code


class ChoiceField(Marks, forms.ChoiceField):
    """One answer out of a list: all in sight when they are few, a list to open when they are many."""

    def __init__(self, *, choices: Any = (), **given: Any) -> None:
        given = self.take_marks(given)
        listed = list(getattr(choices, "choices", choices))
        few = len(listed) <= RADIOS_UP_TO
        given.setdefault("widget", Radios if few else forms.Select)
        given["error_messages"] = {"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE, **given.get("error_messages", {})}
        super().__init__(choices=listed if few else [("", _("Choose")), *listed], **given)


class MultipleChoiceField(Marks, forms.MultipleChoiceField):
    """Any number of answers out of a list, as ticks."""

    def __init__(self, **given: Any) -> None:
        given = self.take_marks(given)
        given.setdefault("widget", Ticks)
        given["error_messages"] = {
            "required": _("Tick at least one."), "invalid_choice": _("Tick only answers from the list."),
            **given.get("error_messages", {}),
        }  # fmt: skip
        super().__init__(**given)


class TickField(Marks, forms.BooleanField):
    """One statement that is ticked or not."""

    def __init__(self, **given: Any) -> None:
        given = self.take_marks(given)
        given["error_messages"] = messages(required=_("Tick this to go on."), **given.get("error_messages", {}))
        super().__init__(**given)


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
