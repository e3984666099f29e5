"""What is asked of somebody who was stopped, and of who stops everything."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.budgets.models import Reason
from ijm.web import forms

LEAST = 20  # characters of a reason


class AskForm(forms.Form):
    """Why she needs more today."""

    drafted = False
    reason = forms.TextField(label=_("Why do you need more today?"), rows=3, min_length=LEAST, max_length=2000, sealed=True,
                             help_text=_("Another supervisor reads this and decides. Codes, no names."))


class DecoyForm(forms.Form):
    """Somebody who does not exist."""

    drafted = False
    family = forms.TextField(label=_("Family name"), max_length=60, sealed=True,
                             help_text=_("Invented. Nobody of this name may be known here."))
    given = forms.TextField(label=_("Given name"), max_length=60, sealed=True)
    sex = forms.ChoiceField(label=_("Sex"), choices=(("female", _("Woman")), ("male", _("Man"))))
    age_band = forms.ChoiceField(label=_("Age"), choices=(("18-24", _("18 to 24")), ("25-34", _("25 to 34"))))


class HaltForm(forms.Form):
    """Why everything stops, and where."""

    drafted = False
    reason = forms.ChoiceField(label=_("Why?"), choices=Reason.choices)
    where = forms.ChoiceField(label=_("Where?"), choices=(("office", _("My office")), ("all", _("Every office"))))
