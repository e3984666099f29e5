"""Dumps of a database by PostgreSQL's own programs, each of one moment, with its rows counted at that moment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from ijm.embedded import programs
from ijm.embedded.manifests import Unusable

# What a restored office makes anew: the key that signs who asks, who is signed in, and what was only kept for speed.
LEFT_OUT = ("guard.context_key", "public.django_session", "public.ijm_cache")
TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""


def conninfo(login: Mapping[str, Any]) -> str:
    """The connection string of one of Django's database entries."""
    return psycopg.conninfo.make_conninfo(
        dbname=login["NAME"], user=login["USER"], password=login["PASSWORD"], host=login["HOST"] or None,
        port=login["PORT"] or None, **login["OPTIONS"])


def dump(dsn: str, to: Path) -> dict[str, int]:
    """Write the whole database into this file, in pg_dump's own format; says how many rows each table had.

    Tables that are never logged are left out: they are derived, and must not outlive an erasure. Counting and dumping see
    one and the same moment (an exported snapshot). Raises Unusable when the server or the program refuses.
    """
    try:
        with psycopg.connect(dsn) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            snapshot = _one(connection, "SELECT pg_export_snapshot()")
            rows = counted(connection)
            _run("pg_dump", dsn, "--format=custom", "--no-unlogged-table-data", "--lock-wait-timeout=60s",
                 f"--snapshot={snapshot}", *(f"--exclude-table-data={table}" for table in LEFT_OUT), f"--file={to}")
    except psycopg.Error as error:
        raise Unusable("BACKUP-REFUSED", f"The database refused the back-up: {type(error).__name__}. Check the login.") from None
    return rows


def counted(connection: psycopg.Connection) -> dict[str, int]:
    """{schema.table: rows} of every lasting table but those that are left out."""
    tables = [row for row in connection.execute(TABLES).fetchall() if f"{row[0]}.{row[1]}" not in LEFT_OUT]
    return {f"{schema}.{table}": int(_one(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))))
            for schema, table in tables}


def restore(dsn: str, source: Path) -> None:
    """Put a dump into an empty database, all of it or nothing; raises Unusable when it does not fit."""
    _run("pg_restore", dsn, "--single-transaction", "--exit-on-error", str(source))


def _one(connection: psycopg.Connection, query: Any) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _run(program: str, dsn: str, *arguments: str) -> None:
    """Run one of the server's programs; the password goes by the environment, where other accounts cannot read it."""
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    password = str(parts.pop("password", ""))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    where = f"--dbname={psycopg.conninfo.make_conninfo('', **parts)}"
    done = subprocess.run(
        [str(programs.found(None) / program), where, "--no-password", *arguments],
        env={**kept, "PGPASSWORD": password, "LC_ALL": "C"}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        # the first line only: later ones may quote a row
        said = next((line for line in done.stderr.splitlines() if ": error:" in line), "it said nothing")
        raise Unusable("DUMP-FAILED", f"{program} failed: {said.split(': error:', 1)[-1].strip()}")
