"""What a list is: its name, columns, filters and tabs, and what it says while it is empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise

from ijm.bridges import SHEETS
from ijm.web.lists.columns import Table
from ijm.web.lists.filters import Filters

Words = str | Promise
TAB, SORT, PAGE = "show", "sort", "page"


@dataclass(frozen=True)
class Empty:
    """What a list says while nothing is in it: what it is, when it fills, the next step."""

    title: Words
    text: Words = ""
    symbol: str = "inbox"
    action: Words = ""
    view: str = ""

    @property
    def url(self) -> str:
        """Where the next step is done."""
        return reverse(self.view) if self.view else ""


@dataclass(frozen=True)
class Tab:
    """A part of a list with its own count; `where` may be worked out anew, since some depend on the hour."""

    key: str
    label: Words
    where: Q | Callable[[], Q] = field(default_factory=Q)
    empty: Empty | None = None
    order: str = ""

    def condition(self) -> Q:
        """Which rows lie under it."""
        return self.where() if callable(self.where) else self.where


@dataclass(frozen=True)
class Bulk:
    """One act over several rows of a list, begun by ticking them; `of` is what a tick sends, `named` what it is called."""

    view: str
    label: Words
    icon: str = "check"
    of: Callable[[Any], object] = lambda record: record.code
    named: Callable[[Any], object] = lambda record: record.code


@dataclass(frozen=True)
class Listing:
    """A list of the house: what it is called, its columns, filters and tabs, and what it says while it is empty."""

    name: str
    title: Words
    table: type[Table]
    order: str
    empty: Empty
    lead: Words = ""
    filters: type[Filters] | None = None
    tabs: tuple[Tab, ...] = ()
    tabs_label: Words = ""
    rows: Callable[[Any], QuerySet[Any]] | None = None

    def first(self, user: Any) -> QuerySet[Any] | None:
        """The rows under its first tab: the number that stands beside its name in the side."""
        rows = self.rows(user) if self.rows else None
        return rows.filter(self.tabs[0].condition()) if rows is not None and self.tabs else rows

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(self.name)

    @property
    def is_sheet(self) -> bool:
        """Whether it may be taken along as a sheet."""
        return self.name in SHEETS

    @property
    def fields(self) -> list[str]:
        """The names that may stand in its address and mean something; the page number is not among those worth keeping."""
        return [TAB, SORT, *(self.filters.names() if self.filters else ())]

    def kept(self, given: QueryDict) -> QueryDict:
        """An address without anything this list does not know: what somebody put there comes back on no page."""
        clean = QueryDict(mutable=True)
        for name in self.fields:
            value = given.get(name, "")
            if value and self._understands(name, value):
                clean[name] = value
        return clean

    def _understands(self, name: str, value: str) -> bool:
        if name == TAB:
            return value in {tab.key for tab in self.tabs}
        if name == SORT:
            return value.removeprefix("-") in self.table.base_columns
        return self.filters is not None and self.filters.understands(name, value)
