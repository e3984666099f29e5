"""Values of our own, and what a lawyer said."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.reference.values import Value, values
from ijm.web import forms


class ValueForm(forms.Form):
    """The words and the place of a value."""

    name_en = forms.TextField(label=_("In English"), max_length=200)
    name_km = forms.TextField(label=_("In Khmer"), max_length=200, required=False)
    position = forms.WholeNumberField(label=_("Place in the list"), max_value=32_000, help_text=_(
        "Smaller numbers stand first. The values of the source count in tens."))

    def __init__(self, *args: Any, value: Value, **given: Any) -> None:
        given["initial"] = {"name_en": value.name_en, "name_km": value.name_km, "position": value.position}
        super().__init__(*args, **given)
        if not value.is_own:
            del self.fields["name_en"]


class NewValueForm(forms.Form):
    """A value that only our house has."""

    name_en = forms.TextField(label=_("In English"), max_length=200)
    name_km = forms.TextField(label=_("In Khmer"), max_length=200)
    export_as = forms.ChoiceField(label=_("What a record that leaves calls it"), choices=(), help_text=_(
        "The standard knows its own words only. Choose the nearest; often this is “Other”."))
    position = forms.WholeNumberField(label=_("Place in the list"), max_value=32_000, initial=900, help_text=_(
        "Smaller numbers stand first. The values of the source count in tens."))

    def __init__(self, *args: Any, table: str, **given: Any) -> None:
        super().__init__(*args, **given)
        field: Any = self.fields["export_as"]
        field.choices = [(one.item, one.name) for one in values(table) if not one.is_own]


class ConfirmForm(forms.Form):
    """Who confirmed a rule, and when."""

    lawyer = forms.TextField(label=_("Which lawyer said so?"), max_length=120, help_text=_(
        "Her name, and her office or bar number, as she signs."))
    confirmed_on = forms.DayField(label=_("On which day?"), past=True)

    def __init__(self, *args: Any, **given: Any) -> None:
        given.setdefault("initial", {"confirmed_on": timezone.localdate()})
        super().__init__(*args, **given)
