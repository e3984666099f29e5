"""Adding a person, proposing a role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts import reach
from ijm.accounts.actions.people import LONGEST
from ijm.accounts.models import LANGUAGES, Office, ResetKind, User
from ijm.accounts.policy import NO_SPONSOR, may_answer
from ijm.roles.table import TABLE, Can, Role
from ijm.web import forms

SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789._-"


def offices(by: User) -> list[tuple[str, str]]:
    """The open offices that she runs, by their names."""
    found = reach.offices_of(by, Can.OFFICE_RUN).filter(closed_at__isnull=True)
    return [(office.code, office.name) for office in found]


def _colleagues(by: User) -> list[tuple[str, str]]:
    """Who may answer for a guest in the offices that she runs."""
    theirs = User.objects.filter(office__in=reach.offices_of(by, Can.OFFICE_RUN), is_active=True, is_system=False, sponsor=None)
    return [(one.code, f"{one.display_name}, {one.office.name}") for one in theirs.select_related("office").order_by("name")]


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field: Any = form.fields[name]
    field.choices = choices


def clean_email(form: forms.Form) -> str:
    """An address that mail can reach, or none."""
    address: str = form.cleaned_data["email"].strip()
    if address:
        try:
            validate_email(address)
        except ValidationError:
            form.add_error("email", _("This is not a mail address."))
    return address


class EditForm(forms.Form):
    """What may change about a colleague."""

    name = forms.TextField(label=_("Name, as colleagues write it"), max_length=120)
    name_km = forms.TextField(label=_("Name in Khmer"), max_length=120, required=False)
    email = forms.TextField(label=_("Work e-mail"), max_length=254, required=False,
                            help_text=_("For notices with codes and links only."))
    language = forms.ChoiceField(label=_("Language of the pages"), required=False, quiet=True,
                                 choices=[("", _("As her device says")), *LANGUAGES])

    clean_email = clean_email


class MoveForm(forms.Form):
    """The office to which somebody moves."""

    office = forms.ChoiceField(label=_("To the office"), choices=())

    def __init__(self, *args: Any, offices: Iterable[Office], **given: Any) -> None:
        super().__init__(*args, **given)
        _offer(self, "office", [(office.code, office.name) for office in offices])

    def clean_office(self) -> Office:
        """The office itself."""
        return Office.objects.get(code=self.cleaned_data["office"])


class ResetForm(forms.Form):
    """What somebody lost."""

    kind = forms.ChoiceField(label=_("What did she lose?"), choices=ResetKind.choices)

    def clean_kind(self) -> ResetKind:
        """The kind itself."""
        return ResetKind(self.cleaned_data["kind"])


class PersonForm(forms.Form):
    """Somebody who starts to work here; what she may do comes from a role later."""

    name = forms.TextField(label=_("Name, as colleagues write it"), max_length=120)
    name_km = forms.TextField(label=_("Name in Khmer"), max_length=120, required=False)
    username = forms.TextField(label=_("Name for signing in"), max_length=60,
                               help_text=_("Small Latin letters, digits, dot, dash. For example kim.sreymom."))
    email = forms.TextField(label=_("Work e-mail"), max_length=254, required=False,
                            help_text=_("For notices with codes and links only."))
    language = forms.ChoiceField(label=_("Language of the pages"), choices=LANGUAGES, initial="km")
    office = forms.ChoiceField(label=_("Office"), choices=())
    sponsor = forms.ChoiceField(
        label=_("Only for a guest: who of the office answers for her"), choices=(), required=False, quiet=True, help_text=_(
            "A guest works for another organisation. Her account ends after thirty days, and with that of who answers for her."))

    def __init__(self, *args: Any, by: User, **given: Any) -> None:
        super().__init__(*args, **given)
        _offer(self, "office", offices(by))
        _offer(self, "sponsor", [("", str(_("Nobody: she works here"))), *_colleagues(by)])

    def clean_sponsor(self) -> User | None:
        """The colleague who answers for her."""
        return User.objects.filter(code=self.cleaned_data["sponsor"]).first()

    def clean(self) -> dict[str, Any]:
        """Who answers for a guest works in the office where she is a guest."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("office") and not may_answer(given.get("sponsor"), given["office"]):
            self.add_error("sponsor", NO_SPONSOR)
        return given

    clean_email = clean_email

    def clean_username(self) -> str:
        """One person, one name for signing in, whatever its case."""
        username: str = self.cleaned_data["username"].lower()
        if set(username) - set(SIGNS):
            self.add_error("username", _("Use small Latin letters, digits, dot and dash only."))
        elif User.objects.filter(username__iexact=username).exists():
            self.add_error("username", _("Somebody signs in with this name already. Choose another."))
        return username

    def clean_office(self) -> Office:
        """The office itself."""
        return Office.objects.get(code=self.cleaned_data["office"])


class RoleForm(forms.Form):
    """A role for somebody, in an office, until a day."""

    role = forms.ChoiceField(label=_("Role"), choices=())
    office = forms.ChoiceField(label=_("In the office"), choices=())
    until = forms.DayField(label=_("Until"), required=False, quiet=True,
                           help_text=_("Empty: for one year, or thirty days for a guest."))

    def __init__(self, *args: Any, by: User, **given: Any) -> None:
        super().__init__(*args, **given)
        _offer(self, "role", [(role.value, f"{role.label}: {TABLE[role].about}") for role in TABLE])
        _offer(self, "office", offices(by))

    def clean_until(self) -> date | None:
        """A role that has ended already helps nobody; one of more than a year is proposed again."""
        until: date | None = self.cleaned_data.get("until")
        if until and not timezone.localdate() <= until <= timezone.localdate() + LONGEST:
            self.add_error("until", _("Choose a day from today to one year from now."))
        return until

    def clean_role(self) -> Role:
        """The role itself."""
        return Role(self.cleaned_data["role"])

    def clean_office(self) -> Office:
        """The office itself."""
        return Office.objects.get(code=self.cleaned_data["office"])
