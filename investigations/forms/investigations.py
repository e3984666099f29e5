"""What is filled in on an investigation file: incidents, suspects and their numbers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ijm.people.models import IdentifierKind
from ijm.vault import numbers
from ijm.web import forms, khmer
from investigations.codes import Act, Aim, Means
from investigations.forms import fields
from investigations.names import Names
from investigations.states import TRANSITIONS, SuspectState


class NamesForm(forms.Form):
    """The names of somebody, in two scripts; every part may be missing."""

    family_km = forms.TextField(label=_("Family name, Khmer script"), required=False, max_length=100)
    given_km = forms.TextField(label=_("Given name, Khmer script"), required=False, max_length=100)
    family = forms.TextField(label=_("Family name, Latin letters"), required=False, max_length=100)
    given = forms.TextField(label=_("Given name, Latin letters"), required=False, max_length=100)
    called = forms.TextField(label=_("What they are called"), required=False, max_length=100)

    def names(self) -> Names:
        """The names as the register takes them."""
        return Names(**{part: self.cleaned_data[part] for part in NamesForm.base_fields})


class IncidentForm(forms.Form):
    """The legal test: act, means, purpose."""

    is_child = forms.TickField(label=_("The person was under 18"), required=False)
    acts = forms.MultipleChoiceField(label=_("Act: what was done"), choices=Act.choices)
    means = forms.MultipleChoiceField(
        label=_("Means: how it was done"), choices=Means.choices, required=False, quiet=True)
    purposes = forms.MultipleChoiceField(label=_("Purpose: what for"), choices=Aim.choices)
    occurred = forms.ApproximateDayField(label=_("When did it happen?"))
    province = fields.province()
    account = forms.TextField(
        label=_("What happened"), rows=6, sealed=True, required=False,
        help_text=_("Facts, and where each is known from. No more names than needed."))

    def clean(self) -> dict[str, Any]:
        """Ask for the means unless the person was a child."""
        answers: dict[str, Any] = super().clean() or {}
        if "means" in answers and not answers["means"] and not answers.get("is_child"):
            self.add_error("means", _("For an adult, tick at least one means."))
        return answers

    def facts(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        return {**self.cleaned_data, "occurred": str(self.cleaned_data["occurred"])}


class SuspectForm(NamesForm):
    """A person suspected of a part in trafficking."""

    role_in_process = fields.role_in_process(label=_("Part in what happened"))
    field_order = ("role_in_process",)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one name, even if only what they are called."""
        answers: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(answers[part] for part in NamesForm.base_fields):
            self.add_error("called", _("Write at least one name, even if only what they are called."))
        return answers


NO_SUCH_NUMBER = {
    IdentifierKind.PHONE: _("Write the telephone number in digits, such as 012 345 678 or +66 81 234 5678."),
    IdentifierKind.NATIONAL_ID: _("The number of an identity card has digits only, five or more."),
}
NO_NUMBER = _("Write five or more letters and digits, at least one of them a digit.")


class NumberForm(forms.Form):
    """A number that points at one person, as the search can know it again."""

    kind = forms.ChoiceField(label=_("Kind"), choices=IdentifierKind.choices)
    value = forms.TextField(label=_("Number"), max_length=60, sealed=True)

    def clean(self) -> dict[str, Any]:
        """Refuse what no number of this kind can be; Khmer digits become Latin ones."""
        answers: dict[str, Any] = super().clean() or {}
        if not self.errors:
            answers["value"] = khmer.to_latin(answers["value"])
            if not numbers.canonical(answers["kind"], answers["value"]):
                self.add_error("value", NO_SUCH_NUMBER.get(answers["kind"], NO_NUMBER))
        return answers


class SuspectStateForm(forms.Form):
    """How a suspect stands from now on: only what may follow the present state."""

    state = forms.ChoiceField(label=_("What happened?"))

    def __init__(self, *args: Any, state: str, **given: Any) -> None:
        super().__init__(*args, **given)
        after = [move.after for move in TRANSITIONS["suspect"] if move.before == state]
        self.fields["state"].choices = [(code, SuspectState(code).label) for code in after]  # type: ignore[attr-defined]
