"""What a survivor needs for a hearing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from aftercare.models import Need
from ijm.web import forms


class SupportForm(forms.Form):
    """Her needs, and who goes with her."""

    needs = forms.MultipleChoiceField(label=_("What is needed for it?"), choices=Need.choices,
                                      help_text=_("Ask them. Tick everything that somebody has to see to."))
    companion = forms.ChoiceField(label=_("Who goes along?"))

    def __init__(self, *args: Any, companions: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["companion"] = forms.ChoiceField(
            label=_("Who goes along?"), choices=companions, help_text=_("Somebody who stands on the file."))
