"""Arriving: a first password and the code of a second person, then a password and a second factor of her own."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from ijm import bridges
from ijm.accounts import policy, reach
from ijm.accounts.models import Arrival, User, Welcome
from ijm.accounts.spoken import plain, spoken
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.looks import denied
from ijm.trail.purposes import Purpose

GOOD_FOR = timedelta(days=7)
TRIES = 5


def welcome(user: User, *, by: User) -> str:
    """Make the code that lets somebody in who holds a first password; it is shown once, and an older one ends."""
    require(policy.may_welcome(by, user))
    code = spoken(3)
    with entry(Event.WELCOME_GIVEN, by=by, about=user, why=Purpose.ADMINISTRATION):
        Welcome(user=user, code_hash=make_password(plain(code)), given_by=by, expires_at=timezone.now() + GOOD_FOR).save()
    return code


def arrive(user: User, *, by: User, password: str, code: str = "") -> bool:
    """Choose a password of her own; false, and a try less, when the code is not the one that was given."""
    require(policy.may_arrive(by, user))
    held = None
    if user.arrival == Arrival.CODE:
        held = Welcome.objects.filter(user=user).order_by("-given_at").first()
        if held is None or not _fits(held, code, by):
            return False
    with entry(Event.USER_ARRIVED, by=by, about=user, why=Purpose.SIGN_IN):
        if held is not None:
            held.used_at = timezone.now()
            held.save(update_fields=["used_at"])
        user.set_password(password)
        user.arrival = Arrival.SETTLED
        user.save(update_fields=["password", "arrival"])
    return True


def ready(*, by: User) -> None:
    """A second factor of her own stands behind the account; who decides about roles is told of each one."""
    require(policy.may_get_ready(by))
    with entry(Event.USER_READY, by=by, about=by, why=Purpose.SIGN_IN):
        if by.ready_at is None:
            by.ready_at = timezone.now()
            by.save(update_fields=["ready_at"])
        others = [one for one in reach.deciders(by.office) if one != by.pk]
        bridges.tell(others, "factor.enrolled", about=by.code, path=f"/desk/people/{by.code}/")


def _fits(held: Welcome, code: str, by: User) -> bool:
    """Whether this is the code; each wrong one is counted and recorded."""
    if held.used_at is not None or held.expires_at <= timezone.now() or held.tries >= TRIES:
        denied(Event.WELCOME_REFUSED, by=by, reason="spent")
        return False
    if check_password(plain(code), held.code_hash):
        return True
    with entry(Event.WELCOME_REFUSED, by=by, about=by, why=Purpose.SIGN_IN):
        held.tries += 1
        held.save(update_fields=["tries"])
    return False
