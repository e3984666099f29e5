"""The second factors of somebody: how many, of which kind, which of them she needs; never what is in them."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from ijm.accounts.actions import keys
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose

PASSKEY = Authenticator.Type.WEBAUTHN
COUNTER = "counter"
ENOUGH = 2  # passkeys: who loses the only one waits for two colleagues


def factors_of(user: User) -> QuerySet[Authenticator]:
    """Her apps and passkeys, oldest first."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).order_by("created_at")


def has_factor(user: User) -> bool:
    """Whether she has any."""
    return factors_of(user).exists()


def passkeys_of(user: User) -> QuerySet[Authenticator]:
    """Her passkeys, oldest first."""
    return factors_of(user).filter(type=PASSKEY)


def needs_passkey(user: User) -> bool:
    """Whether the six digits are not enough for her: a false page can ask for those. A guest opens nothing that needs more."""
    return settings.PASSKEYS_REQUIRED and user.role_codes != {Role.PARTNER}


def is_last(factor: Authenticator) -> bool:
    """Whether she has no other: the last one goes only by two colleagues, or the password alone would let somebody in."""
    return not factors_of(factor.user).exclude(pk=factor.pk).exists()


def counted(key: Authenticator, counter: int) -> bool:
    """Follow a passkey's counter; false, and an alarm, when it did not grow. Most telephones do not count: always zero."""
    with acting_as(key.user, "w", Purpose.SIGN_IN):
        held = Authenticator.objects.select_for_update().get(pk=key.pk)
        before = held.data.get(COUNTER, held.wrap().authenticator_data.counter)
        if counter > before or counter == before == 0:
            held.data[COUNTER] = counter
            held.save(update_fields=["data"])
            return True
        keys.copied(by=key.user)
    return False
