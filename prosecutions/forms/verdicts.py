"""The form of a verdict and its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from ijm.web import forms
from prosecutions.states import Outcome

MONEY = 999_999_999_999


class VerdictForm(forms.Form):
    """What the court decided on one charge: outcome, sentence, compensation."""

    outcome = forms.ChoiceField(label=_("What did the court decide?"), choices=Outcome.choices)
    returned_on = forms.DayField(label=_("When was the verdict returned?"), past=True)
    years = forms.WholeNumberField(label=_("Years"), required=False, max_value=99, quiet=True)
    months = forms.WholeNumberField(label=_("Months"), required=False, max_value=11, quiet=True)
    is_suspended = forms.TickField(label=_("The sentence is suspended"), required=False)
    compensation_khr = forms.WholeNumberField(label=_("In riel (KHR)"), required=False, max_value=MONEY, quiet=True)
    compensation_usd = forms.WholeNumberField(label=_("In dollars (USD)"), required=False, max_value=MONEY, quiet=True)
    grounds = forms.TextField(label=_("Grounds, in short"), rows=5, required=False, sealed=True, quiet=True,
                              help_text=_("May stay empty. No names of victim-witnesses; use their codes."))

    def __init__(self, *args: Any, charges: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["charge"] = forms.ChoiceField(label=_("On which charge?"), choices=charges,
                                                  initial=charges[0][0] if len(charges) == 1 else None)
        self.order_fields(("charge", "outcome"))

    def clean(self) -> dict[str, Any]:
        """A sentence belongs to a conviction, a suspension to a sentence."""
        given: dict[str, Any] = super().clean() or {}
        years, months = given.pop("years", None), given.pop("months", None)
        told = years is not None or months is not None
        given["sentence_months"] = (years or 0) * 12 + (months or 0) if told else None
        self._check_sentence(given, told)
        return given

    def _check_sentence(self, given: dict[str, Any], told: bool) -> None:
        outcome = given.get("outcome")
        if outcome == Outcome.CONVICTED and not told and not {"years", "months"} & self.errors.keys():
            self.add_error("years", _("Write the sentence; 0 where there is none."))
        if outcome and outcome != Outcome.CONVICTED and told:
            self.add_error("years", _("Only a conviction has a sentence. Empty this, or change the decision."))
        if given.get("is_suspended") and not given["sentence_months"]:
            self.add_error("is_suspended", _("There is no sentence to suspend."))
