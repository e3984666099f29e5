"""Recording incidents: act, means, purpose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from ijm.accounts.models import User
from ijm.ids import new_code
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from investigations import policy
from investigations.models import Incident, Investigation
from investigations.states import Event


def record(investigation: Investigation, *, by: User, acts: Sequence[str], means: Sequence[str],
           purposes: Sequence[str], is_child: bool, occurred: str, province: str = "", account: str = "",
           at: datetime | None = None) -> Incident:
    """Say what was done, how and what for; for a child act and purpose suffice. `occurred` is an approximate day."""
    require(policy.may_work(by, investigation))
    incident = Incident(
        code=new_code("IC"), file=investigation.file, investigation=investigation, acts=list(acts), means=list(means),
        purposes=list(purposes), is_child=is_child, occurred=occurred, province=province, recorded_by=by,
        recorded_at=at or timezone.now())
    if account:
        incident.account = account
    with entry(Event.INCIDENT_RECORDED, by=by, about=incident):
        incident.save()
    return incident
