"""The auditor's questions: about what, which time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.asking import NOWHERE
from ijm.accounts.models import User
from ijm.casefiles.models import Source
from ijm.trail.purposes import Purpose
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
RELATIONS = ((NOWHERE, _("No place on the file")), *Source.choices)
People = list[tuple[str, str]]


def colleagues() -> People:
    """Everybody who works here or did, by code and name."""
    rows = User.objects.filter(is_system=False).select_related("office").order_by("name")
    return [(row.code, f"{row.display_name}, {row.office.name}") for row in rows]


class PeriodForm(forms.Form):
    """The time to look at."""

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


class WhoSawForm(PeriodForm):
    """A code of any wing or of a case file, and the time to look at."""

    code = forms.CodeField(label=_("Code"),
                           help_text=_("A code of any wing, or of a case file. For example SV-7K4M-92QX."))
    field_order = ("code", "period", "since", "until")


class LogForm(PeriodForm):
    """The time to look at, and one colleague where not all are meant."""

    field_order: tuple[str, ...] = ("person", "period", "since", "until")
    needed = False

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        listed = colleagues() if self.needed else [("", str(_("Everybody"))), *colleagues()]
        self.fields["person"] = forms.ChoiceField(label=_("Who?"), choices=listed, required=self.needed, quiet=True)
        self.order_fields(self.field_order)

    @property
    def person(self) -> User | None:
        """The colleague who was chosen."""
        found: User | None = User.objects.select_related("office").filter(code=self.cleaned_data.get("person") or "").first()
        return found


class DidForm(LogForm):
    """Whose work, with which purpose, resting on which place on a file."""

    needed = True
    purpose = forms.ChoiceField(label=_("Purpose"), choices=[("", _("Any purpose")), *Purpose.choices], required=False,
                                quiet=True)
    relation = forms.ChoiceField(label=_("Place on the file"), choices=[("", _("Any, or none")), *RELATIONS], required=False,
                                 quiet=True)
    field_order = ("person", "purpose", "relation", "period", "since", "until")


# Each question by the last part of its address; a kept question is one of these with what its form understood.
FORMS: dict[str, type[PeriodForm]] = {
    "who-saw": WhoSawForm, "timeline": WhoSawForm, "did": DidForm, "refused": LogForm, "looked": LogForm,
}


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
