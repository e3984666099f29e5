"""Setting a reminder, putting it off, and how somebody wants to be told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.notices.actions.reminders import LONGEST
from ijm.notices.models import Mode, Subject
from ijm.web import forms
from ijm.web.words import number_later

HOURS = [(str(hour), number_later(f"{hour:02d}:00")) for hour in range(24)]


class ReminderForm(forms.Form):
    """What, when; a note is sealed and only she can open it."""

    subject = forms.ChoiceField(label=_("What do you want to be reminded of?"), choices=Subject.choices)
    at = forms.MomentField(label=_("When?"))
    note = forms.TextField(label=_("Note to yourself"), rows=2, max_length=500, required=False, sealed=True,
                           help_text=_("Only you can open it, and only while you stand on the file."))

    def clean_at(self) -> dt.datetime:
        """A reminder lies ahead, and not for ever."""
        at: dt.datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError(_("This hour is over. Write a later one."), "past")
        if at > timezone.now() + LONGEST:
            raise ValidationError(_("A reminder is set for the next two years at most."), "far")
        return at


class PutOffForm(forms.Form):
    """How long a reminder is put off."""

    until = forms.ChoiceField(label=_("Remind me"), choices=[
        ("hour", _("in an hour")), ("morning", _("tomorrow at eight")), ("week", _("in a week at eight"))])

    def moment(self) -> dt.datetime:
        """The moment that was chosen."""
        if self.cleaned_data["until"] == "hour":
            return timezone.now() + dt.timedelta(hours=1)
        days = 1 if self.cleaned_data["until"] == "morning" else 7
        return timezone.make_aware(dt.datetime.combine(timezone.localdate() + dt.timedelta(days=days), dt.time(8)))


class TellingForm(forms.Form):
    """Whether and when letters go out."""

    mode = forms.ChoiceField(label=_("When may Daybook write to you?"), choices=Mode.choices)
    hour = forms.ChoiceField(label=_("Once a day: at which hour?"), choices=HOURS)
    quiet_from = forms.ChoiceField(label=_("Quiet from"), choices=HOURS)
    quiet_until = forms.ChoiceField(label=_("Quiet until"), choices=HOURS, help_text=_("The same hour twice: no quiet hours."))

    def clean(self) -> dict[str, Any]:
        """The daily letter does not fall into the quiet hours."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("mode") == Mode.DAILY and self._falls_into_quiet(answers):
            self.add_error("hour", _("This hour lies in your quiet hours. Choose another, or change them."))
        return answers

    def _falls_into_quiet(self, answers: dict[str, Any]) -> bool:
        hour, begin, end = (int(answers.get(name) or 0) for name in ("hour", "quiet_from", "quiet_until"))
        return begin <= hour < end if begin <= end else hour >= begin or hour < end

    def facts(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        said = self.cleaned_data
        return {"mode": Mode(said["mode"]), **{name: int(said[name]) for name in ("hour", "quiet_from", "quiet_until")}}
