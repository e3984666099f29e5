"""What is said about a finding."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.states import FindingState
from ijm.web import forms


class SettleForm(forms.Form):
    """One of three answers; none of them needs a word."""

    state = forms.ChoiceField(label=_("What was done?"),
                              choices=[choice for choice in FindingState.choices if choice[0] != FindingState.WAITING])
