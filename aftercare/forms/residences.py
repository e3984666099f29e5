"""Where a survivor lives from now on."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models import Placement
from ijm.web import forms


class MoveForm(forms.Form):
    """The new place. What leads to it is sealed; the kind of place is open to those on her file."""

    placement = forms.ChoiceField(label=_("What kind of place is it?"), choices=Placement.choices)
    address = forms.TextField(label=_("Address"), rows=2, max_length=500, sealed=True,
                              help_text=_("House, street, village, commune, district, province."))
    directions = forms.TextField(label=_("How to find it"), rows=2, max_length=1000, required=False, sealed=True)
    phone_there = forms.PhoneField(label=_("Phone there"), required=False, sealed=True)
    since_on = forms.DayField(label=_("Since when?"), past=True)
    reason = forms.TextField(label=_("Why this move?"), rows=3, required=False, sealed=True)

    def __init__(self, *args: Any, **given: Any) -> None:
        given.setdefault("initial", {"since_on": timezone.localdate()})
        super().__init__(*args, **given)
