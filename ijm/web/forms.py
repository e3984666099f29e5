"""The base of every form, and one door to all fields: `from ijm.web import forms`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from ijm.web import versions
from ijm.web.ages import ApproximateAge, ApproximateAgeField
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
    "ApproximateAge", "ApproximateAgeField", "ApproximateDay", "ApproximateDayField", "ChoiceField", "CodeField", "DayField",
    "EditForm", "Form", "MomentField",
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


class EditForm(Form):
    """A form that corrects a record: it carries which version its writer saw, and a mark of each answer that stood in it.

    `stands` is what stands in the record now, in the types that the fields give; `shown` is written into the fields instead.
    """

    rev = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, rev: int, stands: Mapping[str, Any] | None = None,
                 shown: Mapping[str, Any] | None = None, **given: Any) -> None:
        if stands is not None:
            given["initial"] = {**stands, **(shown or {}), "rev": rev, "seen": versions.marks(stands)}
        super().__init__(*args, **given)

    @property
    def answers(self) -> dict[str, Any]:
        """The answers alone, without the form's own marks."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("rev", "seen")}

    def touched(self, name: str, value: Any) -> bool:
        """Whether an answer is another than the one her page showed; so it is where nobody knows what it showed."""
        return bool(self._marks().get(name) != versions.mark(name, value))

    def changes(self) -> dict[str, Any]:
        """The answers that she changed."""
        return {name: value for name, value in self.answers.items() if self.touched(name, value)}

    def _marks(self) -> dict[str, Any]:
        try:
            found = json.loads(self.cleaned_data.get("seen") or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
