"""Offices for measuring, written by the superuser of the measuring cluster: millions of rows within a minute or two.

Guards sleep while the rows are written, because none of them is about anybody; then every guard stands as it stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
from django.db import connections, models
from django.utils import timezone
from psycopg import sql

from ijm.accounts.models import Office, User
from ijm.casefiles.models import CaseAccess, CaseFile, Source
from ijm.roles.table import Kind

NAME = "bench"
TABLES = ("accounts_office", "accounts_user", "casefiles_casefile", "casefiles_caseaccess")

INDEXES = """SELECT c.relname::text, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)"""


def fill(superuser: str, *, files: int, grants: int) -> None:
    """So many files, each with one person on it, each person on `grants` of them; the first is called "bench"."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        if connection.execute("SELECT FROM accounts_user WHERE username = %s", [NAME]).rowcount:
            return
        with asleep(connection, TABLES):
            for statement, values in _rows(files, max(1, files // grants)):
                connection.execute(statement, values)
        connection.execute("VACUUM ANALYZE accounts_user, casefiles_casefile, casefiles_caseaccess")


@contextmanager
def asleep(connection: psycopg.Connection, tables: Sequence[str]) -> Iterator[None]:
    """One transaction in which the triggers of these tables do nothing and their indexes wait; afterwards each is as it was."""
    with connection.transaction():
        connection.execute("SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '256MB'")
        waiting = [row for table in tables for row in connection.execute(INDEXES, [table]).fetchall()]
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(sql.Identifier(table)))
        for name, _definition in waiting:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        yield
        for _name, definition in waiting:
            connection.execute(definition.encode())
        for table in tables:
            _awake(connection, table)


def _awake(connection: psycopg.Connection, table: str) -> None:
    guards = [name for (name,) in connection.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname LIKE 'guard\\_%%'",
        [table])]
    connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER ALL").format(sql.Identifier(table)))
    for name in guards:
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}").format(*map(sql.Identifier, (table, name))))


def like(record: models.Model, source: str, **varies: str) -> tuple[sql.Composed, list[Any]]:
    """The INSERT that writes this record once for each row of `source`, in the order of its keys; `varies` says in SQL what
    differs, by column.
    """
    default = connections["default"]
    fields = record._meta.concrete_fields
    values = [sql.SQL(f"{varies.get(field.column, f'%s::{field.db_type(default)}')} AS \"{field.column}\"") for field in fields]
    said = [field.get_db_prep_save(field.pre_save(record, add=True), default) for field in fields if field.column not in varies]
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY id").format(
        sql.Identifier(record._meta.db_table), sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
        sql.SQL(", ").join(values), sql.SQL(source))
    return statement, said


def _rows(files: int, people: int) -> Iterator[tuple[sql.Composed, list[Any]]]:
    """Persons and files have keys made of their numbers, so that each row of access knows both."""
    office = Office(code="OF-BENCH", name_en="Bench", rev=1)
    user = User(code="", username="", name="Bench", password="!", office=office, rev=1)  # nosec B106: nobody signs in
    file = CaseFile(code="", kind=Kind.INVESTIGATION, office=office, opened_by=user, rev=1)
    place = CaseAccess(user=user, file=file, source=Source.ASSIGNMENT, reason_code="BENCH", granted_by=user, rev=1,
                       starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(days=90),
                       expires_at=timezone.now() + timedelta(days=90))
    all_people, all_files = f"generate_series(0, {people - 1}) n", f"generate_series(0, {files - 1}) n"
    hers, when = f"md5('p' || mod(n, {people}))::uuid", "now() - n * interval '1 minute'"
    yield like(office, "generate_series(1, 1)")
    yield like(user, all_people, id="md5('p' || n)::uuid", code="'US-' || n",
               username=f"CASE n WHEN 0 THEN '{NAME}' ELSE '{NAME}-' || n END")
    yield like(file, all_files, id="md5('f' || n)::uuid", code="'IV-' || n", opened_by_id=hers, sort_key=when, opened_at=when)
    yield like(place, all_files, id="gen_random_uuid()", file_id="md5('f' || n)::uuid", sort_key=when,
               user_id=hers, granted_by_id=hers)
