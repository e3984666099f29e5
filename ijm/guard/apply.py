"""Put the rendered guard into the database, take it out before a migration, compare it with the catalogue."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ijm.guard.catalogue import REMEMBER, differences
from ijm.guard.render import render

DROP = """
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT tgname, tgrelid::regclass AS tab FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
           WHERE NOT tgisinternal AND tgname LIKE 'guard\\_%' AND c.relnamespace = 'public'::regnamespace LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', r.tgname, r.tab);
  END LOOP;
  FOR r IN SELECT polname, polrelid::regclass AS tab FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
           WHERE c.relnamespace = 'public'::regnamespace LOOP
    EXECUTE format('DROP POLICY %I ON %s', r.polname, r.tab);
  END LOOP;
END $$;
"""


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take the generated triggers and policies away; row security stays forced, so until `apply` nobody sees a row."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(DROP)


def apply(connection: BaseDatabaseWrapper) -> None:
    """Render the guard and put it in place, with the context key of this office, in one transaction."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute(DROP)
        cursor.execute(render())
        _put_key(cursor, settings.CONTEXT_KEY)
        _put_row_key(cursor)
        cursor.execute(REMEMBER)
        cursor.execute("SET LOCAL ROLE ijm_keeper")
        cursor.execute(f"COMMENT ON SCHEMA guard IS '{_mark()}'")
        cursor.execute("RESET ROLE")


def _mark() -> str:
    """What was applied, in one word."""
    return hashlib.sha256(render().encode()).hexdigest()


def is_applied(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database holds what is rendered now, and nobody has changed it since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('guard'::regnamespace, 'pg_namespace')")
        return bool(cursor.fetchone()[0] == _mark()) and not check(connection)


def renew_key(connection: BaseDatabaseWrapper) -> None:
    """Put only the context key of this office in place, where all else is as it should be."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _put_key(cursor, settings.CONTEXT_KEY)


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer padded key of HMAC-SHA256 (RFC 2104) for a key of 32 bytes; raises ValueError otherwise."""
    if len(key) != 32:
        raise ValueError("the context key has 32 bytes")
    block = key.ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def _put_key(cursor: Any, key: bytes) -> None:
    """Row 1 is today's key; a key it replaces stays as row 2 until the next change, so that nobody is thrown out."""
    inner, outer = pads(key)
    cursor.execute("SET LOCAL ROLE ijm_keeper")
    cursor.execute("SELECT ipad FROM guard.context_key WHERE id = 1")
    held = cursor.fetchone()
    if held is not None and bytes(held[0]) != inner:
        cursor.execute("DELETE FROM guard.context_key WHERE id = 2")
        cursor.execute("UPDATE guard.context_key SET id = 2 WHERE id = 1")
    cursor.execute("INSERT INTO guard.context_key VALUES (1, %s, %s) ON CONFLICT DO NOTHING", [inner, outer])
    cursor.execute("RESET ROLE")


def _put_row_key(cursor: Any) -> None:
    """The key of the salts of row digests: made once, by the first migration, and kept for ever."""
    cursor.execute("SET LOCAL ROLE ijm_keeper")
    cursor.execute("INSERT INTO guard.row_key VALUES (1, %s, %s) ON CONFLICT DO NOTHING", pads(os.urandom(32)))
    cursor.execute("RESET ROLE")


def check(connection: BaseDatabaseWrapper) -> list[str]:
    """What the live catalogue lacks or has too much, one sentence each; empty when it is as rendered."""
    return differences(connection)
