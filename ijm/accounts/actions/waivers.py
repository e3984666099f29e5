"""A small office does without an exclusion: proposed by who runs it, agreed by the office that supports it, ended by either."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import cast

from django.utils import timezone

from ijm import bridges
from ijm.accounts import policy, reach
from ijm.accounts.models import Office, User, Waiver
from ijm.accounts.models.waivers import LONGEST
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.roles.table import Role
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def propose(office: Office, roles: tuple[Role, Role], *, by: User, reason: str, until: datetime | None = None) -> Waiver:
    """Propose that one person may hold these two roles here; it is worth nothing until the supporting office agrees."""
    require(policy.may_propose_waiver(by, office, roles))
    one, other = sorted(roles)
    supporter = cast(uuid.UUID, office.supported_by_id)  # an office that none supports was refused
    made = Waiver(office=office, supporter_id=supporter, role=one, other=other, reason=reason, proposed_by=by,
                  expires_at=until or timezone.now() + LONGEST)
    with entry(Event.WAIVER_PROPOSED, by=by, about=office, why=Purpose.ADMINISTRATION) as said:
        said.parts["q"] = {"roles": [one, other]}
        for over in office.waivers.filter(role=one, other=other, ended_at__isnull=True, expires_at__lte=timezone.now()):
            _end(over, by)
        made.save()
        bridges.tell(reach.deciders_of(supporter), "waiver.to_agree", about=office.code,
                     path=f"/desk/offices/{office.code}/small/")
    return made


def agree(waiver: Waiver, *, by: User) -> None:
    """Agree, as a second person of the supporting office."""
    require(policy.may_agree_waiver(by, waiver))
    with entry(Event.WAIVER_AGREED, by=by, about=waiver.office, why=Purpose.ADMINISTRATION) as said:
        said.parts["q"] = {"roles": [waiver.role, waiver.other]}
        waiver.agreed_by, waiver.agreed_at = by, timezone.now()
        waiver.save(update_fields=["agreed_by", "agreed_at"])


def end(waiver: Waiver, *, by: User) -> None:
    """The exclusion holds again from now on; so is a proposal refused or taken back."""
    require(policy.may_end_waiver(by, waiver))
    with entry(Event.WAIVER_ENDED, by=by, about=waiver.office, why=Purpose.ADMINISTRATION) as said:
        said.parts["q"] = {"roles": [waiver.role, waiver.other]}
        _end(waiver, by)


def _end(waiver: Waiver, by: User) -> None:
    waiver.ended_by, waiver.ended_at = by, timezone.now()
    waiver.save(update_fields=["ended_by", "ended_at"])
