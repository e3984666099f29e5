"""Where allauth meets the house: no self sign-up, seeds sealed, changes of the person made as entries."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

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
        noted(Event.SIGN_IN_FAILED, by=None, source=source_of(request), out=4)
        super().authentication_failed(request, **credentials)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """A disabled account is sent back to the sign-in page, and no page says that it exists."""
        noted(Event.SIGN_IN_FAILED, by=user, source=source_of(request), out=4)
        return redirect(settings.LOGIN_URL)

    def set_password(self, user: User, password: str) -> None:
        """A new password is a change of the person's record, made by herself."""
        with acting_as(user, "w", Purpose.SIGN_IN), entry(Event.FACTOR_CHANGED, by=user, about=user, why=Purpose.SIGN_IN):
            user.set_password(password)
            user.save(update_fields=["password"])

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

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name of the site that a passkey is bound to."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity
