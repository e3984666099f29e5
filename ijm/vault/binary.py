"""A cursor that takes rows as the server holds them: sealed bytes and keys are copied, not spelt out and read again.

Values still go to the server as Django writes them; only the answer to an ORM query comes in binary form. Everything
else, and every statement that is several, goes the ordinary way. Method: the extended protocol of PostgreSQL without
parameters and with binary results (PQsendQueryParams, result format 1).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db.backends.postgresql.base import Cursor as DjangoCursor  # type: ignore[attr-defined]
from psycopg.pq import Format
from psycopg.types.datetime import TimestamptzBinaryLoader
from psycopg.types.net import InetBinaryLoader
from psycopg.types.numeric import Int8BinaryLoader
from psycopg.types.string import TextBinaryLoader

ORM_QUERY = b'SELECT "'


class Moment(TimestamptzBinaryLoader):
    """A moment in UTC, as Django has it."""

    def load(self, data: Any) -> datetime:
        """The moment of these bytes."""
        return super().load(data).astimezone(UTC)


class Json(TextBinaryLoader):
    """The text of a JSON value, which Django's field reads itself."""

    def load(self, data: Any) -> Any:
        """The text behind the version number."""
        return super().load(bytes(data)[1:])


class Address(InetBinaryLoader):
    """A network address as text."""

    def load(self, data: Any) -> Any:
        """The address written out."""
        return str(super().load(data))


class Transaction(Int8BinaryLoader):
    """The number of a transaction as text, as it comes the ordinary way."""

    def load(self, data: Any) -> Any:
        """The number written out."""
        return str(super().load(data))


for name, loader in (("timestamptz", Moment), ("jsonb", Json), ("inet", Address), ("cidr", Address), (5069, Transaction)):
    psycopg.adapters.register_loader(name, loader)


class Cursor(DjangoCursor):  # type: ignore[misc]
    """Django's own cursor; the rows of an ORM query come in binary form."""

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        if self._conn._pipeline or not query.query.startswith(ORM_QUERY):
            super()._execute_send(query, force_extended=force_extended, binary=binary)
            return
        self._query = query
        self._pgconn.send_query_params(query.query, None, result_format=Format.BINARY)
