"""Passkeys at sign-in and before something sensitive: the key's own counter is followed, so that a copy shows itself."""

from __future__ import annotations

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django.core.exceptions import ValidationError
from fido2.webauthn import AuthenticationResponse

from ijm.accounts.factors import counted


class Counted:
    """Refuses a passkey that counts backwards, and raises the alarm."""

    def clean_credential(self) -> Authenticator:
        """The key that answered; its counter has grown, unless it is one that never counts. A refusal is recorded."""
        answer = self.cleaned_data["credential"]  # type: ignore[attr-defined]
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
            if not counted(found, AuthenticationResponse.from_dict(answer).response.authenticator_data.counter):
                raise get_adapter().validation_error("incorrect_code")
        except ValidationError:
            authentication_failed.send(sender=Authenticator, request=context.request, user=self.user,  # type: ignore[attr-defined]
                                       authenticator=None, reauthentication=False)
            raise
        return found


class AuthenticateForm(Counted, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey at sign-in."""


class ReauthenticateForm(Counted, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey before something sensitive."""
