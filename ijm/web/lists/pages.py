"""A list as a page, and every list of the house by its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from ijm.web import pages
from ijm.web.lists.listing import Bulk, Listing
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


def every(resolver: URLResolver | None = None) -> Iterator[Listing]:
    """Every list of the house, as the addresses know them."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from every(entry)
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
    part = bool(getattr(request, "htmx", False)) and request.htmx.target == REGION  # type: ignore[attr-defined]
    whole = not part or request.htmx.history_restore_request  # type: ignore[attr-defined]
    answer = pages.page(request, template if whole else "web/lists/part.html", shown=shown, listing=listing, **context)
    answer.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return answer
