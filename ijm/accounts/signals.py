"""Signing in and out, and changes of a second factor, in the trail."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from ijm.accounts.models import User
from ijm.accounts.sessions import BEGUN
from ijm.messages import Event
from ijm.trail.looks import noted
from ijm.web.pages import source_of


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Remember when the session began; it ends eight hours later whatever happens."""
    request.session[BEGUN] = timezone.now().timestamp()
    noted(Event.SIGNED_IN, by=user, source=source_of(request))


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Somebody signed out."""
    if user is not None:
        noted(Event.SIGNED_OUT, by=user, source=source_of(request))


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def factor_changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A second factor was added, removed or made anew."""
    noted(Event.FACTOR_CHANGED, by=user, source=source_of(request))
