"""Colleagues who change office, leave, come back, or typed a wrong password too often."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.utils import timezone

from ijm import bridges
from ijm.accounts import policy, reach
from ijm.accounts.models import Arrival, Office, RoleGrant, User
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def change(user: User, *, by: User, name: str, name_km: str, email: str, language: str) -> None:
    """Change how colleagues call her, where mail reaches her and her language."""
    require(policy.may_change_person(by, user))
    user.name, user.name_km, user.email, user.language = name, name_km, email, language
    with entry(Event.USER_CHANGED, by=by, about=user, why=Purpose.ADMINISTRATION):
        user.save(update_fields=["name", "name_km", "email", "language"])


def move(user: User, *, by: User, office: Office) -> None:
    """Move her to another office; the roles she held in the former one end at once and are proposed anew."""
    require(policy.may_move(by, user, office))
    with entry(Event.USER_MOVED, by=by, about=user, why=Purpose.ADMINISTRATION):
        _end_roles(user, by)
        user.office = office
        user.save(update_fields=["office"])


def disable(user: User, *, by: User) -> int:
    """Close an account: sessions, roles and places on files end with this request; gives how many roles ended."""
    require(policy.may_disable(by, user))
    with entry(Event.USER_DISABLED, by=by, about=user, why=Purpose.ADMINISTRATION):
        ended = _end_roles(user, by)
        user.is_active, user.arrival, user.ready_at, user.sessions = False, Arrival.CODE, None, user.sessions + 1
        user.save(update_fields=["is_active", "arrival", "ready_at", "sessions"])
    return ended


def enable(user: User, *, by: User) -> None:
    """Open a closed account: no role comes back, and she arrives anew with the code of a second person."""
    require(policy.may_enable(by, user))
    with entry(Event.USER_ENABLED, by=by, about=user, why=Purpose.ADMINISTRATION):
        user.is_active, user.arrival, user.ready_at = True, Arrival.CODE, None
        user.save(update_fields=["is_active", "arrival", "ready_at"])
        bridges.tell(reach.deciders(user.office), "arrival.waiting", about=user.code, path=f"/desk/people/{user.code}/")


def unlock(user: User, *, by: User, request: HttpRequest) -> None:
    """Let somebody try again at once who typed a wrong password or code too often."""
    require(policy.may_unlock(by, user))
    host = request.get_host()
    with entry(Event.USER_UNLOCKED, by=by, about=user, why=Purpose.ADMINISTRATION):
        for key in (f"{host}:{user.username}", f"mfa-auth-user-{user.pk}"):
            ratelimit.clear(request=request, app="allauth.account", action="login_failed", key=key)


def _end_roles(user: User, by: User) -> int:
    """Take back every role of hers, waiting ones included, and her places on files; who has charge of these files is told."""
    now = timezone.now()
    held = list(RoleGrant.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now))
    for grant in held:
        grant.revoked_by, grant.revoked_at = by, now
        grant.save(update_fields=["revoked_by", "revoked_at"])
    bridges.tell(reach.heirs(user), "colleague.left", about=user.code, path=f"/desk/left/{user.code}/")
    reach.end_places(user)
    return len(held)
