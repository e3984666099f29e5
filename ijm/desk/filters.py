"""Kept filters as links: called by their own words, in the language of whoever looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ijm.web import lists


@dataclass(frozen=True)
class Link:
    """A kept filter: where it leads, what it is called, whether the office sees it, whether it is hers."""

    pk: str
    listing: lists.Listing
    query: str
    title: str
    is_shared: bool
    is_mine: bool

    @property
    def url(self) -> str:
        """The list, narrowed."""
        return f"{self.listing.url}?{self.query}"


def links(kept: Iterable[dict[str, Any]]) -> list[Link]:
    """Those whose list still exists and still understands them."""
    known = {one.name: one for one in lists.every()}
    found = []
    for one in kept:
        listing = known.get(one["listing"])
        query = lists.clean(listing, QueryDict(one["query"])) if listing else ""
        if listing and query:
            found.append(Link(str(one["pk"]), listing, query, title(listing, query), one["shared"], one["mine"]))
    return found


def title(listing: lists.Listing, query: str) -> str:
    """What a filter is called: its tab and its filters in words."""
    said = lists.said(listing, QueryDict(query))
    return " · ".join(said) or _("As sorted here")
