"""The base of every form, and one door to all fields: `from ijm.web import forms`."""

from __future__ import annotations

from typing import Any

from django import forms

from ijm.web.approximate import ApproximateDay
from ijm.web.days import ApproximateDayField, DayField, MomentField
from ijm.web.fields import (
    ChoiceField,
    CodeField,
    MultipleChoiceField,
    PhoneField,
    TextField,
    TickField,
    WholeNumberField,
)
from ijm.web.renderer import DaybookRenderer

__all__ = [
    "ApproximateDay", "ApproximateDayField", "ChoiceField", "CodeField", "DayField", "Form", "MomentField",
    "MultipleChoiceField", "PhoneField", "TextField", "TickField", "WholeNumberField",
]  # fmt: skip


class Form(forms.Form):
    """A form whose errors come from us in plain words, in the language of the page, never from the browser."""

    default_renderer = DaybookRenderer
    use_required_attribute = False
    drafted = True  # what is typed is kept until it is sent

    def __init__(self, *args: Any, **given: Any) -> None:
        given.setdefault("label_suffix", "")
        super().__init__(*args, **given)
