"""One event, or every event about one record: in its place under the newest checkpoint, without reading the rest of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice

from audit import queries
from audit.log.store import Held
from audit.log.tree import is_consistent, is_included, leaf
from audit.verifying.points import Points
from audit.verifying.records import Reconciler, rows_told
from audit.verifying.report import Report
from audit.verifying.whole import Check

BODY = "SELECT body FROM audit_event WHERE id = %s"
BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def events(check: Check, wanted: Iterable[int]) -> Report:
    """Each of these events: its bytes, its place, its proof under the newest signed root; and that the witness knows that log."""
    report, newest = check.report, check.store.newest()
    if not check.keys:
        report.missing.append("the log's public key (log.pub): without it no signature tells anything")
    if newest is None:
        report.missing.append("a checkpoint: nothing has been signed yet")
    if newest is None or not check.keys:
        return report
    Points(check.store, check.keys, report, check.witnesses).check(newest)
    _witnessed(check, newest)
    for event in wanted:
        _proved(check, event, newest)
    return report


def record(check: Check, code: str) -> Report:
    """Every event that names this record, and the rows they tell of, held against their history."""
    queries.bring_up_to_date()
    found = queries.events(queries.meaning(code), since=BEGINNING, until=END)
    if not found:
        check.report.missing.append("an event about this record: none names it")
        return check.report
    report = events(check, [one.id for one in found])
    Reconciler(report).rows(rows_told(one.body for one in found))
    return report


def _witnessed(check: Check, newest: Held) -> None:
    """The newest root that the witness file knows is that of the beginning of this log."""
    points = Points(check.store, check.keys, check.report, check.witnesses, check.file)
    last = points.last_witnessed()
    if last is None:
        check.report.missing.append("the witness file: without it nobody can tell whether the end of the log was cut off")
        return
    if last.size > newest.size:
        check.report.trouble("shorter", "witness", f"{newest.size} events are signed; the witness file knows {last.size}.",
                             place=last.size)
        return
    try:
        proof = check.store.consistency(last.size, newest.size)
    except LookupError:
        proof = []
    if not is_consistent(last.size, newest.size, last.root, newest.root, proof):
        check.report.trouble("root", "witness", f"The log does not continue the {last.size} events that the witness file knows.",
                             place=last.size)


def _proved(check: Check, event: int, newest: Held) -> None:
    report, rows = check.report, check.store.rows(BODY, [event])
    place = check.store.leaf_of(event)
    if not rows:
        report.trouble("vanished", "tree", f"The event with the number {event} has vanished.", place=place)
    elif place is None:
        report.missing.append(f"a place for the event with the number {event}: it waits to be sequenced")
    elif place >= newest.size:
        report.unchecked.append(f"the event in place {place} is newer than the last checkpoint: it is signed next")
    else:
        report.looked["events"] += 1
        if not _is_under(check, place, leaf(bytes(rows[0][0])), newest):
            report.trouble("root", "tree", f"The event in place {place} is not the one that was signed.", place=place)


def _is_under(check: Check, place: int, hashed: bytes, newest: Held) -> bool:
    try:
        path = check.store.inclusion(place, newest.size)
    except LookupError:
        return False
    return is_included(place, newest.size, hashed, list(islice(path, 64)), newest.root)


__all__ = ("events", "record")
