"""Deciding."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.web import forms


class DecideForm(forms.Form):
    """Why she approves or refuses."""

    motive = forms.TextField(label=_("Why do you decide so?"), rows=2, max_length=1000, required=False, sealed=True, quiet=True)
