"""What of this room needs two people, for the four-eyes engine."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.kinds import Kind, Told
from ijm.approvals.models import Request
from ijm.budgets.models import Halt, Stop
from ijm.roles.budgets import Budget
from ijm.roles.table import Can


def unlock_thing(request: Request) -> dict[str, Any]:
    """The stop as it is now."""
    return Stop.objects.select_related("user").get(code=request.about).thing


def unlock_told(user: User, request: Request) -> Told:
    """What the decider reads: whose budget, which one."""
    stop = Stop.objects.select_related("user").get(code=request.about)
    return Told(stop.path,
                leaves=[f"{stop.user.display_name} ({stop.user.code}): {Budget(stop.kind).label}",
                        _now("As much again as the budget allows, for two hours; every look is recorded as before")],
                stays=[_now("Every other budget, and every rule about who may see what")])


def lift_thing(request: Request) -> dict[str, Any]:
    """The halt as it is now."""
    return dict(Halt.objects.select_related("office").get(code=request.about).thing)


UNLOCK = Kind(_("Two more hours for a colleague who came to the end of a budget"), asks=Can.BUDGET_ASK, decides=Can.BUDGET_UNLOCK,
              apply="ijm.budgets.actions.stops.unlock", thing="ijm.budgets.kinds.unlock_thing",
              told="ijm.budgets.kinds.unlock_told")
LIFT = Kind(_("The end of a halt: downloads and exports go on"), asks=Can.DOWNLOADS_HALT, decides=Can.DOWNLOADS_HALT,
            apply="ijm.budgets.actions.halts.lift", thing="ijm.budgets.kinds.lift_thing")
