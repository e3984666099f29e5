"""Taking back what was just done here, as a change of its own."""

from __future__ import annotations

from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles.models import Status
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from investigations import policy
from investigations.models import Investigation, Tip
from investigations.states import Event, TipState


def take_decline_back(tip: Tip, *, by: User) -> None:
    """A tip that was just declined can become an investigation again."""
    require(policy.may_take_decline_back(by, tip))
    with entry(Event.TIP_DECLINE_TAKEN_BACK, by=by, about=tip):
        tip.state = TipState.ASSESSED
        tip.save(update_fields=["state"])


def take_closing_back(investigation: Investigation, *, by: User, to: str) -> None:
    """An investigation that was just closed goes on at the stage before."""
    require(policy.may_take_closing_back(by, investigation))
    with entry(Event.CLOSING_TAKEN_BACK, by=by, about=investigation):
        investigation.stage, investigation.stage_since = to, timezone.now()
        investigation.save(update_fields=["stage", "stage_since"])
        investigation.file.move_to(Status.OPEN)
