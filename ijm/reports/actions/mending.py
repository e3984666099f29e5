"""Mending the rows of an import, and deciding which of them stay out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from django.utils import timezone

from ijm.accounts.models import User
from ijm.reports import holding, policy
from ijm.reports.holding import Held
from ijm.reports.htcds.columns import Column, by_field
from ijm.reports.htcds.mends import Mend
from ijm.reports.models import Import, ImportPart
from ijm.reports.states import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

Change = Callable[[Held], Held]


def accept(record: Import, *, by: User, number: int, column: str, alike: bool = False) -> int:
    """Accept the mend that was suggested for a cell, or for every cell that is wrong in the same way; says how many rows."""
    require(policy.may_change(by, record))
    today, wanted = timezone.localdate(), by_field()[column]
    with entry(Event.IMPORT_MENDED, by=by, about=record, why=Purpose.IMPORT):
        mend = _mend_at(record, by, number, wanted, today)
        if mend is None:
            return 0
        parts = [part for part in _parts(record) if part.index["mend"]] if alike else [_part_of(record, number)]
        return _changed(record, by, parts, lambda held: _mended(held, wanted, mend, today, None if alike else number))


def _mend_at(record: Import, by: User, number: int, column: Column, today: date) -> Mend | None:
    rows = _open(_part_of(record, number), by)
    return next((holding.mend_for(held, column, today) for held in rows if held.number == number), None)


def _mended(held: Held, column: Column, mend: Mend, today: date, only: int | None) -> Held:
    """The row with its own mend, when it is of the same sort as the one that was accepted."""
    if held.out or only not in (None, held.number):
        return held
    own = holding.mend_for(held, column, today)
    if own is None or (own.kind, own.original) != (mend.kind, mend.original):
        return held
    return held.with_cell(column.field, own.text)


def write(record: Import, *, by: User, number: int, cells: dict[str, str]) -> None:
    """Write some cells of one row anew; what stood outside the columns is dropped."""
    require(policy.may_change(by, record))

    def written(held: Held) -> Held:
        if held.number != number:
            return held
        for column, text in cells.items():
            held = held.with_cell(column, text)
        return held.without_strays()

    with entry(Event.IMPORT_MENDED, by=by, about=record, why=Purpose.IMPORT):
        _changed(record, by, [_part_of(record, number)], written)


def sort(record: Import, *, by: User, numbers: Iterable[int], out: bool) -> int:
    """Leave these rows out, or take them in again; says how many changed."""
    require(policy.may_change(by, record))
    wanted = set(numbers)
    parts = [part for part in _parts(record) if wanted & set(part.index["rows"])]
    with entry(Event.IMPORT_SORTED, by=by, about=record, why=Purpose.IMPORT):
        return _changed(record, by, parts,
                        lambda held: replace(held, out=out) if held.number in wanted and held.out != out else held)


def _parts(record: Import) -> list[ImportPart]:
    return list(record.parts.filter(number__gt=0).order_by("number"))


def _part_of(record: Import, number: int) -> ImportPart:
    return next(part for part in _parts(record) if number in part.index["rows"])


def _open(part: ImportPart, by: User) -> list[Held]:
    return list(holding.from_bytes(part.open(to=by, event=Event.IMPORT_TAKEN_UP)))


def _changed(record: Import, by: User, parts: Iterable[ImportPart], change: Change) -> int:
    """Seal the changed parts anew and count again; says how many rows are other than before."""
    today, number = timezone.localdate(), 0
    for part in parts:
        rows = _open(part, by)
        new = [change(held) for held in rows]
        different = sum(one is not other for one, other in zip(rows, new, strict=True))
        if different:
            part.index = holding.index_of(new, today)
            part.seal(holding.to_bytes(new))
            part.save(update_fields=["parcel", "parcel_key", "index"])
            number += different
    _count_again(record)
    return number


def _count_again(record: Import) -> None:
    indexes = [part.index for part in _parts(record)]
    record.to_mend, record.known, record.alike, record.left_out = (
        sum(len(index[name]) for index in indexes) for name in ("mend", "known", "alike", "out"))
    record.save(update_fields=["to_mend", "known", "alike", "left_out"])
