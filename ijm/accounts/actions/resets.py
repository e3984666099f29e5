"""A lost password or second factor: proposed by one person, decided by another, and then she arrives anew."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from ijm import bridges
from ijm.accounts import policy, reach
from ijm.accounts.actions.arrivals import welcome
from ijm.accounts.models import Arrival, Reset, ResetKind, User
from ijm.accounts.spoken import spoken
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def propose(user: User, kind: ResetKind, *, by: User) -> Reset:
    """Propose to put back what she lost; nothing changes before another person decides."""
    require(policy.may_propose_reset(by, user))
    reset = Reset(user=user, kind=kind, proposed_by=by)
    with entry(Event.RESET_PROPOSED, by=by, about=user, why=Purpose.ADMINISTRATION):
        reset.save()
        bridges.tell(reach.deciders(user.office), "reset.to_approve", about=user.code, path=f"/desk/people/{user.code}/")
    return reset


def approve(reset: Reset, *, by: User) -> str:
    """Take the lost factor away, end her sessions, and give the code with which she arrives anew."""
    require(policy.may_decide_reset(by, reset))
    user = reset.user
    with entry(Event.RESET_APPROVED, by=by, about=user, why=Purpose.ADMINISTRATION):
        reset.approved_by, reset.approved_at = by, timezone.now()
        reset.save(update_fields=["approved_by", "approved_at"])
        if reset.takes_factor:
            _take_factors(reset)
            user.ready_at = None
        user.arrival, user.sessions = Arrival.CODE, user.sessions + 1
        user.save(update_fields=["arrival", "sessions", "ready_at"])
        bridges.tell([one for one in reach.runners(user.office) if one != by.pk], "reset.approved", about=user.code,
                     path=f"/desk/people/{user.code}/")
    return welcome(user, by=by)


def decline(reset: Reset, *, by: User) -> None:
    """Refuse a reset; nothing changes."""
    require(policy.may_decide_reset(by, reset))
    with entry(Event.RESET_REFUSED, by=by, about=reset.user, why=Purpose.ADMINISTRATION):
        reset.refused_by, reset.refused_at = by, timezone.now()
        reset.save(update_fields=["refused_by", "refused_at"])


def first_password(user: User, *, by: User) -> str:
    """Make another first password for somebody who waits for a code; it is shown once."""
    require(policy.may_make_first_password(by, user))
    made = spoken(4)
    with entry(Event.FIRST_PASSWORD, by=by, about=user, why=Purpose.ADMINISTRATION):
        user.set_password(made)
        user.save(update_fields=["password"])
        for reset in user.resets.filter(approved_at__isnull=False, done_at__isnull=True):
            reset.done_at = timezone.now()
            reset.save(update_fields=["done_at"])
    return made


def _take_factors(reset: Reset) -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT guard.reset_factors(%s)", [reset.pk])
