"""What is asked for an erasure and for a hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.documents.models import Language
from ijm.erasures.meant import Meant, by_code
from ijm.erasures.models import Basis, HoldReason
from ijm.web import forms


class AboutForm(forms.Form):
    """Whom it is about, by a code."""

    about = forms.CodeField(label=_("Code"))
    meant: Meant

    def clean_about(self) -> str:
        """Find her; hidden and missing are one."""
        code: str = self.cleaned_data["about"]
        found = by_code(code)
        if found is None:
            raise ValidationError(_("There is nobody of this code on your files or in your office."))
        self.meant = found
        return code


class AskForm(AboutForm):
    """Who is to be forgotten, and why."""

    about = forms.CodeField(label=_("Survivor"), prefixes=["SV"], help_text=_("Her code. Names are not needed."))
    basis = forms.ChoiceField(label=_("Why?"), choices=Basis.choices)
    field_order = ("about", "basis")


class HoldForm(AboutForm):
    """Whose records are to be kept, why, and until when."""

    about = forms.CodeField(label=_("Person"), help_text=_("Any code of hers: of a survivor or a victim-witness."))
    reason = forms.ChoiceField(label=_("Why must the records be kept?"), choices=HoldReason.choices)
    until_on = forms.DayField(label=_("Until"), help_text=_("A hold ends on its day; it can be placed again."))

    def clean_until_on(self) -> Any:
        """A day to come, and none that nobody living will see."""
        day = self.cleaned_data["until_on"]
        today = timezone.localdate()
        if not today < day <= today + timedelta(days=3660):
            raise ValidationError(_("Choose a day to come, within ten years."))
        return day


class PrintForm(forms.Form):
    """The language of a certificate."""

    drafted = False
    language = forms.ChoiceField(label=_("Language of the certificate"), choices=Language.choices)
