"""A list as a page, and every list of the house by its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import get_resolver, resolve
from django.urls.resolvers import URLResolver
from django.utils.http import urlencode

from ijm.roles.budgets import Budget
from ijm.trail import spending
from ijm.web import pages
from ijm.web.lists.filters import chosen
from ijm.web.lists.filters import said as filters_said
from ijm.web.lists.listing import SORT, TAB, Bulk, Listing
from ijm.web.lists.shown import Shown
from ijm.web.looks import seen

REGION = "list"
View = Callable[..., HttpResponse]


def shows(listing: Listing) -> Callable[[View], View]:
    """Say which list a view shows: so saved filters, and the test of every list, find it by its address."""

    def mark(view: View) -> View:
        view.listing = listing  # type: ignore[attr-defined]
        return view

    return mark


def listing_of(view: Any) -> Listing | None:
    """The list that a view shows."""
    return getattr(view, "listing", None)


def by_name(name: str) -> Listing | None:
    """The list of this address name."""
    return next((one for one in every() if one.name == name), None)


@cache
def every() -> tuple[Listing, ...]:
    """Every list of the house, as the addresses know them."""
    return tuple(_listed(get_resolver()))


def _listed(resolver: URLResolver) -> Iterator[Listing]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _listed(entry)
        elif found := listing_of(entry.callback):
            yield found


def page(request: HttpRequest, listing: Listing, rows: QuerySet[Any], *,
         dress: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None, bulk: Bulk | None = None,
         template: str = "web/lists/page.html", **context: Any) -> HttpResponse:
    """Answer with the list, or with its table only when a filter, a tab or a head asks for just that.

    `dress` adds what only the rows of one page need. Every row on the page is recorded as seen.
    """
    shown = Shown(listing, request, rows, dress, bulk)
    seen(request, shown.records)
    spending.some(Budget.PAGES)
    part = bool(getattr(request, "htmx", False)) and request.htmx.target == REGION  # type: ignore[attr-defined]
    whole = not part or request.htmx.history_restore_request  # type: ignore[attr-defined]
    answer = pages.page(request, template if whole else "web/lists/part.html", shown=shown, listing=listing, **context)
    if part:
        answer.headers["HX-Push-Url"] = listing.url + shown.here
    answer.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return answer


def door_of(listing: Listing) -> Any:
    """The door in front of a list: who may come in."""
    return _door(listing.url)


@cache
def _door(url: str) -> Any:
    """Doors do not change while a process lives, and every page asks about all lists."""
    return getattr(resolve(url).func, "door", None)


def clean(listing: Listing, given: QueryDict) -> str:
    """An address of this list without what it does not understand, in one fixed order; nothing when nothing is left."""
    kept = listing.kept(given)
    narrows = listing.filters is not None and bool(chosen(listing.filters.read(kept)))
    first = listing.tabs[0].key if listing.tabs else ""
    wanted = [(name, str(value)) for name, value in kept.items() if narrows or name in (TAB, SORT)]
    return urlencode(sorted(pair for pair in wanted if pair != (TAB, first)))


def said(listing: Listing, given: QueryDict) -> list[str]:
    """An address of this list in words: its tab, its filters."""
    tab = [str(one.label) for one in listing.tabs if one.key == given.get(TAB)]
    return tab + (filters_said(listing.filters.read(given)) if listing.filters else [])
