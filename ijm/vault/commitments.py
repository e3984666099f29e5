"""What an event promised of sealed values is opened: for a court, one field of one event at a time.

How a commitment is made stands in `ijm.vault.promises`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ijm.roles.decisions import Holder
from ijm.vault.disclosure import admit
from ijm.vault.errors import Tampered
from ijm.vault.keyring import keys, why_not
from ijm.vault.promises import NEW, OLD, commit, salt
from ijm.vault.sealed import SealedModel

SIDES = ("old", "new")


def openings(record: SealedModel, body: Mapping[str, Any], fields: Iterable[str], *, by: Holder) -> list[dict[str, str]]:
    """What proves to anybody the values of these fields before and after this event, and of no other field or event.

    `body` is the event. Gives {event, path, side ("old", "new"), value, salt, commit} for each value that was there; the
    look is recorded first, for the purpose of the door. Raises Refused, NoDoor, VaultError where a value or its key does not
    open, Tampered where it is not the value that the event promised, KeyError for a name that is not sealed.
    """
    rows, table = [], f"{record._meta.db_table}.{record.pk}."
    for bundle, names in admit([record], tuple(fields), to=by).items():
        number = body.get("ck", {}).get(f"{record.pk}.{bundle.name}")
        for side, row in _rows(record, body) if number is not None else ():
            values = bundle.open(row, bundle.keys_of([row]))
            for name in (name for name in names if body["chg"].get(table + name, (None, None))[side]):
                rows.append(_opening(number, record, body, name, side, values[name]))
    return rows


def _rows(record: SealedModel, body: Mapping[str, Any]) -> list[tuple[int, Any]]:
    """The history rows before the event's first change of this record and after its last, as far as there are any."""
    told = [row[3] for row in body["hist"] if row[0] == record._meta.db_table and row[1] == str(record.pk)]
    life = list(type(record).history.filter(id=record.pk).order_by("history_date", "rev"))
    places = [index for index, row in enumerate(life) if str(row.history_id) in told]
    if not places:
        return []
    former = [(OLD, life[places[0] - 1])] if places[0] else []
    return [*former, (NEW, life[places[-1]])]


def _opening(number: int, record: SealedModel, body: Mapping[str, Any], name: str, side: int,
             value: str | None) -> dict[str, str]:
    key = keys([number]).get(number)
    if key is None:
        raise why_not(number)
    path = f"{record._meta.db_table}.{record.pk}.{name}"
    hidden = salt(key, body["id"], record.pk, name, side)
    if value is None or commit(hidden, path, value) != body["chg"][path][side]:
        raise Tampered(path)
    return {"event": body["id"], "path": path, "side": SIDES[side], "value": value, "salt": hidden.hex(),
            "commit": body["chg"][path][side]}


__all__ = ("commit", "openings", "salt")
