"""Offices, and words about what was done outside."""

from __future__ import annotations

import zoneinfo
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.forms import Select
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts import reach
from ijm.accounts.models import Office, User, WaiverReason
from ijm.accounts.models.waivers import LONGEST
from ijm.reference import lists
from ijm.roles.table import WAIVABLE, Can, Role
from ijm.web import forms

ZONES = ("Asia/Phnom_Penh", "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Vientiane", "Asia/Yangon", "Asia/Kuala_Lumpur",
         "Asia/Singapore", "Asia/Manila", "Asia/Jakarta", "Asia/Kolkata", "Asia/Dhaka", "Asia/Kathmandu", "UTC")


class OfficeForm(forms.Form):
    """What is written about an office."""

    name_en = forms.TextField(label=_("Name in English"), max_length=120)
    name_km = forms.TextField(label=_("Name in Khmer"), max_length=120, required=False)
    province = forms.ChoiceField(label=_("Province"), choices=(), required=False, widget=Select)
    phone = forms.PhoneField(label=_("Telephone"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone) for zone in ZONES], required=False)
    quick_exit = forms.TextField(label=_("Where Quick exit leads"), max_length=200, required=False, help_text=_(
        "The address of a page that says nothing about this work, such as a weather page. It begins with https://"))
    languages = forms.ChoiceField(label=_("Languages of the office"), choices=Office._meta.get_field("languages").choices)
    is_small = forms.TickField(label=_("A small office: too few people for every duty to lie in other hands"), required=False)
    supported_by = forms.ChoiceField(label=_("Supported by"), choices=(), required=False, widget=Select, help_text=_(
        "Another office lends a second approver, an auditor and a data-protection officer."))

    def __init__(self, *args: Any, by: User, office: Office | None = None, **given: Any) -> None:
        super().__init__(*args, **given)
        near = reach.offices_of(by, Can.OFFICE_RUN).filter(closed_at__isnull=True)
        self.near = [one for one in near if office is None or one.pk != office.pk]
        if office is not None and office.supported_by is not None and office.supported_by not in self.near:
            self.near.append(office.supported_by)
        offered = {"province": [("", _("Not said")), *lists.provinces()],
                   "supported_by": [*([("", _("By no other office"))] if office is not None else []),
                                    *((one.code, one.name) for one in self.near)]}
        for name, choices in offered.items():
            field: Any = self.fields[name]
            field.choices = choices
        self.fields["supported_by"].required = office is None

    def clean_time_zone(self) -> str:
        """A zone that this server knows."""
        zone: str = self.cleaned_data["time_zone"]
        if zone and zone not in zoneinfo.available_timezones():
            self.add_error("time_zone", _("This server does not know the time zone."))
        return zone

    def clean_quick_exit(self) -> str:
        """An address elsewhere, over a closed line."""
        address: str = self.cleaned_data["quick_exit"].strip()
        parts = urlsplit(address)
        if address and (parts.scheme != "https" or not parts.hostname or parts.username):
            self.add_error("quick_exit", _("Write a whole address that begins with https://"))
        return address

    def clean_supported_by(self) -> Office | None:
        """The office itself."""
        return next((one for one in self.near if one.code == self.cleaned_data["supported_by"]), None)


class WaiverForm(forms.Form):
    """Which two roles, why, until when."""

    drafted = False
    roles = forms.ChoiceField(label=_("Which two roles may one person hold?"), choices=())
    reason = forms.ChoiceField(label=_("Why?"), choices=WaiverReason.choices)
    until = forms.DayField(label=_("Until"), required=False, quiet=True, help_text=_("Empty: for one year."))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        field: Any = self.fields["roles"]
        field.choices = [(f"{one}+{other}", f"{one.label} + {other.label}") for one, other in sorted(WAIVABLE)]

    def clean_roles(self) -> tuple[Role, Role]:
        """The two roles themselves."""
        one, other = self.cleaned_data["roles"].split("+")
        return Role(one), Role(other)

    def clean_until(self) -> date | None:
        """A day to come, within a year."""
        until: date | None = self.cleaned_data.get("until")
        if until and not timezone.localdate() <= until <= timezone.localdate() + LONGEST:
            self.add_error("until", _("Choose a day from today to one year from now."))
        return until


class AssureForm(forms.Form):
    """On which day something was done."""

    done_on = forms.DayField(label=_("On which day was it done?"), past=True)

    def __init__(self, *args: Any, **given: Any) -> None:
        given.setdefault("initial", {"done_on": timezone.localdate()})
        super().__init__(*args, **given)
