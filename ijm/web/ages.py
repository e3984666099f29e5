"""Ages that people know only in part: "16", "about 16", "between 14 and 17", or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ijm.web import khmer, words
from ijm.web.days import number_in, texts
from ijm.web.fields import Marks, messages
from ijm.web.widgets import SURE, PartsInput, Radios, part

OLDEST = 120
NOT_KNOWN_TEXT = "XX"
AGE_ERROR = _("Write the age as a number from 0 to 120.")


@dataclass(frozen=True)
class ApproximateAge:
    """An age in years as far as it is known; without a lowest year it is not known.

    It is written `16`, `16~` for about, `14/17` for between, `XX` for not known.
    """

    lowest: int | None = None
    highest: int | None = None
    about: bool = False

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return self.lowest is not None

    @property
    def is_range(self) -> bool:
        """Whether two ages are named."""
        return self.highest is not None and self.highest != self.lowest

    @property
    def could_be_child(self) -> bool:
        """Whether the person may be under eighteen: an age not known might be any."""
        return self.lowest is None or self.lowest < 18 or (self.about and self.lowest < 20)

    def __str__(self) -> str:
        if self.lowest is None:
            return NOT_KNOWN_TEXT
        years = f"{self.lowest}/{self.highest}" if self.is_range else str(self.lowest)
        return years + ("~" if self.about else "")

    @classmethod
    def read(cls, text: str) -> ApproximateAge:
        """Read what `str()` wrote; `ValueError` for anything else."""
        if text == NOT_KNOWN_TEXT:
            return cls()
        low, _slash, high = text.removesuffix("~").partition("/")
        years = [int(part) for part in (low, high) if part.isascii() and part.isdecimal()]
        if len(years) != (2 if _slash else 1) or not 0 <= years[0] <= years[-1] <= OLDEST:
            raise ValueError(f"not an approximate age: {text!r}")
        return cls(years[0], years[1] if _slash else None, text.endswith("~"))

    def spoken(self) -> str:
        """Write it in the language of the page."""
        if self.lowest is None:
            return gettext("age not known")
        if self.is_range:
            return gettext("between %(low)s and %(high)s") % {
                "low": words.number(self.lowest), "high": words.number(self.highest)}
        age = words.number(self.lowest)
        return gettext("about %(age)s years old") % {"age": age} if self.about else gettext("%(age)s years old") % {"age": age}


class ApproximateAgeInput(PartsInput):
    """An age, the highest it may be, and how sure."""

    template_name = "web/forms/approximate.html"
    labels = (_("Age, or the lowest"), _("The highest it may be"), _("How sure is this?"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([part("w-2"), part("w-2"), Radios(choices=SURE)], attrs)

    def decompress(self, value: Any) -> list[str]:
        """Take an approximate age apart."""
        if not isinstance(value, ApproximateAge):
            return ["", "", ""]
        sure = "about" if value.about else "" if value.known else "unknown"
        return ["" if year is None else str(year) for year in (value.lowest, value.highest)] + [sure]


class ApproximateAgeField(Marks, forms.Field):
    """An age known in part, in Khmer or Latin digits. Gives an ApproximateAge."""

    def __init__(self, **given: Any) -> None:
        given = self.take_marks(given)
        given.setdefault("widget", ApproximateAgeInput)
        given["error_messages"] = messages(required=_("Write an age, or choose “Not known”."))
        super().__init__(**given)

    def clean(self, value: Any) -> ApproximateAge | None:
        """Turn the parts and the answer beside them into an approximate age."""
        low, high, sure = texts(value, 3)
        if sure == "unknown":
            if low or high:
                raise ValidationError(_("Either empty the age, or take “Not known” away."), "both")
            return ApproximateAge()
        if not low and not high:
            if self.required:
                raise ValidationError(self.error_messages["required"], "required")
            return None
        return self._known(low, high, sure == "about")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare ages, not three texts."""
        return [khmer.to_latin(part) for part in texts(data, 3)] != self.widget.decompress(initial)

    def _known(self, low: str, high: str, about: bool) -> ApproximateAge:
        if not low:
            raise ValidationError(_("Write the lowest age too."), "lowest")
        lowest = number_in(low, 0, OLDEST, AGE_ERROR)
        highest = number_in(high, 0, OLDEST, AGE_ERROR) if high else None
        if highest is not None and highest < lowest:
            raise ValidationError(_("The highest age is below the lowest. Check both."), "order")
        return ApproximateAge(lowest, highest, about)
