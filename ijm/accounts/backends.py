"""Who is signed in: the person, her office and the roles she holds now, in one question to the database."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from ijm.accounts.models import RoleGrant, User


class Backend(AuthenticationBackend):
    """Signing in as the outside package does it; every later request reads the person once."""

    def get_user(self, user_id: Any) -> User | None:  # type: ignore[override]
        """The person of a session; nobody when her account is closed."""
        held = RoleGrant.objects.live().filter(user=OuterRef("pk")).values("role")
        users = User.objects.select_related("office").annotate(held=ArraySubquery(held))
        found = users.filter(pk=user_id).first()
        if found is None or not self.user_can_authenticate(found):
            return None
        found.role_codes = frozenset(found.held)
        return found
