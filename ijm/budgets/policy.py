"""Who sees that somebody was stopped, who asks for more, who stops everything, who makes a decoy."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import RoleGrant, User
from ijm.approvals.models import Request
from ijm.budgets.models import Halt, Stop
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can, who_can
from ijm.web.codes import get_by_code

UNLOCK, LIFT = "budget.unlock", "halt.lift"


def visible_stops(user: User) -> QuerySet[Stop]:
    """Her own, and for who may unlock those of the office."""
    return Stop.objects.select_related("user", "office")


def get_stop(user: User, code: str) -> Stop:
    """One stop by its code, however it was typed."""
    return get_by_code(visible_stops(user), code)


def visible_halts(user: User) -> QuerySet[Halt]:
    """Every halt that ever was, the latest first."""
    return Halt.objects.select_related("set_by", "office")


def get_halt(user: User, code: str) -> Halt:
    """One halt by its code, however it was typed."""
    return get_by_code(visible_halts(user), code)


def requests(about: Stop | Halt) -> QuerySet[Request]:
    """What was asked about it, the latest first; row security shows each to asker and deciders."""
    return Request.objects.filter(kind=UNLOCK if isinstance(about, Stop) else LIFT, about=about.code).order_by("-asked_at")


def stands(halt: Halt) -> bool:
    """Whether it holds back downloads still: until a second person agreed to end it."""
    return not requests(halt).filter(state="done").exists()


def unlockers(stop: Stop) -> list[User]:
    """Who may give her more: supervisors and data-protection officers of her office and of the one that supports it."""
    offices = {stop.office_id, stop.office.supported_by_id} - {None}
    grants = RoleGrant.objects.live().filter(role__in=who_can(Can.BUDGET_UNLOCK), office__in=offices, user__is_active=True)
    return list(User.objects.filter(pk__in=grants.exclude(user=stop.user_id).values("user_id")))


def may_ask(by: User, stop: Stop) -> Decision:
    """Who was stopped asks herself, today, once at a time."""
    return (Decision(stop.user_id == by.pk, by, stop, "unlock.refused", _("Who was stopped asks herself."), "not-hers")
            .and_(stop.on_day == timezone.localdate(), _("This was another day; the budget is new."), "day")
            .and_(not requests(stop).filter(state="asked").exists(), _("You asked already; a supervisor decides."), "asked"))


def may_halt(by: User) -> Decision:
    """An administrator or a data-protection officer stops everything, alone and at once."""
    return role_decision(by, Can.DOWNLOADS_HALT)


def may_lift(by: User, halt: Halt) -> Decision:
    """They ask for its end too; another one of them agrees."""
    return (role_decision(by, Can.DOWNLOADS_HALT, halt)
            .and_(stands(halt), _("It has ended already."), "ended")
            .and_(not requests(halt).filter(state="asked").exists(), _("Its end is asked for already."), "asked"))
