"""Arrays of bytes arrive as they were sent, whoever puts them into the statement; all other arrays as ever."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connections

from ijm.vault.arrays import Arrays

EVERY_BYTE = bytes(range(256))
BYTES = [
    [EVERY_BYTE, b"", None, b"'\"\\{},", b"\\x00"],
    [b"\0"],
    [memoryview(EVERY_BYTE)[30:99], psycopg.Binary(b"NULL")],
    [[b"a\\", b"'"], [b'"', b"\0"]],
]


def arrived(sent: Any) -> Any:
    """The same with plain bytes in it."""
    if isinstance(sent, list):
        return [arrived(item) for item in sent]
    return None if sent is None else bytes(sent.obj if isinstance(sent, psycopg.Binary) else sent)


@pytest.mark.parametrize("sent", BYTES, ids=["every byte", "one", "views", "nested"])
def test_bytes_arrive_as_they_were_sent(db: None, sent: list[Any]) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT %s::bytea[]", [sent])
        assert cursor.fetchone()[0] == arrived(sent)
        with psycopg.Cursor(cursor.connection) as bound:  # values apart from the statement
            assert bound.execute("SELECT %t::bytea[]", [sent]).fetchone() == (arrived(sent),)


def test_bytes_arrive_whatever_the_server_takes_a_backslash_for(db: None) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL standard_conforming_strings = off")
        cursor.execute("SELECT %s::bytea[]", [BYTES[0]])
        assert cursor.fetchone()[0] == BYTES[0]


@pytest.mark.parametrize("sent", [EVERY_BYTE, b"", b"'\"\\{},", b"\\x00", b"\0"], ids=["every", "no", "quotes", "hex", "nil"])
@pytest.mark.parametrize("setting", ["on", "off"])
def test_single_bytes_arrive_as_they_were_sent(db: None, sent: bytes, setting: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET LOCAL standard_conforming_strings = {setting}")
        cursor.execute("SELECT %s, pg_typeof(%s)::text", [sent, sent])
        assert cursor.fetchone() == (sent, "bytea")
        with psycopg.Cursor(cursor.connection) as bound:
            assert bound.execute("SELECT %s, %t::bytea", [sent, sent]).fetchone() == (sent, sent)


@pytest.mark.parametrize("sent", [[], [None], ["a\\", "'", None], [1, None, 2], [[1], [2]]], ids=repr)
def test_other_arrays_arrive_too(db: None, sent: list[Any]) -> None:
    kind = "integer" if any(isinstance(item, (int, list)) for item in sent) else "text"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [sent])
        assert cursor.fetchone()[0] == sent


def test_every_connection_writes_arrays_so(db: None) -> None:
    with connections["default"].cursor() as cursor:
        assert cursor.connection.adapters.get_dumper(list, psycopg.adapt.PyFormat.TEXT) is Arrays
