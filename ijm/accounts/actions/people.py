"""Adding people and deciding about their roles."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from ijm import bridges
from ijm.accounts import policy, reach
from ijm.accounts.actions.offices import Newcomer
from ijm.accounts.models import Arrival, Office, RoleGrant, User
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.roles.table import Role
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

SUPERVISION = timedelta(days=90)
LONGEST = timedelta(days=365)
GUEST = timedelta(days=30)


def add(newcomer: Newcomer, *, by: User, office: Office) -> User:
    """Give somebody an account; without a role it opens nothing, and its first password only leads to one of her own."""
    require(policy.may_add_person(by, office).and_(
        policy.may_answer(newcomer.sponsor, office), policy.NO_SPONSOR, "sponsor"))
    user = User(username=newcomer.username, name=newcomer.name, name_km=newcomer.name_km, language=newcomer.language,
                email=newcomer.email, office=office, arrival=Arrival.CODE, sponsor=newcomer.sponsor,
                ends_at=timezone.now() + GUEST if newcomer.sponsor else None)
    user.set_password(newcomer.password)
    with entry(Event.USER_ADDED, by=by, about=user, why=Purpose.ADMINISTRATION):
        user.save()
        bridges.tell(reach.deciders(office), "arrival.waiting", about=user.code, path=f"/desk/people/{user.code}/")
    return user


def propose(user: User, role: Role, *, by: User, office: Office, until: datetime | None = None) -> RoleGrant:
    """Propose a role for somebody; it is worth nothing until another person approves it."""
    require(policy.may_propose(by, user, role, office))
    longest = timezone.now() + (GUEST if role == Role.PARTNER else LONGEST)
    ends = min([until or longest, longest, *(one.expires_at for one in policy.exceptions(user, role, office))])
    grant = RoleGrant(user=user, role=role, office=office, proposed_by=by, expires_at=ends)
    with entry(Event.ROLE_PROPOSED, by=by, about=grant, why=Purpose.ADMINISTRATION):
        grant.save()
    return grant


def approve(grant: RoleGrant, *, by: User) -> None:
    """Approve a role proposed by somebody else; a new supervisor stands on the files of her office, a guest stays as long."""
    require(policy.may_approve(by, grant))
    without = [list(one.roles) for one in policy.exceptions(grant.user, Role(grant.role), grant.office)]
    with entry(Event.ROLE_APPROVED, by=by, about=grant, why=Purpose.ADMINISTRATION) as said:
        if without:
            said.parts["q"] = {"without_exclusion_of": without}
        grant.approved_by, grant.approved_at = by, timezone.now()
        grant.save(update_fields=["approved_by", "approved_at"])
        reach.end_places(grant.user)
        if grant.role == Role.PARTNER:
            grant.user.ends_at = grant.expires_at
            grant.user.save(update_fields=["ends_at"])
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT guard.seat_supervisor(%s, %s)", [grant.pk, timezone.now() + SUPERVISION])


def revoke(grant: RoleGrant, *, by: User) -> None:
    """Take a role back, at once; her places on files of that wing end with it."""
    require(policy.may_revoke(by, grant))
    with entry(Event.ROLE_REVOKED, by=by, about=grant, why=Purpose.ADMINISTRATION):
        grant.revoked_by, grant.revoked_at = by, timezone.now()
        grant.save(update_fields=["revoked_by", "revoked_at"])
        reach.end_places(grant.user)
