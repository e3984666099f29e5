"""The bench of the audit on a few rows, in a process of its own: the peers change Django wherever they are loaded."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import django


def main(dsn: str) -> None:
    """Measure everything on the databases of this environment and print what was found."""
    django.setup()
    from audit import bench
    from audit.bench import models, proving, recording
    from ijm import measuring
    from ijm.casefiles import bench as files

    small: list[tuple[Any, str, int]] = [
        (files, "FILES", 40), (files, "GRANTS", 5), (models, "ROWS", 120), (recording, "EACH", 1),
        (proving, "EVENTS", 3_000), (proving, "EVERY", 500)]
    for module, name, value in small:
        setattr(module, name, value)
    measures = {one.name: one for part in bench.parts(dsn) for one in part.prepared() if one.name in part.names}
    figures = [measuring.run(replace(one, heavy=True), rounds=2) for one in measures.values()]
    print(json.dumps({"figures": [json.loads(figure.json()) for figure in figures], "saw": measures["who_saw"].ours(),
                      **_left(dsn, measures)}))


def _left(dsn: str, measures: dict[str, Any]) -> dict[str, Any]:
    from audit.bench import models

    tables = {model.__name__: model.history.model._meta.db_table for model in (models.Ours, models.Bare, models.Signals)}
    tables |= {"Triggered": "bench_triggered_event", "Logged": "auditlog_logentry", "events": "audit_event"}
    before = _counts(dsn, tables)
    one = measures["update_full"]
    one.ours(), one.other(), one.peer()
    measures["history_only"].peer(), measures["update_one"].peer()
    return {"left": {name: number - before[name] for name, number in _counts(dsn, tables).items()}}


def _counts(dsn: str, tables: dict[str, str]) -> dict[str, int]:
    import psycopg

    with psycopg.connect(dsn) as connection:
        rows = {name: connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() for name, table in tables.items()}
    return {name: int(row[0]) for name, row in rows.items() if row}


if __name__ == "__main__":
    main(sys.argv[1])
