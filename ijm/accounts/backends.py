"""Who is signed in: the person, her office and the roles she holds now, in one question to the database."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils import timezone

from ijm.accounts import reach
from ijm.accounts.models import RoleGrant, User, working
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose


class Backend(AuthenticationBackend):
    """Signing in as the outside package does it; every later request reads the person once."""

    def get_user(self, user_id: Any) -> User | None:  # type: ignore[override]
        """The person of a session; nobody when her account is closed, or a guest's has ended."""
        held = RoleGrant.objects.live().filter(user=OuterRef("pk")).values("role")
        users = User.objects.select_related("office").annotate(held=ArraySubquery(held))
        found = users.filter(working(timezone.now()), pk=user_id).first()
        if found is not None:
            found.role_codes = frozenset(found.held)
        return found

    def user_can_authenticate(self, user: User) -> bool:  # type: ignore[override]
        """Whether her account is open: asked once, after the right password."""
        if not User.objects.filter(working(timezone.now()), pk=user.pk).exists():
            return False
        with acting_as(user, "r", Purpose.SIGN_IN):
            return not reach.is_over(user)

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> AbstractBaseUser | None:
        """A closed account is told from a wrong password by nothing: not by another page, not by another status."""
        return super()._stash_user(None)
