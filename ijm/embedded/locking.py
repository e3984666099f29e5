"""The lock of log and history: event triggers, which only a superuser can make, and the recorded way to open it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

LOCK = Path(__file__).with_name("lock.sql").read_text()
AFTERWARDS = "SELECT guard_lock.unlock(); SELECT guard_lock.lock();"
IS_THERE = "SELECT to_regclass('guard_lock.state') IS NOT NULL"
HAS_LOG = "SELECT to_regclass('public.audit_event') IS NOT NULL AND to_regclass('guard.epoch') IS NOT NULL"


def unlock(dsn: str) -> bool:
    """Open the lock as a superuser, with an event that says so; False where there is none yet.

    Whatever changed in how the lock is made is put in place now, while it is open.
    """
    with psycopg.connect(dsn) as connection:
        if not _asked(connection, IS_THERE):
            return False
        connection.execute("SELECT guard_lock.unlock()")
        connection.execute(LOCK)  # type: ignore[arg-type]
    return True


def lock(dsn: str) -> bool:
    """Make the lock where it is missing and close it, as a superuser; False where there are no tables to lock yet."""
    with psycopg.connect(dsn) as connection:
        if not _asked(connection, HAS_LOG):
            return False
        if not _asked(connection, IS_THERE):
            connection.execute(LOCK)  # type: ignore[arg-type]
            connection.execute("SELECT guard_lock.unlock()")
        connection.execute("SELECT guard_lock.lock()")
    return True


def _asked(connection: psycopg.Connection, question: str) -> bool:
    row = connection.execute(question).fetchone()  # type: ignore[arg-type]
    return bool(row and row[0])


def is_closed(cursor: Any) -> bool:
    """Whether the lock is there and closed, as the owner of the tables sees it."""
    cursor.execute(IS_THERE)
    if not cursor.fetchone()[0]:
        return False
    cursor.execute("SELECT guard_lock.is_open()")
    return not cursor.fetchone()[0]


def close(cursor: Any) -> None:
    """Close the lock again as the owner, at the end of a migration; nothing happens where there is none."""
    cursor.execute(IS_THERE)
    if cursor.fetchone()[0]:
        cursor.execute("SELECT guard_lock.lock()")
