"""What rescue operations say to the room of approvals."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.kinds import Kind, Told
from ijm.approvals.models import Request
from ijm.approvals.states import RequestState
from ijm.roles.table import Can
from ijm.trail.purposes import Purpose
from investigations import describing, policy
from investigations.actions import rescues
from investigations.codes import Check
from investigations.models import RescueOperation
from investigations.states import RescueState

HERE = "investigations.four_eyes."
RESCUE = Kind(_("A rescue operation"), Can.RESCUE_PLAN, Can.RESCUE_APPROVE, on_file=True, why=Purpose.RESCUE,
              apply=HERE + "begin", moved=HERE + "moved", thing=HERE + "thing", bars=HERE + "bars", told=HERE + "told")


def _of(request: Request) -> RescueOperation:
    found: RescueOperation = RescueOperation.objects.select_related("investigation__file").get(request=request)
    found.request = request
    return found


def thing(request: Request) -> dict[str, Any]:
    """The operation as it is planned now."""
    return _of(request).thing


def bars(request: Request) -> str | Promise:
    """An operation that was called off is not approved."""
    return "" if _of(request).state == RescueState.PLANNED else _("This operation was called off.")


def begin(request: Request, *, by: User) -> None:
    """It goes ahead."""
    rescues.begin(_of(request), by=by)


def moved(request: Request, *, by: User) -> None:
    """What is refused, taken back or not decided in time is called off; who wants it plans it anew."""
    operation = RescueOperation.objects.select_related("request").filter(request=request, state=RescueState.PLANNED).first()
    ended = request.state in (RequestState.REFUSED, RequestState.WITHDRAWN, RequestState.EXPIRED)
    if ended and operation is not None and policy.may_cancel(by, operation):
        rescues.cancel(operation, by=by)


def told(user: User, request: Request) -> Told:
    """How many are expected, how great the risk is, what is settled; place, time and plan are read on its own page."""
    operation = _of(request)
    settled = [label for check, label in Check.choices if check in operation.checks]
    open_ = [label for check, label in Check.choices if check not in operation.checks]
    return Told(reverse("investigations:rescue-show", args=[operation.code]),
                (describing.rescue_title(operation), operation.get_risk_display(), *settled), open_)
