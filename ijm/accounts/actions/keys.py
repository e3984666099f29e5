"""The alarm when a passkey counts backwards: it has a twin."""

from __future__ import annotations

from ijm import bridges
from ijm.accounts import policy, reach
from ijm.accounts.models import User
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def copied(*, by: User) -> None:
    """Somebody may hold a copy of her key: her sessions end, she and those who can take the key away are told."""
    require(policy.may_choose(by))
    with entry(Event.KEY_COPIED, by=by, about=by, why=Purpose.SIGN_IN):
        by.sessions += 1
        by.save(update_fields=["sessions"])
        reach.end_sessions(by)
        bridges.tell([by.pk], "factor.copied", about=by.code, path="/account/settings/")
        others = {*reach.runners(by.office), *reach.deciders(by.office)} - {by.pk}
        bridges.tell(sorted(others), "factor.copied", about=by.code, path=f"/desk/people/{by.code}/")
