"""What is filled in when a tip is taken, assessed, promoted."""

from __future__ import annotations

from typing import Any

from django.forms import ModelChoiceField
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.web import forms
from investigations.codes import Channel, InformationGrade, Known, SourceGrade, Urgency
from investigations.forms import fields

KNOWN = {Known.YES: True, Known.NO: False, Known.UNKNOWN: None}


class TipForm(forms.Form):
    """A tip as it is told, while the caller is still on the line."""

    what_was_said = forms.TextField(
        label=_("In the caller's own words"), rows=6, sealed=True,
        help_text=_("Write what was said, not what it might mean. Leave out names if you can."))
    urgency = forms.ChoiceField(
        label=_("Is someone in danger now?"), choices=Urgency.choices,
        error_messages={"required": _("Choose one. “Not known” is an honest answer.")})
    channel = forms.ChoiceField(label=_("How did it come in?"), choices=Channel.choices)
    people_affected = forms.WholeNumberField(
        label=_("How many people may be affected?"), required=False, max_value=9999, help_text=_("About is fine."))
    children = forms.ChoiceField(label=_("Is a child among them?"), choices=Known.choices)
    province = fields.province()
    landmark = forms.TextField(label=_("Commune or landmark"), required=False, max_length=300, sealed=True)
    caller_name = forms.TextField(label=_("Name, if given"), required=False, quiet=True, max_length=200, sealed=True)
    caller_phone = forms.PhoneField(
        label=_("Phone"), required=False, sealed=True, help_text=_("Khmer or Latin digits."))
    safe_contact = forms.TextField(
        label=_("Safe way and time to call back"), required=False, max_length=300, sealed=True)

    def facts(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        answers = dict(self.cleaned_data)
        answers["is_child_involved"] = KNOWN[Known(answers.pop("children"))]
        return answers


class AssessmentForm(forms.Form):
    """How a supervisor judges a tip, and what shall become of it."""

    source_grade = forms.ChoiceField(label=_("The source"), choices=SourceGrade.choices)
    information_grade = forms.ChoiceField(label=_("The information"), choices=InformationGrade.choices)
    reason = forms.TextField(label=_("Why do you judge it so?"), rows=4, sealed=True)
    followed_up = forms.ChoiceField(
        label=_("What shall become of it?"),
        choices=[("yes", _("Open an investigation")), ("no", _("Do not follow it up"))])


class PromotionForm(forms.Form):
    """What an investigation begins with: what it is about and who leads it."""

    form_of_exploitation = fields.form_of_exploitation(label=_("What does it look like?"))
    lead = ModelChoiceField(
        label=_("Lead investigator"), queryset=User.objects.none(), empty_label=_("Choose"),
        help_text=_("The lead is put on this tip and on the investigation file."),
        error_messages={"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")})
    knows = forms.TickField(label=_("I asked her: she knows somebody on this file, or has an interest in it"), required=False,
                            help_text=_("Then she is not put on it, and a wall keeps her from it."))

    def __init__(self, *args: Any, leads: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]
