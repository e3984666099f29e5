"""Asking for a workbook."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.reports.models import Which
from ijm.reports.models.exports import PURPOSES
from ijm.web import forms


class SerialForm(forms.Form):
    """What stands at the foot of a printed page."""

    drafted = False
    line = forms.TextField(label=_("The line at the foot of the page"), max_length=80,
                           help_text=_("Such as XP-7K4M-92QX · US-7K4M-92QX · 1 · K4M9-2QX7."))


class AskForm(forms.Form):
    """Whose records, and what for."""

    which = forms.ChoiceField(label=_("Whose records?"), choices=Which.choices, initial=Which.ALL)
    purpose = forms.ChoiceField(label=_("What for?"), choices=[(one.value, one.label) for one in PURPOSES])
