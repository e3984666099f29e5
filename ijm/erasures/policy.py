"""Who may ask that somebody be forgotten, who agrees, who may hold it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.states import RequestState
from ijm.bridges import WORKERS
from ijm.erasures.meant import Meant, numbers, obstacles
from ijm.erasures.models import Erasure, LegalHold
from ijm.erasures.states import ErasureState
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can, Kind, Role
from ijm.vault.errors import Held
from ijm.web.codes import get_by_code


def visible_erasures(user: User) -> QuerySet[Erasure]:
    """What she asked for, what her office's people asked for if she guards their rights, what is about her files."""
    return Erasure.objects.select_related("request__asked_by", "request__decided_by", "office", "issued")


def get_erasure(user: User, code: str) -> Erasure:
    """One erasure by its code, however it was typed."""
    return get_by_code(visible_erasures(user), code)


def visible_holds(user: User) -> QuerySet[LegalHold]:
    """The holds on persons of her files, and all of her office for who guards their rights."""
    return LegalHold.objects.select_related("placed_by", "lifted_by", "office")


def get_hold(user: User, code: str) -> LegalHold:
    """One hold by its number, however it was typed."""
    return get_by_code(visible_holds(user), code)


def may_ask_at_all(by: User) -> Decision:
    """Whether this page is for her."""
    return role_decision(by, Can.ERASURE_ASK)


def may_ask(by: User, meant: Meant) -> Decision:
    """Her own worker asks, because she wishes it, or the data-protection officer."""
    return (role_decision(by, Can.ERASURE_ASK)
            .and_(meant.kind == Kind.CARE, _("Write the code of a survivor."), "kind")
            .and_(_guards(by) or is_worker(by, meant.kind, meant.file_id),
                  _("Her own worker asks, or the data-protection officer."), "worker")
            .and_(not _asked_already(meant.person_id), _("An erasure is asked for already, or done."), "already"))


def barred(erasure: Erasure) -> str | Promise:
    """Why nothing may be destroyed: a hold stands, or a file with her is open. Empty when nothing stands against it."""
    found = obstacles(erasure)
    named = numbers(found) or _("an open case file")
    return _("%(code)s: blocked by %(hold)s.") % {"code": Held.code, "hold": named} if found else ""


def may_begin(by: User, erasure: Erasure) -> Decision:
    """Whoever has just approved it has it done, while nothing stands against it."""
    why, request = barred(erasure), erasure.request
    is_hers = request.state == RequestState.APPROVED and request.decided_by_id == by.pk and erasure.step == ErasureState.WAITING
    return (role_decision(by, Can.ERASURE_APPROVE, erasure)
            .and_(is_hers, _("Nobody has approved it, or it is begun already."), "decided")
            .and_(not why, why, "hold"))


def may_go_on(by: User, erasure: Erasure) -> Decision:
    """What was approved and stopped half-way is finished by who might have approved it."""
    return (role_decision(by, Can.ERASURE_APPROVE, erasure)
            .and_(erasure.request.asked_by_id != by.pk, _("You asked for this; another person decides."), "self")
            .and_(erasure.step == ErasureState.APPROVED, _("There is nothing to finish."), "state"))


def may_print(by: User, erasure: Erasure) -> Decision:
    """Whoever sees a finished erasure prints its certificate."""
    return role_decision(by, Can.ERASURE_ASK, erasure).and_(
        erasure.step == ErasureState.DONE, _("There is no certificate yet."), "state")


def may_hold(by: User, meant: Meant, until_on: date) -> Decision:
    """The liaison holds what her cases need, the data-protection officer what the law demands; until a day to come."""
    return (role_decision(by, Can.HOLD_PLACE)
            .and_(_guards(by) or meant.kind == Kind.PROSECUTION,
                  _("The liaison holds the records of the people in her cases."), "kind")
            .and_(until_on > timezone.localdate(), _("A hold ends on a day to come; it can be placed again."), "day"))


def may_lift(by: User, hold: LegalHold) -> Decision:
    """A hold is lifted by those who may place one, once."""
    return role_decision(by, Can.HOLD_PLACE, hold).and_(hold.stands, _("This hold has ended already."), "ended")


def is_worker(user: User, kind: str, file: uuid.UUID) -> bool:
    """Whether she is the worker of the person whose file this is, as its wing knows it."""
    ask: Callable[[User, uuid.UUID], bool] = import_string(WORKERS[kind])
    return ask(user, file)


def _guards(user: User) -> bool:
    return Role.DATA_PROTECTION in user.role_codes


def _asked_already(person: uuid.UUID) -> bool:
    waits = Q(step=ErasureState.WAITING, request__state=RequestState.ASKED, request__expires_at__gt=timezone.now())
    return Erasure.objects.filter(waits | Q(step__in=(ErasureState.APPROVED, ErasureState.DONE)), person_id=person).exists()
