"""The six digits of a second factor, typed in Khmer or Latin digits."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm as OneTimeCode
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgain
from allauth.mfa.totp.forms import ActivateTOTPForm as FirstCode
from django import forms
from django.utils.translation import gettext_lazy as _

from ijm.web import khmer


class DigitsField(forms.CharField):
    """Digits of either script; blanks between them do not count."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("label", _("Six digits"))
        given.setdefault("widget", forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}))
        super().__init__(max_length=40, **given)

    def to_python(self, value: Any) -> str:
        """Latin digits without blanks."""
        return "".join(khmer.to_latin(super().to_python(value)).split())


class AuthenticateForm(OneTimeCode):  # type: ignore[misc]
    """The code at sign-in."""

    code = DigitsField()


class ReauthenticateForm(CodeAgain):  # type: ignore[misc]
    """The code before something sensitive."""

    code = DigitsField()


class ActivateForm(FirstCode):  # type: ignore[misc]
    """The first code of a new authenticator."""

    code = DigitsField()
