"""What the banner's Undo does in this wing: find the record again, see that nobody changed it since, take the act back."""

from __future__ import annotations

from aftercare import policy
from aftercare.actions import undoing
from aftercare.models import Residence
from ijm.accounts.models import User
from ijm.casefiles import undos
from ijm.trail.errors import Stale
from ijm.trail.undoing import beside, former
from ijm.web.undo import read


def step(user: User, about: str) -> None:
    """Back from her next step."""
    code, rev, _more = read(about)
    survivor = policy.get_survivor(user, code)
    undoing.take_step_back(survivor, by=user, to=former(survivor, by=user, rev=rev).state)


def entrusted(user: User, about: str) -> None:
    """Back to the worker of before; a place that the same act gave ends with it."""
    code, rev, places = read(about)
    survivor = policy.get_survivor(user, code)
    worker = User.objects.get(pk=former(survivor, by=user, rev=rev).worker_id)
    undoing.take_entrust_back(survivor, by=user, worker=worker)
    for place in places:
        undos.added(user, place)


def handed_over(user: User, about: str) -> None:
    """Each survivor of one handing over back to the worker of before; all of them, or none."""
    for one in about.split(";"):
        entrusted(user, one)


def declined(user: User, about: str) -> None:
    """A declined referral waits again."""
    code, rev, _more = read(about)
    referral = policy.get_referral(user, code)
    former(referral, by=user, rev=rev)
    undoing.take_decline_back(referral, by=user)


def moved(user: User, about: str) -> None:
    """A residence just recorded ends as a mistake, and the one before goes on."""
    code, rev, _more = read(about)
    residence = policy.get_residence(user, code)
    if residence.rev != rev:
        raise Stale(code)
    ended = [row.id for row in beside(residence, Residence)]
    before = policy.visible_residences(user, residence.survivor).filter(pk__in=ended).first()
    if before is not None and before.until_on != residence.since_on:
        raise Stale(code)
    undoing.take_move_back(residence, by=user, before=before)
