"""Adding values of our own to a list, mending words, ordering, retiring."""

from __future__ import annotations

import re

from django.utils import timezone

from ijm.messages import Event
from ijm.reference import changes, policy
from ijm.reference.models import Amendment
from ijm.reference.values import Value, values
from ijm.roles.decisions import Holder, require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

LONGEST = 30  # signs of an own value's code: every column that holds one has room for it


def add(table: str, *, by: Holder, name_en: str, name_km: str, export_as: str, position: int) -> Amendment:
    """Add a value of our own; a record that leaves calls it by the standard's word `export_as`."""
    require(policy.may_add(by, table))
    made = Amendment(of_list=table, item=_code(table, name_en), name_en=name_en, name_km=name_km, export_as=export_as,
                     position=position, is_own=True)
    with entry(Event.LIST_VALUE_ADDED, by=by, about=made, why=Purpose.ADMINISTRATION):
        made.save()
        changes.changed()
    return made


def change(value: Value, *, by: Holder, name_en: str, name_km: str, position: int) -> None:
    """Mend the words and the place of a value; the English word of an outside source stays."""
    require(policy.may_curate(by))
    found = _amendment(value)
    found.name_km, found.position = name_km, position
    if value.is_own:
        found.name_en = name_en
    with entry(Event.LIST_VALUE_CHANGED, by=by, about=found, why=Purpose.ADMINISTRATION):
        found.save()
        changes.changed()


def retire(value: Value, *, by: Holder) -> None:
    """Offer a value no longer; records that hold it keep it."""
    require(policy.may_retire(by, value))
    found = _amendment(value)
    found.retired_at = timezone.now()
    with entry(Event.LIST_VALUE_RETIRED, by=by, about=found, why=Purpose.ADMINISTRATION):
        found.save()
        changes.changed()


def restore(value: Value, *, by: Holder) -> None:
    """Offer a retired value again."""
    require(policy.may_restore(by, value))
    found = _amendment(value)
    found.retired_at = None
    with entry(Event.LIST_VALUE_RESTORED, by=by, about=found, why=Purpose.ADMINISTRATION):
        found.save()
        changes.changed()


def _amendment(value: Value) -> Amendment:
    """The row in which this house keeps what it changed; a new one when nothing was changed yet."""
    found = Amendment.objects.filter(of_list=value.table, item=value.item).first()
    return found or Amendment(of_list=value.table, item=value.item)


def _code(table: str, name: str) -> str:
    """A code made of the English words, as the standard makes its own, that no other value of the list has."""
    letters = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", name))[:LONGEST - 4] or "Own"
    taken = {one.item for one in values(table)}
    tries = (letters, *(f"{letters}{number}" for number in range(2, 1000)))
    return next(code for code in tries if code not in taken)
