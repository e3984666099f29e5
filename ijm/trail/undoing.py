"""What a record was before somebody's last change: the ground on which a change is taken back."""

from __future__ import annotations

from typing import Any

from ijm.trail.context import Person
from ijm.trail.errors import Stale
from ijm.trail.history import Recorded


def former(record: Recorded, *, by: Person, rev: int) -> Any:
    """The row as it was before the change that made revision `rev`.

    Raises Stale when the record has changed since, when that change was somebody else's, or when it made the record.
    """
    rows = list(type(record).history.filter(id=record.pk).order_by("-rev")[:2])
    if record.rev != rev or len(rows) < 2 or rows[0].rev != rev or rows[0].history_user_id != by.pk:
        raise Stale(f"{record._meta.label} {record.pk}")
    return rows[1]


def beside(record: Recorded, model: type[Recorded]) -> list[Any]:
    """The history rows of another model that were changed in the same entry as this record was last."""
    last = type(record).history.filter(id=record.pk).order_by("-rev").first()
    if last is None or not last.history_change_reason:
        return []
    same = model.history.filter(history_change_reason=last.history_change_reason)
    return list(same.exclude(id=record.pk))
