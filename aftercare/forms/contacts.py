"""How a survivor can be reached safely, in her own words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.notices.contact import Way, Weekday
from ijm.web import forms
from ijm.web.words import number_later

HALF_YEAR = dt.timedelta(days=180)
HOURS = [(f"{hour:02d}:00", number_later(f"{hour:02d}:00")) for hour in range(24)]


class ContactForm(forms.Form):
    """Whether, how and when; what leads to her is sealed. An empty sealed answer keeps what was written before."""

    is_allowed = forms.ChoiceField(label=_("May we contact them?"), choices=[
        ("yes", _("Yes, in the way written here")), ("no", _("No. Nobody contacts them"))])
    ways = forms.MultipleChoiceField(label=_("In which ways?"), choices=Way.choices, required=False)
    days = forms.MultipleChoiceField(label=_("On which days?"), choices=Weekday.choices, required=False,
                                     help_text=_("Tick none when every day is safe."))
    from_at = forms.ChoiceField(label=_("From which hour?"), choices=HOURS, required=False)
    until_at = forms.ChoiceField(label=_("Until which hour?"), choices=HOURS, required=False)
    number = forms.PhoneField(label=_("Number that is safe"), required=False, sealed=True)
    who_may_answer = forms.TextField(label=_("Who else may answer, and what they know"), required=False, rows=2, sealed=True,
                                     max_length=500)
    say_instead = forms.TextField(label=_("What to say when somebody else answers"), required=False, rows=2, sealed=True,
                                  max_length=500)
    never_say = forms.TextField(label=_("Words that must never be said or written"), required=False, rows=2, sealed=True,
                                max_length=500)
    review_on = forms.DayField(label=_("When will you ask again?"), future=True,
                               help_text=_("After this day the answer counts as no, until they were asked again."))

    def __init__(self, *args: Any, **given: Any) -> None:
        given["initial"] = {"review_on": timezone.localdate() + HALF_YEAR, **(given.get("initial") or {})}
        super().__init__(*args, **given)

    def clean(self) -> dict[str, Any]:
        """Whoever may be contacted says how; hours come in pairs."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("is_allowed") == "yes" and not answers.get("ways"):
            self.add_error("ways", _("Tick at least one way that is safe."))
        if bool(answers.get("from_at")) != bool(answers.get("until_at")):
            self.add_error("until_at", _("Choose both hours, or neither."))
        return answers

    def facts(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        said = dict(self.cleaned_data)
        hours = {name: dt.time.fromisoformat(said[name]) if said[name] else None for name in ("from_at", "until_at")}
        sealed = {name: said[name] or None for name in ("number", "who_may_answer", "say_instead", "never_say")}
        return {**said, **hours, **sealed, "is_allowed": said["is_allowed"] == "yes"}
