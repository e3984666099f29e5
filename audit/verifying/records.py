"""The reconciler: live row = newest history row = newest event, in every recorded table; it learns keys and no content.

The comparison is made inside the database (guard.reconcile_<table>): this login may read no record.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from audit.queries import AUDITOR, bring_up_to_date
from audit.verifying.report import Report
from ijm.guard.render import histories
from ijm.vault import shredding

PORTION = 500
FIRST = uuid.UUID(int=0)
SAYS = {
    "gone": "is gone, though nobody deleted it",
    "differs": "is not as its newest history and event say",
    "no-history": "has no history",
    "untold": "has a history that no event told",
    "history-changed": "has a history that is not as its events say",
    "went-back": "went back to an earlier revision",
    "history-gone": "lacks history that its events tell of",
}
Row = tuple[str, uuid.UUID]


def tables() -> list[str]:
    """Every recorded table."""
    return sorted(model._meta.db_table for model in histories())


def rows_told(bodies: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows that these events tell of."""
    known = set(tables())
    return sorted({(told[0], uuid.UUID(told[1])) for body in bodies for told in body.get("hist", ()) if told[0] in known})


def destroyed_keys(report: Report) -> Report:
    """Whether a key that an erasure destroyed is in the key database again."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT DISTINCT id FROM guard.erased()")
        erased = [row[0] for row in cursor.fetchall()]
    for scope in shredding.come_back(erased):
        says = f"A key that an erasure destroyed is in the key database again ({scope})."
        report.trouble("key-back", "reconciler", says, table="vault_key", row=str(scope))
    report.looked["erased persons and files"] += len(erased)
    return report


@dataclass
class Reconciler:
    """One run over tables or rows."""

    report: Report

    def everything(self) -> Report:
        """Every row of every recorded table, in portions."""
        bring_up_to_date()
        for table in tables():
            self.report.looked["tables"] += 1
            for _portion in self._portions(table):
                pass
        return self.report

    def rows(self, rows: Iterable[Row]) -> Report:
        """These rows alone."""
        for table, row in rows:
            self.report.looked["rows"] += 1
            self._told(table, [found for found in _ask(table, uuid.UUID(int=row.int - 1), 1) if found[0] == row])
        return self.report

    def _portions(self, table: str) -> Iterator[int]:
        after = FIRST
        while found := _ask(table, after, PORTION):
            after = found[-1][0]
            self._told(table, found)
            yield len(found)

    def _told(self, table: str, found: Iterable[tuple[uuid.UUID, str | None]]) -> None:
        for row, problem in found:
            if problem is not None:
                says = f"A row of {table} {SAYS[problem]} ({row})."
                self.report.trouble(problem, "reconciler", says, table=table, row=str(row))


def _ask(table: str, after: uuid.UUID, most: int) -> list[tuple[uuid.UUID, str | None]]:
    """(key, problem) of the rows after this key; the last says None: so far was looked. Nothing when there are no more."""
    with connections[AUDITOR].cursor() as cursor:
        cursor.execute(f"SELECT pk, problem FROM guard.reconcile_{table}(%s, %s)", [after, most])  # nosec B608: a table of ours
        return list(cursor.fetchall())


__all__ = ("Reconciler", "destroyed_keys", "rows_told", "tables")
