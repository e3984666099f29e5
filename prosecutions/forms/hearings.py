"""The forms of a hearing: setting its day, and what happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.reference import lists
from ijm.reference.models import Court
from ijm.web import forms
from prosecutions.states import HearingKind, HearingState, Measure

LEVELS = (Court.Level.FIRST_INSTANCE, Court.Level.APPEAL, Court.Level.SUPREME)


class HearingForm(forms.Form):
    """Which court, for what, when."""

    kind = forms.ChoiceField(label=_("What is the hearing for?"), choices=HearingKind.choices)
    at = forms.MomentField(label=_("When is the hearing?"),
                           help_text=_("The day, and the hour at which people must be there."))
    room_note = forms.TextField(label=_("Room and way in"), rows=2, required=False, sealed=True, quiet=True,
                                help_text=_("May stay empty. For example the room, or the door for witnesses."))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["court"] = forms.ChoiceField(
            label=_("Which court?"), choices=[choice for level in LEVELS for choice in lists.courts(level)])
        self.order_fields(("kind", "court", "at", "room_note"))

    def clean_at(self) -> dt.datetime:
        """A hearing is scheduled ahead."""
        at: dt.datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError(_("This hour is over. Write a later one."), "past")
        return at

    def clean_court(self) -> Court:
        """The court itself."""
        return Court.objects.get(pk=self.cleaned_data["court"])


class OutcomeForm(forms.Form):
    """What happened at a hearing."""

    happened = forms.ChoiceField(label=_("What happened?"), choices=[
        (HearingState.HELD, _("The hearing was held")),
        (HearingState.ADJOURNED, _("It was put off to another day")),
        (HearingState.CANCELLED, _("It was cancelled: there will be no such hearing")),
    ], help_text=_("When it was put off or cancelled, each victim-witness's own worker is told at once."))
    outcome_note = forms.TextField(label=_("What was decided, or why it was put off"), rows=5, required=False,
                                   sealed=True, quiet=True,
                                   help_text=_("May stay empty. No names of victim-witnesses; use their codes."))

    def __init__(self, *args: Any, not_held_why: str = "", **given: Any) -> None:
        super().__init__(*args, **given)
        self.not_held_why = not_held_why

    def clean_happened(self) -> HearingState:
        """A hearing that has not begun cannot have been held."""
        happened = HearingState(self.cleaned_data["happened"])
        if happened == HearingState.HELD and self.not_held_why:
            raise ValidationError(self.not_held_why, "not-begun")
        return happened


class ProtectionForm(forms.EditForm):
    """How a victim-witness asks to be protected when she is heard."""

    measures = forms.MultipleChoiceField(label=_("What was asked of the court?"), choices=Measure.choices,
                                         required=False, quiet=True)
