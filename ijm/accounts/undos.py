"""What the banner's Undo does with proposed roles."""

from __future__ import annotations

from ijm.accounts.actions.withdrawing import withdraw
from ijm.accounts.models import RoleGrant, User
from ijm.trail.errors import Stale


def proposed(user: User, about: str) -> None:
    """Take back a role just proposed, while nobody has decided."""
    grant = RoleGrant.objects.waiting().filter(pk=about, proposed_by=user).first()
    if grant is None:
        raise Stale(about)
    withdraw(grant, by=user)
