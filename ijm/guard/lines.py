"""A history row as one line of text that never depends on a session's settings: what its digest is made of.

The line is the RFC 8785 (JCS) form of {column: value} with every column of the history table but the key numbers of bundles;
docs/formats.md says how each type is written. Bytes stand as their SHA-256, so that a change of keys can be followed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models

from ijm.guard.rekeying import bundles

BARE = ("integer", "smallint", "bigint", "boolean")
SHA = "encode(sha256({column}), 'hex')"


@dataclass(frozen=True)
class Line:
    """One history row: its line as it was when it was written, and the salt of its digest."""

    history_id: UUID
    line: bytes
    salt: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of salt and line, in hexadecimal, as the event of the change names it."""
        return hashlib.sha256(self.salt + self.line).hexdigest()


def fields(past: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that stand in the line, by name; the key number of a bundle is in the bundle's header."""
    numbers = {f"{name}_key" for name in bundles(past)}
    return sorted((field for field in past._meta.concrete_fields if field.column not in numbers), key=lambda field: field.column)


def expression(past: type[models.Model], alias: str, *, sha: Callable[[str], str] | None = None) -> str:
    """The SQL that writes the line of a row of this history table; `sha` gives a bytes column's digest in its own way."""
    found = fields(past)
    pattern = ",".join(f'"{field.column}":%s' for field in found)
    values = ", ".join(_value(field, f"{alias}.{field.column}", sha) for field in found)
    return f"format('{{{pattern}}}', {values})"


def _value(field: models.Field[Any, Any], column: str, sha: Callable[[str], str] | None) -> str:
    kind = field.db_type(connections[DEFAULT_DB_ALIAS]) or ""
    if kind in BARE:
        text = f"{column}::text"
    elif kind == "timestamp with time zone":
        text = f"to_json({column} AT TIME ZONE 'UTC')::text"
    elif kind == "bytea":
        digest = sha(field.column) if sha else SHA.format(column=column)
        text = f"'\"' || {digest} || '\"'"
    elif kind == "uuid":
        text = f"'\"' || {column} || '\"'"
    else:
        text = f"to_json({column}{'' if kind == 'date' else '::text'})::text"
    return f"coalesce({text}, 'null')" if field.null else text


def lines(past: type[models.Model], history_ids: Iterable[UUID], *, using: str = DEFAULT_DB_ALIAS) -> Iterator[Line]:
    """The lines of these history rows, as far as the person in the door may read them; in no order.

    A bundle that lies under another key meanwhile stands with the digest that it had at first, so the digest is that of
    the event whatever keys were changed since.
    """
    table = past._meta.db_table

    def first(column: str) -> str:
        return before_keys(table, "h.history_id", column, f"h.{column}")

    line = expression(past, "h", sha=first if bundles(past) else None)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT h.history_id, " + line.replace("%", "%%") + ", guard.row_salt(h.history_id) "
                       f"FROM {table} h WHERE h.history_id = ANY (%s)", [list(history_ids)])  # nosec B608: names of ours
        for history_id, text, salt in cursor.fetchall():
            yield Line(history_id, text.encode(), bytes(salt))


def before_keys(table: str, row: str, column: str, value: str) -> str:
    """The SQL of the digest that this bundle had before its keys were ever changed."""
    return f"guard.before_keys('{table}', {row}, '{column}', {SHA.format(column=value)})"
