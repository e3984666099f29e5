"""Answering a referral."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.forms.consents import ANSWERS, common_fields
from aftercare.models import Referral
from ijm.people.models import AgeBand, ConsentAnswer, ConsentGiver, ConsentPurpose
from ijm.web import forms

NEEDED = (ConsentPurpose.SERVICES, ConsentPurpose.STORAGE)
LATER = tuple(purpose for purpose in ConsentPurpose if purpose not in NEEDED)
UNDER_15 = (AgeBand.CHILD_0_11, AgeBand.CHILD_12_14)


class TakeInForm(forms.Form):
    """Her worker, since when, and what she agreed to before anything is done for her."""

    worker = forms.ChoiceField(label=_("Worker"))
    began_on = forms.DayField(label=_("In our care since"), past=True)

    def __init__(self, *args: Any, referral: Referral, workers: list[tuple[str, str]], **given: Any) -> None:
        given.setdefault("initial", {"began_on": timezone.localdate(), "giver": giver_for(referral.age_band)})
        super().__init__(*args, **given)
        self.referral = referral
        self.fields["worker"] = forms.ChoiceField(
            label=_("Worker"), choices=workers, help_text=_("Whoever you choose is put on the file at once."))
        for purpose in NEEDED:
            self.fields[field_of(purpose)] = forms.ChoiceField(label=purpose.label, choices=ANSWERS[:2])
        self.fields.update(common_fields())
        for purpose in LATER:
            self.fields[field_of(purpose)] = forms.ChoiceField(
                label=purpose.label, choices=ANSWERS, initial=ConsentAnswer.NOT_ASKED)

    def clean(self) -> dict[str, Any]:
        """Say beside the question what stands in the way."""
        given = super().clean() or self.cleaned_data
        for purpose in NEEDED:
            if given.get(field_of(purpose)) == ConsentAnswer.REFUSED:
                self.add_error(field_of(purpose), _("Nobody is taken in against their will. You may say below the "
                                                    "referral why she is not taken in."))
        if given.get("giver") == ConsentGiver.SELF and self.referral.age_band in UNDER_15:
            self.add_error("giver", _("Under fifteen a caregiver or a guardian agrees together with the child."))
        return given

    def answers(self) -> list[tuple[str, str]]:
        """(purpose, answer) for everything that was asked."""
        said = [(purpose.value, self.cleaned_data[field_of(purpose)]) for purpose in ConsentPurpose]
        return [(purpose, answer) for purpose, answer in said if answer != ConsentAnswer.NOT_ASKED]

    @property
    def later(self) -> list[Any]:
        """The purposes that can wait."""
        return [self[field_of(purpose)] for purpose in LATER]

    @property
    def needed(self) -> list[Any]:
        """The purposes without which nobody is taken in."""
        return [self[field_of(purpose)] for purpose in NEEDED]


def field_of(purpose: ConsentPurpose) -> str:
    """The name of the question about one purpose."""
    return f"answer_{purpose.value}"


def giver_for(age_band: str) -> str:
    """Who usually answers at this age."""
    return ConsentGiver.CAREGIVER if age_band in UNDER_15 else ConsentGiver.SELF


class DeclineForm(forms.Form):
    """Why somebody is not taken in."""

    answer = forms.TextField(label=_("Why not taken in, and what was done instead?"), rows=4,
                             sealed=True)
