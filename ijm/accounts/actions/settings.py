"""What a person chooses for herself: language, light or dark, shortcuts; and ending all her sessions."""

from __future__ import annotations

from ijm.accounts import policy, reach
from ijm.accounts.models import User
from ijm.accounts.sessions import SessionStore
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def choose(*, by: User, **chosen: str | bool) -> None:
    """Remember her choices on whatever device she signs in next; what is chosen already is not written again."""
    require(policy.may_choose(by))
    new = {name: value for name, value in chosen.items() if getattr(by, name) != value}
    if not new:
        return
    with entry(Event.SETTINGS_CHANGED, by=by, about=by, why=Purpose.SIGN_IN):
        for name, value in new.items():
            setattr(by, name, value)
        by.save(update_fields=list(new))


def end_sessions(*, by: User) -> None:
    """End every session of hers, on every device; this one goes on only if the page keeps it."""
    require(policy.may_choose(by))
    with entry(Event.SESSIONS_ENDED, by=by, about=by, why=Purpose.SIGN_IN):
        by.sessions += 1
        by.save(update_fields=["sessions"])


def end_session(which: str, *, by: User) -> bool:
    """End one session of hers, on another device; false where it has ended already."""
    require(policy.may_choose(by))
    found = next((one for one in reach.sessions_of(by) if str(one.id) == which), None)
    if found is None:
        return False
    with entry(Event.SESSIONS_ENDED, by=by, about=by, why=Purpose.SIGN_IN):
        SessionStore(found.session).delete()
    return True
