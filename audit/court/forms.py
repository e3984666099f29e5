"""Asking for a package."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.court import policy, subjects
from audit.court.subjects import Subject
from ijm.accounts.models import User
from ijm.web import forms


class AskForm(forms.Form):
    """The code of a case file or of a record on it; whether the package shows what was written."""

    code = forms.CodeField(label=_("Code"), help_text=_("A case file, or one record on it. For example PF-7K4M-92QX."))
    has_content = forms.TickField(
        label=_("With content"), required=False,
        help_text=_("The columns of each version, and sealed values with what proves each: identity, legal matters and "
                    "narrative, as far as you may open them."))

    def __init__(self, *given: Any, user: User, **more: Any) -> None:
        super().__init__(*given, **more)
        self.user, self.bare = user, policy.is_auditor(user)
        self.subject: Subject | None = None
        if self.bare:
            del self.fields["has_content"]

    def clean(self) -> dict[str, Any]:
        """A code that she may not see is not there."""
        given = super().clean() or {}
        if "code" in given:
            self.subject = subjects.find(self.user, given["code"], bare=self.bare)
            if self.subject is None:
                self.add_error("code", _("No case file of yours, and no record on one, has this code."))
        return given
