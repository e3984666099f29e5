"""Lists that may be taken along as a sheet: their own columns, filters and order, codes and open fields only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import resolve
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.bridges import SHEETS
from ijm.web import lists
from ijm.web.lists.shown import Shown

AT_ONCE = 1_000  # rows made while somebody waits; more are made by the worker
Dress = Callable[[Any], Any] | None
Source = Callable[[User], tuple[Any, Dress]]


@dataclass(frozen=True)
class Sheet:
    """One list as a table: its title, its columns, its records in the order of the page, the cells of a record."""

    title: str
    columns: tuple[str, ...]
    records: Any
    cells: Callable[[Any], list[Any]]
    number: int

    @property
    def stays(self) -> tuple[str, ...]:
        """What the records hold and no sheet takes along."""
        return (_("Names, addresses and telephones"), _("Everything sealed, and every note"))

    def rows(self) -> Iterable[Any]:
        """The records, a few hundred at a time."""
        rows: Iterable[Any] = self.records.iterator(500)
        return rows


def of_list(user: User, source: str, query: str, language: str = "") -> Sheet | None:
    """The list of this page, narrowed and sorted as its address says; None for a page that gives no sheet, or not to her."""
    listing = lists.by_name(source) if source in SHEETS else None
    if listing is None or not _is_hers(user, listing):
        return None
    find: Source = import_string(SHEETS[source])
    rows, dress = find(user)
    with translation.override(language or translation.get_language()):
        shown = Shown(listing, _look(user, query), rows, dress)
        columns = [column for column in shown.table.columns if not isinstance(column.column, lists.Act)]
        return Sheet(str(listing.title), tuple(str(column.header) for column in columns), shown.table.data.data,
                     lambda record: [cell(column, record) for column in columns], shown.count)


def _is_hers(user: User, listing: lists.Listing) -> bool:
    """Whether the door of the list's own page opens to one of her roles."""
    door: Any = getattr(resolve(listing.url).func, "door", None)
    return bool(door) and (not door.roles or any(role in door.roles for role in user.role_codes))


def _look(user: User, query: str) -> HttpRequest:
    """What a list asks of a request: who looks, and what the address says."""
    made = HttpRequest()
    made.user, made.GET = user, QueryDict(query)
    return made


def cell(bound: Any, record: Any) -> Any:
    """What stands in a cell as plain data: codes, words, days, numbers."""
    column = bound.column
    if isinstance(column, lists.Code):
        return column.of(record)
    if isinstance(column, lists.Text):
        return column.say(record)
    kept = bound.accessor.resolve(record, quiet=True)
    if isinstance(column, lists.Person):
        return kept.display_name if kept else ""
    word = getattr(record, f"get_{bound.name}_display", lambda: kept)()
    return column.said.get(kept, word) if isinstance(column, lists.State) else word
