"""Who may keep, share and remove a filter; who asks for and begins a change of keys."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.agreed import objection
from ijm.desk.key_changes import KeyChange, Work
from ijm.desk.models import SavedFilter
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can
from ijm.web import lists
from ijm.web.codes import get_by_code

MOST = 40


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
    return KeyChange.objects.select_related("request__asked_by", "request__decided_by")


def get_key_change(by: User, code: str) -> KeyChange:
    """The change of keys of this code; everything else is not there."""
    return get_by_code(visible_key_changes(by), code)


def may_ask_keys(by: User) -> Decision:
    """Who runs the system asks for a change of keys."""
    return role_decision(by, Can.OFFICE_RUN)


def may_start_keys(by: User, change: KeyChange) -> Decision:
    """Who asked begins what a second person agreed to; any administrator begins again what stopped or left something."""
    why = objection(change.request, change.thing) if change.work == Work.WAITING else ""
    return (role_decision(by, Can.OFFICE_RUN, change)
            .and_(change.work != Work.DONE, _("It is done."), "state")
            .and_(change.work != Work.WAITING or change.request.asked_by_id == by.pk, _("Who asked for it begins it."), "owner")
            .and_(not why, why, "state"))


def may_finish_keys(by: User, change: KeyChange) -> Decision:
    """The work that an administrator began is ended in her name."""
    return role_decision(by, Can.OFFICE_RUN, change).and_(change.work == Work.RUNNING, _("It does not run."), "state")
