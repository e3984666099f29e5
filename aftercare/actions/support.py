"""Support around a hearing, and the news of a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from aftercare import policy
from aftercare.models import CourtSupport, Need, Survivor
from aftercare.states import Event, SupportState
from ijm.accounts.models import User
from ijm.casefiles import deliveries
from ijm.casefiles.models import Delivery
from ijm.messages import Event as BaseEvent
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def plan(delivery: Delivery, survivor: Survivor, *, by: User, needs: Iterable[str], companion: User) -> CourtSupport:
    """Take up the news of a hearing: what she needs, and who goes with her."""
    require(policy.may_plan_support(by, delivery, companion))
    wanted = set(needs)
    support = CourtSupport(
        file=delivery.file, survivor=survivor, delivery=delivery, companion=companion,
        hearing_at=datetime.fromisoformat(delivery.payload["at"]), court=delivery.payload.get("court", ""),
        needs=[need.value for need in Need if need in wanted])
    with entry(Event.SUPPORT_NEEDED, by=by, about=support, why=Purpose.COURT):
        _take(delivery, by)
        support.save()
    return support


def arrange(support: CourtSupport, *, by: User) -> None:
    """Say that everything she needs for the hearing is arranged."""
    require(policy.may_arrange(by, support))
    with entry(Event.SUPPORT_ARRANGED, by=by, about=support, why=Purpose.COURT):
        support.state, support.arranged_by, support.arranged_at = SupportState.ARRANGED, by, timezone.now()
        support.save(update_fields=["state", "arranged_by", "arranged_at"])


def call_off(delivery: Delivery, survivor: Survivor, *, by: User) -> None:
    """Take up that a hearing is off: what was planned for it is called off, and news of it that still waits is done with."""
    require(policy.may_call_off(by, delivery))
    hearing = delivery.payload["hearing"]
    planned = policy.visible_support(by).filter(survivor=survivor, delivery__payload__hearing=hearing)
    announced = policy.waiting_deliveries(by).filter(file=survivor.file, kind="HearingScheduled", payload__hearing=hearing)
    with entry(Event.SUPPORT_CALLED_OFF, by=by, about=survivor, why=Purpose.COURT):
        for waiting in (delivery, *announced):
            _take(waiting, by)
        for row in planned.exclude(state=SupportState.CALLED_OFF):
            row.state = SupportState.CALLED_OFF
            row.save(update_fields=["state"])


def tell(delivery: Delivery, survivor: Survivor, *, by: User) -> None:
    """Take up the news of a verdict: her own people have told her."""
    require(policy.may_tell_verdict(by, delivery))
    with entry(Event.VERDICT_TOLD, by=by, about=survivor, why=Purpose.COURT):
        _take(delivery, by)


def _take(delivery: Delivery, by: User) -> None:
    with entry(BaseEvent.DELIVERY_TAKEN, by=by, about=delivery, why=Purpose.COURT):
        deliveries.take(delivery, by=by)
