"""What may be corrected on a survivor's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.people.ages import AgeBandField
from ijm.people.models import Sex
from ijm.web import forms


class SurvivorCorrection(forms.EditForm):
    """Sex and age as far as they are known, and what brought the person here."""

    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices)
    age_band = AgeBandField(label=_("Age"))
    account = forms.TextField(
        label=_("What brought them here"), rows=8, required=False, sealed=True,
        help_text=_("In their own words where you can. No more than the work needs."))
