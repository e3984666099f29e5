"""One look at a list: what the address asks for, answered in two questions, one for the counts and one for the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property

from ijm.web.lists.filters import Filters
from ijm.web.lists.listing import PAGE, SORT, TAB, Bulk, Empty, Listing, Tab

ROWS = 25


@dataclass
class Shown:
    """One look at a list: the filters as given, the tab that is open, the page of rows, and every link around them."""

    listing: Listing
    request: HttpRequest
    rows: QuerySet[Any]
    dress: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    bulk: Bulk | None = None

    @cached_property
    def given(self) -> QueryDict:
        """What the address says, as far as this list knows it."""
        return self.listing.kept(self.request.GET)

    @cached_property
    def filters(self) -> Filters | None:
        """The filters with what was chosen."""
        made = self.listing.filters
        return made(self.given, queryset=self.rows, request=self.request) if made else None

    @cached_property
    def narrowed(self) -> QuerySet[Any]:
        """The rows that the filters leave."""
        return self.filters.qs if self.filters is not None else self.rows

    @cached_property
    def tab(self) -> Tab | None:
        """The tab that is open; the first one when none is named."""
        named = self.given.get(TAB, "")
        return next((tab for tab in self.listing.tabs if tab.key == named), next(iter(self.listing.tabs), None))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows lie under each tab, in one question; without tabs, how many there are."""
        asked = {f"t_{tab.key}": Count("pk", filter=tab.condition()) for tab in self.listing.tabs} or {"t_": Count("pk")}
        found: dict[str, int] = self.narrowed.order_by().aggregate(**asked)
        return found

    @property
    def count(self) -> int:
        """How many rows this list has as it is filtered now."""
        return self.counts[f"t_{self.tab.key}" if self.tab else "t_"]

    @cached_property
    def table(self) -> Any:
        """The columns, sorted as asked, else as the list or its tab is sorted."""
        wanted = (self.tab.order if self.tab else "") or self.listing.order
        rows = self.narrowed.filter(self.tab.condition()) if self.tab else self.narrowed
        table = self.listing.table(self.dress(rows) if self.dress else rows, order_by=wanted.split(","), order_by_field=SORT)
        asked = self.given.get(SORT, "").partition(",")[0]
        if asked.removeprefix("-") in table.columns and table.columns[asked.removeprefix("-")].orderable:
            table.order_by = [asked]
        table.request = self.request
        table.data.data = table.data.data.order_by(*table.data.data.query.order_by, "pk")
        return table

    @cached_property
    def page(self) -> Any:
        """The page that was asked for, a page that is not there becomes the last one; its rows are read once."""
        pager = Counted(self.table.rows, ROWS)
        pager.known = self.count
        page = pager.get_page(self.request.GET.get(PAGE))
        page.object_list = list(page.object_list) if self.count else []
        if self.bulk:
            for row in page.object_list:
                row.record.tick = {"sends": self.bulk.of(row.record), "says": self.bulk.named(row.record)}
        return page

    @property
    def records(self) -> list[Any]:
        """The records on this page."""
        return [row.record for row in self.page.object_list]

    @property
    def empty(self) -> Empty:
        """What to say while nothing is here."""
        return (self.tab.empty if self.tab else None) or self.listing.empty

    @property
    def is_narrowed(self) -> bool:
        """Whether filters are why so little is shown."""
        return self.filters is not None and self.filters.is_used

    @property
    def address(self) -> str:
        """This list as it stands, without its page number: what can be saved and shared."""
        return self.given.urlencode()

    def link(self, **changes: str) -> str:
        """The address of this list with something changed."""
        changed = self.given.copy()
        for name, value in changes.items():
            if value:
                changed[name] = value
            else:
                changed.pop(name, None)
        return f"?{changed.urlencode()}"

    @property
    def here(self) -> str:
        """The address of what is shown now, without empty answers."""
        return self.link(page=str(self.page.number) if self.page.number > 1 else "")

    @property
    def clear(self) -> str:
        """The same tab in the same order, without filters."""
        kept = {name: self.given[name] for name in (TAB, SORT) if name in self.given}
        return f"?{'&'.join(f'{name}={value}' for name, value in kept.items())}"

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The tabs with their counts and addresses."""
        first = self.listing.tabs[0].key if self.listing.tabs else ""
        return [{"key": tab.key, "label": tab.label, "current": tab is self.tab, "count": self.counts[f"t_{tab.key}"],
                 "url": self.link(show="" if tab.key == first else tab.key, sort="")} for tab in self.listing.tabs]

    @property
    def heads(self) -> list[dict[str, Any]]:
        """The heads of the columns: how each sorts now, and what pressing it does."""
        return [self._head(column) for column in self.table.columns]

    def _head(self, column: Any) -> dict[str, Any]:
        alias = column.order_by_alias
        sorted_ = ("descending" if alias.is_descending else "ascending") if column.is_ordered else ""
        return {"name": column.name, "label": column.header, "sorted": sorted_, "num": column.column.num,
                "hidden": column.column.hidden, "next": str(alias.next),
                "url": self.link(sort=str(alias.next)) if column.orderable else ""}

    @property
    def older(self) -> str:
        """The next page."""
        return self.link(page=str(self.page.next_page_number())) if self.page.has_next() else ""

    @property
    def newer(self) -> str:
        """The page before."""
        return self.link(page=str(self.page.previous_page_number())) if self.page.has_previous() else ""


class Counted(Paginator):  # type: ignore[type-arg]
    """Pages of rows whose number is known already."""

    known = 0

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return self.known
