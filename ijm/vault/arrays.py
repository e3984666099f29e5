"""Bundles in a statement, one or many: bytes are written as hexadecimal at once.

psycopg looks at every character of every element for something to escape, and then at every character of the array. In
hexadecimal there is nothing to find: the backslashes before the `x` are ours, and there is no quote.
"""

from __future__ import annotations

from binascii import hexlify
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.types.array import ListDumper
from psycopg.types.string import BytesBinaryDumper

BYTEA = types["bytea"].oid


class Arrays(ListDumper):
    """Writes arrays as psycopg does, those of bytes faster."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The array as PostgreSQL reads it."""
        if not self._is_of_bytes(obj):
            return super().dump(obj)
        return b"{%b}" % b",".join([b"NULL" if item is None else _element(item) for item in obj])

    def quote(self, obj: list[Any]) -> Buffer:
        """The array as a literal of a statement, whatever the server takes a backslash for."""
        if not self._is_of_bytes(obj):
            return super().quote(obj)
        return b" E'%b'" % bytes(self.dump(obj) or b"").replace(b"\\", b"\\\\")

    def _is_of_bytes(self, obj: list[Any]) -> bool:
        return self.sub_dumper is not None and self.sub_dumper.oid == BYTEA and not any(isinstance(item, list) for item in obj)


class Bytes(Dumper):
    """Writes bytes as psycopg does, faster."""

    oid = BYTEA

    def dump(self, obj: Any) -> Buffer:
        """The bytes as PostgreSQL reads them."""
        return b"\\x" + hexlify(obj)

    def quote(self, obj: Any) -> Buffer:
        """The bytes as a literal of a statement, whatever the server takes a backslash for."""
        return b" E'\\\\x%b'" % hexlify(obj)


def _element(item: Any) -> bytes:
    return b'"\\\\x%b"' % hexlify(item.obj if isinstance(item, psycopg.Binary) else item)


def register() -> None:
    """From the next connection on."""
    psycopg.adapters.register_dumper(list, Arrays)
    for dumper in (Bytes, BytesBinaryDumper):  # the last one is taken where values travel apart from the statement
        psycopg.adapters.register_dumper(bytes, dumper)


__all__ = ("Arrays", "Bytes", "register")
