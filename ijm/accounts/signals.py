"""Signing in and out, and changes of a second factor, in the trail."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from ijm.accounts import signing
from ijm.accounts.actions import arrivals
from ijm.accounts.factors import PASSKEY
from ijm.accounts.models import User
from ijm.messages import Event
from ijm.trail.context import acting_as
from ijm.trail.looks import noted
from ijm.trail.purposes import Purpose
from ijm.web.pages import factor_of, source_of


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Remember when and where the session began; it ends some hours later whatever happens."""
    signing.begin(request, user, timezone.now().timestamp())
    noted(Event.SIGNED_IN, by=user, source=source_of(request))


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Somebody signed out."""
    if user is not None:
        noted(Event.SIGNED_OUT, by=user, source=source_of(request))


@receiver(user_logged_in)
def ready_already(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Who has passed her second factor stands behind her account, also one made before that was written down."""
    if user.is_active and user.arrival == "" and user.ready_at is None and factor_of(request):
        with acting_as(user, "w", Purpose.SIGN_IN):
            arrivals.ready(by=user)


@receiver(authentication_step_completed)
def shown_again(sender: Any, request: HttpRequest, user: User, method: str, **kwargs: Any) -> None:
    """She showed once more that it is she: a key that somebody read before opens nothing any more."""
    if kwargs.get("reauthenticated") and request.user.is_authenticated:
        signing.follow(request, user)
        noted(Event.CONFIRMED, by=user, source=source_of(request))


@receiver(authentication_failed)
def factor_refused(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """The password was right, the code or passkey was not: a failed sign-in, and whose account it was."""
    signing.count_try(user.username)
    noted(Event.SIGN_IN_FAILED, by=user, source=source_of(request), out=4)


@receiver(authenticator_added)
def factor_added(sender: Any, request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    """The account is hers now; this session goes on with the factor just shown, and who decides about roles is told."""
    if not factor_of(request) or authenticator.type == PASSKEY:
        record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)
    with acting_as(user, "w", Purpose.SIGN_IN):
        arrivals.ready(by=user)


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def factor_changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A second factor was added, removed or made anew; she is told, whoever did it."""
    signing.tell_of_change(user, "factor.changed")
    noted(Event.FACTOR_CHANGED, by=user, source=source_of(request))
