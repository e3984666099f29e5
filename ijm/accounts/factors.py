"""The second factors of somebody: how many and of which kind, never what is in them."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from ijm.accounts.models import User


def factors_of(user: User) -> QuerySet[Authenticator]:
    """Her apps and passkeys, oldest first."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).order_by("created_at")


def has_factor(user: User) -> bool:
    """Whether she has any."""
    return factors_of(user).exists()
