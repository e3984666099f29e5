"""To whom files go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import Office, User
from ijm.casefiles.models.transfers import TransferReason
from ijm.web import forms


class HandForm(forms.Form):
    """The colleague who has charge of the files from now on."""

    drafted = False
    to = forms.ChoiceField(label=_("Who has charge of them from now on?"), choices=())

    def __init__(self, *args: Any, colleagues: list[User], **given: Any) -> None:
        super().__init__(*args, **given)
        self.colleagues = colleagues
        field: Any = self.fields["to"]
        field.choices = [(one.code, one.display_name) for one in colleagues]

    def clean_to(self) -> User:
        """The colleague herself."""
        return next(one for one in self.colleagues if one.code == self.cleaned_data["to"])


class TransferForm(forms.Form):
    """The office to which a file goes, and why."""

    drafted = False
    to = forms.ChoiceField(label=_("To which office?"), choices=())
    reason = forms.ChoiceField(label=_("Why?"), choices=TransferReason.choices)

    def __init__(self, *args: Any, offices: Iterable[Office], **given: Any) -> None:
        super().__init__(*args, **given)
        self.offices = {one.code: one for one in offices}
        field: Any = self.fields["to"]
        field.choices = [(code, one.name) for code, one in self.offices.items()]

    def clean_to(self) -> Office:
        """The office itself."""
        return self.offices[self.cleaned_data["to"]]
