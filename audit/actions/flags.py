"""Raising flags, and judging them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.urls import reverse

from audit import policy
from audit.flagged import MOST, Flag, Review
from audit.flags.found import Found
from audit.states import FOLLOWS, Event, FlagState, Ground, Verdict
from ijm import bridges
from ijm.accounts.models import RoleGrant, User
from ijm.notices.models import NoticeKind
from ijm.roles.decisions import require
from ijm.roles.table import WING_SUPERVISORS, Role
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

ONCE = (Ground.ONESELF, Ground.SURNAME)  # of two people, not of a day: what was judged once is not asked again
Key = tuple[str, str, object, str]


def raise_(found: Iterable[Found], *, by: User) -> int:
    """Keep what was found, each thing once; what still waits and has grown is brought up to date. How many are new."""
    require(policy.may_ask(by))
    wanted = {_key(one): one for one in found}
    known = {_of(flag): flag for flag in _near(wanted.values())}
    new = [_made(one) for key, one in wanted.items() if key not in known]
    grown = [(known[key], one) for key, one in wanted.items() if key in known and _has_grown(known[key], one, by)]
    if not new and not grown:
        return 0
    with entry(Event.FLAG_RAISED, by=by, about=new[:MOST], why=Purpose.SYSTEM):
        Flag.objects.bulk_create(new)
        for flag, one in grown:
            flag.number, flag.usual, flag.events = one.number, one.usual, list(one.events[:MOST])
            flag.save(update_fields=["number", "usual", "events"])
    return len(new)


def decide(flag: Flag, *, by: User, decision: str) -> Review:
    """Judge a flag: all is well, she is asked, or it goes to her supervisor or to data protection, who are told by code."""
    require(policy.may_decide(by, flag))
    state, event = FOLLOWS[Verdict(decision)]
    review = Review(flag=flag, decision=decision, by=by)
    with entry(event, by=by, about=flag, why=Purpose.AUDIT):
        review.save()
        if flag.state != state:
            flag.state = state
            flag.save(update_fields=["state"])
        _tell(flag, decision, by)
    return review


def _key(one: Found) -> Key:
    return one.ground, str(one.user), "" if one.ground in ONCE else one.day, one.about


def _of(flag: Flag) -> Key:
    return flag.ground, str(flag.actor_id), "" if flag.ground in ONCE else flag.day, flag.about_code


def _near(wanted: Iterable[Found]) -> list[Flag]:
    """The flags that may be the same ones: of these days, and of these people where a day does not matter."""
    wanted = list(wanted)
    same_day = Flag.objects.filter(day__in={one.day for one in wanted})
    same_people = Flag.objects.filter(ground__in=ONCE, actor_id__in={one.user for one in wanted if one.ground in ONCE})
    return list(same_day | same_people)


def _has_grown(flag: Flag, one: Found, by: User) -> bool:
    return flag.state == FlagState.WAITING and one.number > flag.number and flag.actor_id != by.pk and flag.day == one.day


def _made(one: Found) -> Flag:
    return Flag(rev=1, ground=one.ground, actor_id=one.user, day=one.day, about_code=one.about, number=one.number,
                usual=one.usual, events=list(one.events[:MOST]))


def _tell(flag: Flag, decision: str, by: User) -> None:
    """By a notice with a code: who was asked sees what she opened, who is to speak with her learns her code."""
    if decision == Verdict.ASK:
        bridges.tell([flag.actor_id], NoticeKind.FLAG_ASKED, about=flag.code, path=reverse("desk:opened"))
    if decision == Verdict.SUPERVISOR:
        bridges.tell(_but(_supervisors(flag), flag, by), NoticeKind.FLAG_PASSED, about=flag.actor.code,
                     path=reverse("desk:notices"))
    if decision == Verdict.PROTECTION:
        bridges.tell(_but(_holders([Role.DATA_PROTECTION]), flag, by), NoticeKind.FLAG_PASSED, about=flag.code,
                     path=reverse("audit:flag-show", args=[flag.code]))


def _supervisors(flag: Flag) -> set[uuid.UUID]:
    """Who supervises the wings in which she works, in her office."""
    roles = {role for kind_roles in WING_SUPERVISORS.values() for role in kind_roles}
    return _holders(roles, office=flag.actor.office_id)


def _holders(roles: Iterable[Role], **where: object) -> set[uuid.UUID]:
    held = RoleGrant.objects.live().filter(role__in=list(roles), user__is_active=True, **where)
    return set(held.values_list("user_id", flat=True))


def _but(people: set[uuid.UUID], flag: Flag, by: User) -> Sequence[uuid.UUID]:
    return sorted(people - {flag.actor_id, by.pk})
