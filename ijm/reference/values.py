"""One value of a list as pages show it: from an outside source or our own, in its present words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from ijm.reference.changes import amendments
from ijm.reference.models import Amendment, CodeItem, CodeList, Country, Court, Named, Province

OUTSIDE: dict[str, type[Named]] = {"countries": Country, "provinces": Province, "courts": Court}
SOURCES = {"countries": "ISO 3166-1", "provinces": "NCDD", "courts": "cacj-ajp.org"}


@dataclass(frozen=True)
class Value:
    """One value: its list, its code there, its words in both languages, its place, and what became of it."""

    table: str
    item: str
    name_en: str
    name_km: str
    position: int
    export_as: str
    is_own: bool = False
    is_retired: bool = False

    @property
    def code(self) -> str:
        """What an address calls it."""
        return f"{self.table}:{self.item}"

    @property
    def name(self) -> str:
        """Its words in the language of the reader; English where there are no Khmer ones."""
        return self.name_km if (get_language() or "").startswith("km") and self.name_km else self.name_en


def values(table: str) -> Sequence[Value]:
    """Every value of a list in its order, retired ones too; `CodeList.DoesNotExist` when there is no such list."""
    changed = {one.item: one for one in amendments(table)}
    found = [_official(table, *row, changed.get(row[0])) for row in _rows(table)]
    found += [_own(one) for one in changed.values() if one.is_own]
    return tuple(sorted(found, key=lambda value: value.position))


def value(code: str) -> Value | None:
    """The value that an address calls by this code."""
    table, _sign, item = code.partition(":")
    try:
        return next((one for one in values(table) if one.item == item), None)
    except CodeList.DoesNotExist:
        return None


def _rows(table: str) -> list[tuple[str, str, str, int, str]]:
    """(code, English, Khmer, place, word of the standard) of each row of the outside source."""
    if table in OUTSIDE:
        found = OUTSIDE[table]._default_manager.values_list("code", "name_en", "name_km")
        return [(code, en, km, (place + 1) * 10, code) for place, (code, en, km) in enumerate(found)]
    items = CodeItem.objects.filter(code_list=CodeList.objects.get(pk=table))
    return list(items.values_list("item", "name_en", "name_km", "position", "export_as"))


def _official(table: str, item: str, en: str, km: str, place: int, export_as: str, changed: Amendment | None) -> Value:
    if changed is None:
        return Value(table, item, en, km, place, export_as)
    return Value(table, item, en, changed.name_km or km, place if changed.position is None else changed.position, export_as,
                 is_retired=changed.retired_at is not None)


def _own(one: Amendment) -> Value:
    return Value(one.of_list, one.item, one.name_en, one.name_km, one.position or 0, one.export_as, is_own=True,
                 is_retired=one.retired_at is not None)
