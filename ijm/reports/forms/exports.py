"""Asking for a workbook."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.reports.models import Which
from ijm.reports.models.exports import PURPOSES
from ijm.web import forms


class AskForm(forms.Form):
    """Whose records, and what for."""

    which = forms.ChoiceField(label=_("Whose records?"), choices=Which.choices, initial=Which.ALL)
    purpose = forms.ChoiceField(label=_("What for?"), choices=[(one.value, one.label) for one in PURPOSES])
