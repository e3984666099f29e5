"""Who may keep, share and remove a filter."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.desk.models import SavedFilter
from ijm.roles.decisions import Decision
from ijm.web import lists

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
