"""What is filled in when a rescue operation is planned and when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from ijm.people.ages import AgeBandField
from ijm.people.models import Sex
from ijm.web import forms
from ijm.web.renderer import DaybookRenderer
from investigations.codes import Check, Outcome, Risk
from investigations.forms import fields
from investigations.forms.investigations import NamesForm

MOST_PERSONS = 40


class PlanForm(forms.Form):
    """Where, when and how; what is settled already."""

    place = forms.TextField(label=_("Place"), rows=2, sealed=True)
    time = forms.MomentField(label=_("When does it begin?"), sealed=True)
    plan = forms.TextField(
        label=_("Plan"), rows=8, sealed=True,
        help_text=_("Who does what, in which order, and when everyone withdraws. Only police act with force."))
    risk = forms.ChoiceField(label=_("Risk for the people in it"), choices=Risk.choices)
    expected_persons = forms.WholeNumberField(
        label=_("How many persons are expected?"), min_value=1, max_value=MOST_PERSONS)
    expected_children = forms.WholeNumberField(
        label=_("How many of them are children?"), max_value=MOST_PERSONS)
    languages = fields.spoken_languages(label=_("Languages expected"), required=False, quiet=True)
    checks = forms.MultipleChoiceField(
        label=_("What is settled already?"), choices=Check.choices, required=False, quiet=True)

    def clean(self) -> dict[str, Any]:
        """Children are among the persons expected."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("expected_children", 0) > answers.get("expected_persons", MOST_PERSONS):
            self.add_error("expected_children", _("These are more children than persons expected."))
        return answers

    def facts(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        return {**self.cleaned_data, "time": self.cleaned_data["time"].isoformat()}


class OutcomeForm(forms.Form):
    """How an operation ended."""

    outcome = forms.ChoiceField(label=_("How did it end?"), choices=Outcome.choices)

    def fits(self, persons: Sequence[object]) -> bool:
        """Persons were reached exactly when somebody is written down below."""
        reached = self.cleaned_data["outcome"] == Outcome.REACHED
        if reached and not persons:
            self.add_error("outcome", _("Write down at least one person below, or choose another ending."))
        if persons and not reached:
            self.add_error("outcome", _("Persons are written down below; choose “Persons were brought to safety”."))
        return self.is_valid()


class FoundPersonForm(NamesForm):
    """Somebody who was brought to safety: what those who receive her must know at once."""

    sex = fields.ListField(lambda: Sex.choices, label=_("Sex"))
    age_band = AgeBandField(label=_("Age"))
    language = fields.spoken_language(label=_("Language spoken best"), required=False, quiet=True, initial="khm")
    needs = forms.TextField(label=_("What is needed first"), rows=2, required=False, sealed=True,
                            help_text=_("Doctor, food, rest, a carer for a child. Aftercare reads this."))

    def has_changed(self) -> bool:
        """A block in which nothing but the language was touched is empty."""
        return any(name != "language" for name in self.changed_data)


class FoundPersonsSet(BaseFormSet):
    """One block for each person; an empty block is left out, so none of them counts as filled before."""

    renderer = DaybookRenderer()

    def initial_form_count(self) -> int:
        """Every block may stay empty."""
        return 0


FoundPersons = formset_factory(FoundPersonForm, formset=FoundPersonsSet, extra=0, absolute_max=MOST_PERSONS,
                               max_num=MOST_PERSONS)


def blank_persons(count: int, typed: Any = None) -> BaseFormSet[FoundPersonForm]:
    """Blocks for this many persons, holding what was typed so far and no errors yet."""
    persons = FoundPersons(initial=[_typed(typed, number) for number in range(count)] if typed else None)
    persons.extra = max(1, min(count, MOST_PERSONS))
    return persons


def _typed(data: Any, number: int) -> dict[str, Any]:
    return {name: field.widget.value_from_datadict(data, {}, f"form-{number}-{name}")
            for name, field in FoundPersonForm.base_fields.items()}
