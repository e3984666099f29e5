"""Keeping a filter, sharing it with the office, removing it."""

from __future__ import annotations

from django.http import QueryDict
from django.utils import timezone

from ijm.accounts.models import User
from ijm.desk import policy
from ijm.desk.models import SavedFilter
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.web import lists


def keep(name: str, *, by: User, query: str) -> SavedFilter:
    """Keep how a list is narrowed now, without what the list does not know; a second time changes nothing."""
    listing = lists.by_name(name)
    clean = lists.clean(listing, QueryDict(query)) if listing else ""
    require(policy.may_keep(by, listing, clean))
    found = SavedFilter.objects.filter(owner=by, listing=name, query=clean, removed_at__isnull=True).first()
    if found is not None:
        return found
    kept = SavedFilter(owner=by, office=by.office, listing=name, query=clean)
    with entry(Event.FILTER_KEPT, by=by, about=None):
        kept.save()
    return kept


def share(kept: SavedFilter, *, by: User, shared: bool) -> None:
    """Show it to everybody of her office, or to nobody else again."""
    require(policy.may_change(by, kept))
    with entry(Event.FILTER_SHARED if shared else Event.FILTER_UNSHARED, by=by, about=None):
        kept.is_shared = shared
        kept.save(update_fields=["is_shared"])


def remove(kept: SavedFilter, *, by: User) -> None:
    """Keep it no longer."""
    require(policy.may_change(by, kept))
    with entry(Event.FILTER_REMOVED, by=by, about=None):
        kept.removed_at = timezone.now()
        kept.save(update_fields=["removed_at"])
