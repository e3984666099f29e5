"""Sixty rows where there was one: copies made by the superuser, to measure what a long list costs; no test of rights."""

from __future__ import annotations

import psycopg
from psycopg import sql

TABLES = (
    "investigations_tip", "investigations_investigation", "investigations_rescueoperation", "aftercare_referral",
    "aftercare_survivor", "casefiles_delivery", "aftercare_courtsupport", "prosecutions_prosecution", "prosecutions_hearing",
    "notices_notice", "notices_reminder", "accounts_user", "jobs_job", "documents_paper", "reports_import", "reports_export",
    "desk_pin", "casefiles_caseaccess", "casefiles_rosterline",
    "erasures_erasure", "erasures_legalhold", "audit_flag", "audit_package",
    "casefiles_wall", "casefiles_seal",
)
# What must differ although nothing here is unique any more: the name somebody signs in with.
OTHERWISE = {"id": "gen_random_uuid()", "username": "t.username || n"}
LET_GO = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname) || ' CASCADE' FROM pg_constraint
  WHERE conrelid = $1::regclass AND contype = 'u'
UNION ALL SELECT 'DROP INDEX ' || indexrelid::regclass FROM pg_index
  WHERE indrelid = $1::regclass AND indisunique AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""".replace("$1", "%(table)s")


def grow(connection: psycopg.Connection, rows: int) -> None:
    """Copy the newest row of each table until there are this many; guards and unique keys of this database are gone."""
    for table in TABLES:
        for (statement,) in connection.execute(LET_GO, {"table": table}).fetchall():
            connection.execute(statement)
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(sql.Identifier(table)))
        _copy(connection, table, rows)


def _copy(connection: psycopg.Connection, table: str, rows: int) -> None:
    columns = [name for (name,) in connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table]).fetchall()]
    values = sql.SQL(", ").join(
        sql.SQL(OTHERWISE[name]) if name in OTHERWISE else sql.SQL("t.{}").format(sql.Identifier(name)) for name in columns)
    connection.execute(sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t, generate_series(1, %s) n").format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns)), values=values), [rows])
