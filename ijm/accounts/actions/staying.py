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
    """Close an account: all that it opens ends with this request, her guests' accounts too; gives how many roles ended."""
    require(policy.may_disable(by, user))
    with entry(Event.USER_DISABLED, by=by, about=user, why=Purpose.ADMINISTRATION):
        ended = _close(user)
    for guest in user.guests.select_related("office").filter(is_active=True):
        if policy.may_disable(by, guest):
            disable(guest, by=by)
    return ended


def lapse(*, by: User) -> int:
    """Close her own account, by the clock: nobody signed in for thirty days, or a guest's time is over."""
    require(policy.may_lapse(by))
    with entry(Event.USER_LAPSED, by=by, about=by, why=Purpose.SYSTEM):
        ended = _close(by)
        bridges.tell([one for one in reach.runners(by.office) if one != by.pk], "account.lapsed", about=by.code,
                     path=f"/desk/people/{by.code}/")
    return ended


def end_sessions(user: User, *, by: User) -> int:
    """End every session of a colleague, at once: a lost telephone, a stranger at her desk; how many went on."""
    require(policy.may_end_sessions(by, user))
    with entry(Event.SESSIONS_CUT, by=by, about=user, why=Purpose.ADMINISTRATION):
        user.sessions += 1
        user.save(update_fields=["sessions"])
        ended = reach.end_sessions(user)
        bridges.tell([user.pk], "session.cut", about=user.code, path="/account/settings/")
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


def _close(user: User) -> int:
    """Roles, places, factors, sessions, long work: nothing outlives the account; who has charge of her files is told."""
    heirs = reach.heirs(user)
    user.is_active, user.arrival, user.ready_at, user.sessions = False, Arrival.CODE, None, user.sessions + 1
    user.save(update_fields=["is_active", "arrival", "ready_at", "sessions"])
    bridges.tell(heirs, "colleague.left", about=user.code, path=f"/desk/left/{user.code}/")
    return reach.end_account(user)


def _end_roles(user: User, by: User) -> None:
    """Take back every role of hers, waiting ones included, and her places on files; who has charge of these files is told."""
    now = timezone.now()
    for grant in RoleGrant.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now):
        grant.revoked_by, grant.revoked_at = by, now
        grant.save(update_fields=["revoked_by", "revoked_at"])
    bridges.tell(reach.heirs(user), "colleague.left", about=user.code, path=f"/desk/left/{user.code}/")
    reach.end_places(user)
