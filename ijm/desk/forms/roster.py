"""To whom files go."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
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
