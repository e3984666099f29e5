"""What is decided about a flag."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.states import Verdict
from ijm.web import forms


class ReviewForm(forms.Form):
    """One of four answers; none of them needs a word."""

    decision = forms.ChoiceField(label=_("What do you decide?"), choices=Verdict.choices)
