"""Who may keep, share and remove a filter; who asks for, agrees to and begins a change of keys."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.desk.key_changes import ChangeState, KeyChange
from ijm.desk.models import SavedFilter
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can, Role
from ijm.web import lists
from ijm.web.codes import get_by_code

MOST = 40
DECIDERS = frozenset({Role.ADMINISTRATOR, Role.DATA_PROTECTION})
STARTABLE = (ChangeState.AGREED, ChangeState.LEFT, ChangeState.RUNNING)


def may_look(by: User, listing: lists.Listing) -> bool:
    """Whether the door of this list is open to her."""
    door = lists.door_of(listing)
    return door is not None and (not door.roles or bool(door.roles & by.role_codes))


def may_keep(by: User, listing: lists.Listing | None, query: str) -> Decision:
    """Everybody keeps filters of the lists she may open, as long as they filter something this list knows."""
    known = listing is not None and may_look(by, listing)
    return (Decision(by.is_active and known, by, None, "filter.refused", reason="list")
            .and_(bool(query), _("There is nothing to keep: choose a filter first."), "empty")
            .and_(SavedFilter.objects.filter(owner=by, removed_at__isnull=True).count() < MOST,
                  _("Forty filters are kept already. Remove one first."), "most"))


def may_change(by: User, kept: SavedFilter) -> Decision:
    """A filter is shared and removed by the person who keeps it."""
    return Decision(kept.owner_id == by.pk and kept.removed_at is None, by, None, "filter.refused", reason="not-hers")


def visible_key_changes(by: User) -> QuerySet[KeyChange]:
    """Changes of keys, the newest first, for who runs the system and who guards the rights of the persons in it."""
    seen = KeyChange.objects.select_related("asked_by", "decided_by")
    return seen if by.role_codes & DECIDERS else seen.none()


def get_key_change(by: User, code: str) -> KeyChange:
    """The change of keys of this code; everything else is not there."""
    return get_by_code(visible_key_changes(by), code)


def may_ask_keys(by: User) -> Decision:
    """Who runs the system asks for a change of keys."""
    return role_decision(by, Can.OFFICE_RUN)


def may_decide_keys(by: User, change: KeyChange) -> Decision:
    """A second person decides: the data-protection officer, or another administrator."""
    return (Decision(bool(by.role_codes & DECIDERS), by, change, "keys.refused", reason="role")
            .and_(change.asked_by_id != by.pk, _("A second person decides about what you asked for."), "self")
            .and_(change.state == ChangeState.ASKED, _("This has been decided already."), "decided"))


def may_start_keys(by: User, change: KeyChange) -> Decision:
    """An administrator begins what was agreed, and begins again what stopped or left something."""
    return role_decision(by, Can.OFFICE_RUN, change).and_(
        change.state in STARTABLE, _("It is begun when a second person has agreed."), "state")


def may_finish_keys(by: User, change: KeyChange) -> Decision:
    """The work that an administrator began is ended in her name."""
    return role_decision(by, Can.OFFICE_RUN, change).and_(change.state == ChangeState.RUNNING, _("It does not run."), "state")
