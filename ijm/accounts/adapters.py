"""Where allauth meets the house: no self sign-up, seeds sealed, changes of the person made as entries."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ijm.accounts import signing
from ijm.accounts.factors import is_last, needs_passkey
from ijm.accounts.models import User
from ijm.messages import Event
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.looks import noted
from ijm.trail.purposes import Purpose
from ijm.vault.root import open_secret, seal_secret
from ijm.web.pages import source_of

SEED = "mfa.seed.v1"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the office, never by oneself."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Name and password do not fit together. Try again, or ask who runs the system."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "account_inactive": _("Name and password do not fit together. Try again, or ask who runs the system."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failed sign-in, without the name that was typed."""
        signing.count_try(str(credentials.get("username", "")))
        noted(Event.SIGN_IN_FAILED, by=None, source=source_of(request), out=4)
        super().authentication_failed(request, **credentials)

    def set_password(self, user: User, password: str) -> None:
        """A new password is a change of the person's record, made by herself."""
        with acting_as(user, "w", Purpose.SIGN_IN), entry(Event.FACTOR_CHANGED, by=user, about=user, why=Purpose.SIGN_IN):
            user.set_password(password)
            user.save(update_fields=["password"])
        signing.tell_of_change(user, "password.changed")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """What she shows again: her passkey, else the six digits; the password only while she has neither."""
        ways = {way["id"]: way for way in super().get_reauthentication_methods(user)}
        keys, digits = ways.get("mfa_reauthenticate:webauthn"), ways.get("mfa_reauthenticate")
        if keys and (needs_passkey(user) or not digits):
            return [keys]
        return [way for way in (keys, digits) if way] or list(ways.values())

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Notices go out by the house's own way, with codes only."""


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: seeds are sealed under the root key before they reach the table."""

    def encrypt(self, text: str) -> str:
        """The sealed seed."""
        return seal_secret(text, label=SEED)

    def decrypt(self, encrypted_text: str) -> str:
        """The seed."""
        return open_secret(encrypted_text, label=SEED)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor stays: it goes only by two colleagues."""
        return not is_last(authenticator)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name of the site that a passkey is bound to."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity
