"""Inputs made of several parts: a day, an approximate day, a moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.web.approximate import ApproximateDay


class Radios(forms.RadioSelect):
    """A few answers, all in sight."""

    template_name = "web/forms/radio.html"


class Ticks(forms.CheckboxSelectMultiple):
    """Answers of which any number may be ticked."""

    template_name = "web/forms/checkboxes.html"


SURE = (("", _("Exact, as far as written")), ("about", _("About")), ("unknown", _("Not known")))


def part(width: str, mode: str = "numeric") -> forms.TextInput:
    """One short input."""
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", "maxlength": "12", "class": width})


class PartsInput(forms.MultiWidget):
    """Several short inputs under one legend; a link to an error leads to the first."""

    template_name = "web/forms/parts.html"
    use_fieldset = True
    labels: tuple[Any, ...] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give each part its label."""
        context = super().get_context(name, value, attrs)
        common = (attrs or {}).get("class", "")
        for shown, widget, label in zip(context["widget"]["subwidgets"], self.widgets, self.labels, strict=True):
            shown["label"] = label
            shown["attrs"]["class"] = f"{common} {widget.attrs.get('class', '')}".strip()
        return context

    def first_id(self, auto_id: str) -> str:
        """The id of the first part."""
        return f"{auto_id}_0"


class DayInput(PartsInput):
    """Day, month, year."""

    labels = (_("Day"), _("Month"), _("Year"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([part("w-2"), part("w-2"), part("w-4")], attrs)

    def decompress(self, value: Any) -> list[str]:
        """Take a day apart."""
        return [str(value.day), str(value.month), str(value.year)] if isinstance(value, dt.date) else ["", "", ""]


class ApproximateDayInput(PartsInput):
    """Day, month, year as far as known, and how sure."""

    template_name = "web/forms/approximate.html"
    labels = (*DayInput.labels, _("How sure is this?"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([part("w-2"), part("w-2"), part("w-4"), Radios(choices=SURE)], attrs)

    def decompress(self, value: Any) -> list[str]:
        """Take an approximate day apart."""
        if not isinstance(value, ApproximateDay):
            return ["", "", "", ""]
        sure = "about" if value.about else "" if value.known else "unknown"
        return [str(known or "") for known in (value.day, value.month, value.year)] + [sure]


class MomentInput(PartsInput):
    """Day, month, year and time of day."""

    labels = (*DayInput.labels, _("Time"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([part("w-2"), part("w-2"), part("w-4"), part("w-4", "text")], attrs)

    def decompress(self, value: Any) -> list[str]:
        """Take a moment apart, in the office's own time."""
        if not isinstance(value, dt.datetime):
            return ["", "", "", ""]
        here = timezone.localtime(value) if timezone.is_aware(value) else value
        return [str(here.day), str(here.month), str(here.year), f"{here:%H:%M}"]
