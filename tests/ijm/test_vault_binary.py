"""The cursor that takes rows in binary form gives what the ordinary one gives, of every type our tables have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from ijm.trail.context import acting_as
from ijm.vault.bench import tables
from ijm.vault.binary import Cursor
from tests import databases
from tests.cast import Cast

EVERY_TYPE = """SELECT "a".* FROM (SELECT
  '2026-11-22 14:03:00.123456+07'::timestamptz AS at, '1899-12-31 23:59:00+00'::timestamptz,
  '{"a": ["ស្រី", 1, null]}'::jsonb, 'null'::jsonb AS nothing, '10.1.2.3'::inet, '10.0.0.0/8'::cidr, '2001:db8::1'::inet AS six,
  '77'::xid8, '00000000-0000-4000-8000-000000000001'::uuid, '\\xe10100'::bytea, ''::bytea AS empty, 'ស្រី'::text, 'x'::varchar(5),
  7::smallint, 7::integer AS i, 9007199254740993::bigint, 1.50::numeric, 0.25::float8, true, '2026-11-22'::date, '14:03:01'::time,
  '3 days 02:00:00'::interval, ARRAY['a', NULL, 'ស']::text[], ARRAY['00000000-0000-4000-8000-000000000001'::uuid],
  ARRAY[1, 2]::integer[] AS numbers, NULL::bytea AS none, 'pg_class'::regclass::text AS class, count(*) FROM generate_series(1, 3)
) "a\""""


@pytest.fixture
def binary(committed_cast: Cast) -> Iterator[str]:
    """An alias of the same login whose rows come in binary form."""
    default = connections["default"].settings_dict
    connections.settings["binary"] = {**default, "OPTIONS": {**default["OPTIONS"], "cursor_factory": Cursor}}
    yield "binary"
    connections["binary"].close()
    del connections["binary"], connections.settings["binary"]


def test_every_type_is_the_same_either_way(binary: str) -> None:
    rows = []
    for alias in ("trail", binary):
        with connections[alias].cursor() as cursor:
            cursor.execute(EVERY_TYPE)
            rows.append(cursor.fetchall())
    assert rows[0] == rows[1]
    assert [type(value) for value in rows[0][0]] == [type(value) for value in rows[1][0]]


def test_statements_that_are_several_go_the_ordinary_way(binary: str) -> None:
    with connections[binary].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1s'; SELECT %s::jsonb", ['{"a": 1}'])
        cursor.nextset()
        assert cursor.fetchall() == [('{"a": 1}',)]


def test_records_read_alike(binary: str, committed_cast: Cast) -> None:
    tables.make(databases.CLUSTER.superuser_dsn(connections["default"].settings_dict["NAME"]))
    for model in tables.TABLES:
        model._default_manager.bulk_create(tables.rows(model, 5))
        ways = [list(model._default_manager.using(alias).order_by("pk").values_list()) for alias in ("default", binary)]
        assert ways[0] == ways[1] and len(ways[0]) == 5
    with acting_as(committed_cast.investigator, "r"):
        whole = type(committed_cast.office)._default_manager.order_by("pk")
        assert list(whole.values()) == list(whole.using(binary).values())
