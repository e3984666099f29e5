"""Taking a proposal back before anybody has decided about it."""

from __future__ import annotations

from django.utils import timezone

from ijm.accounts import policy
from ijm.accounts.models import RoleGrant, User
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def withdraw(grant: RoleGrant, *, by: User) -> None:
    """Take back a role that one proposed and nobody has decided about."""
    require(policy.may_withdraw(by, grant))
    with entry(Event.ROLE_WITHDRAWN, by=by, about=grant, why=Purpose.ADMINISTRATION):
        grant.revoked_by, grant.revoked_at = by, timezone.now()
        grant.save(update_fields=["revoked_by", "revoked_at"])
