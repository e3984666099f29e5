"""What may be corrected on a record of this wing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.web import forms
from investigations.forms import fields
from investigations.forms.investigations import IncidentForm, SuspectForm
from investigations.forms.tips import TipForm


class TipCorrection(forms.EditForm, TipForm):
    """What was said, the place, the danger. Who called is not corrected here: that is another compartment."""

    channel = None  # type: ignore[assignment]
    caller_name = None  # type: ignore[assignment]
    caller_phone = None  # type: ignore[assignment]
    safe_contact = None  # type: ignore[assignment]


class InvestigationCorrection(forms.EditForm):
    """What an investigation is about, and where."""

    form_of_exploitation = fields.form_of_exploitation(label=_("What does it look like?"))
    province = fields.province()


class IncidentCorrection(forms.EditForm, IncidentForm):
    """The legal test and the account."""


class SuspectCorrection(forms.EditForm, SuspectForm):
    """The part somebody had, and the names."""
