"""The auditor's question: which code, which time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.web import forms

ALL, OWN, FOUR_WEEKS = "all", "own", "28"
PERIODS = (
    (FOUR_WEEKS, _("The last four weeks")),
    ("90", _("The last 90 days")),
    ("365", _("The last year")),
    (ALL, _("Since the beginning")),
    (OWN, _("From one day to another")),
)
BEGINNING = date(2000, 1, 1)


class WhoSawForm(forms.Form):
    """A code of any wing or of a case file, and the time to look at."""

    code = forms.CodeField(label=_("Code"),
                           help_text=_("A code of any wing, or of a case file. For example SV-7K4M-92QX."))
    period = forms.ChoiceField(label=_("Time"), choices=PERIODS, initial=FOUR_WEEKS, required=False, quiet=True)
    since = forms.DayField(label=_("From"), required=False, quiet=True)
    until = forms.DayField(label=_("To, this day included"), required=False, quiet=True)

    def clean(self) -> dict[str, Any]:
        """Days of one's own need both ends, in their order."""
        given = super().clean() or {}
        if given.get("period") != OWN or self.errors:
            return given
        since, until = given.get("since"), given.get("until")
        if since is None:
            self.add_error("since", _("Give the first day."))
        elif until is None:
            self.add_error("until", _("Give the last day."))
        elif until < since:
            self.add_error("until", _("The last day lies before the first."))
        return given

    def span(self) -> tuple[datetime, datetime]:
        """The time asked for as [first moment, first moment after it), in the office's own time."""
        period, today = self.cleaned_data.get("period") or FOUR_WEEKS, timezone.localdate()
        if period == OWN:
            return _start(self.cleaned_data["since"]), _start(self.cleaned_data["until"] + timedelta(days=1))
        first = BEGINNING if period == ALL else today - timedelta(days=int(period) - 1)
        return _start(first), _start(today + timedelta(days=1))


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
