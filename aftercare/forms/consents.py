"""Asking for consent, one purpose at a time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ijm.people.models import ConsentAnswer, ConsentForm, ConsentGiver, ConsentPurpose
from ijm.reference import lists
from ijm.web import forms

ANSWERS = [
    (ConsentAnswer.GIVEN.value, ConsentAnswer.GIVEN.label),
    (ConsentAnswer.REFUSED.value, ConsentAnswer.REFUSED.label),
    (ConsentAnswer.NOT_ASKED.value, ConsentAnswer.NOT_ASKED.label),
]


def common_fields() -> dict[str, Any]:
    """Who answered, how, in which language, before whom: the same for every purpose asked that day."""
    return {
        "giver": forms.ChoiceField(label=_("Who answered?"), choices=ConsentGiver.choices),
        "form": forms.ChoiceField(label=_("How?"), choices=ConsentForm.choices, initial=ConsentForm.SPOKEN),
        "language": forms.ChoiceField(label=_("In which language?"), choices=lists.choices("language"), initial="khm"),
        "witness": forms.TextField(label=_("Who was there as witness or interpreter?"), required=False, sealed=True,
                                   max_length=200),
        "note": forms.TextField(label=_("What should be remembered about this answer?"), required=False, rows=3,
                                sealed=True),
    }


class AnswerForm(forms.Form):
    """One answer to one purpose."""

    purpose = forms.ChoiceField(label=_("What for?"), choices=ConsentPurpose.choices)
    answer = forms.ChoiceField(label=_("What was the answer?"), choices=[
        *ANSWERS[:2], (ConsentAnswer.WITHDRAWN.value, _("The agreement is taken back"))])
    until_on = forms.DayField(label=_("Until when?"), required=False, future=True,
                              help_text=_("Leave empty when no end was named."))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields.update(common_fields())
