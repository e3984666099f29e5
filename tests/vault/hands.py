"""Whose hands are on the tables: the application with a context of its own, the owner of the tables, the superuser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import keyring
from ijm.vault.sealed import Compartment, SealedModel
from tests.cluster import CLUSTER

APP, OWNER, SUPERUSER = "application", "owner", "superuser"
EVERY_HAND = (APP, OWNER, SUPERUSER)


def said(statement: str, *values: Any, hand: str, by: User | None = None) -> int:
    """Rows that one statement changed in the main database, committed, by this hand."""
    if hand == APP:
        assert by is not None
        with acting_as(by), entry("attack", by=by, about=None), connections["default"].cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)
    with _connection(hand, connections["default"].settings_dict["NAME"]) as connection:
        if hand == OWNER:
            connection.execute("SET ROLE ijm_keeper")
        return connection.execute(statement, values or None).rowcount


def said_to_keys(statement: str, *values: Any, hand: str = SUPERUSER) -> int:
    """Rows that one statement changed in the key database; what this process held open is forgotten."""
    name = connections["keys"].settings_dict["NAME"]
    if hand == APP:
        with connections["keys"].cursor() as cursor:
            cursor.execute(statement, values)
            changed = int(cursor.rowcount)
    else:
        with _connection(hand, name) as connection:
            changed = connection.execute(statement, values or None).rowcount
    keyring.forget()
    return changed


@contextmanager
def keys_in_hand() -> Iterator[psycopg.Connection[Any]]:
    """The superuser's connection to the key database, for who tries very often."""
    with _connection(SUPERUSER, connections["keys"].settings_dict["NAME"]) as connection:
        yield connection


def _connection(hand: str, dbname: str) -> psycopg.Connection[Any]:
    dsn = CLUSTER.superuser_dsn(dbname) if hand == SUPERUSER else CLUSTER.url("ijm_owner", dbname)
    return psycopg.connect(dsn, autocommit=True)


@contextmanager
def without_triggers(table: str) -> Iterator[None]:
    """A table of the main database while its own rules are switched off by the superuser."""
    with _connection(SUPERUSER, connections["default"].settings_dict["NAME"]) as connection:
        rules = connection.execute("SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                                   [table]).fetchall()
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            for name, enabled in rules:
                connection.execute(f"ALTER TABLE {table} ENABLE {'ALWAYS ' if enabled == 'A' else ''}TRIGGER {name}")


def planted(row: SealedModel, columns: dict[str, Any], *, hand: str, by: User) -> None:
    """These stored columns of one row, overwritten in the table."""
    parts = ", ".join(f"{name} = %s" for name in columns)
    changed = said(f"UPDATE {row._meta.db_table} SET {parts} WHERE id = %s", *columns.values(), row.pk, hand=hand, by=by)
    assert changed == 1, "the attacker reached the row"


def bundle_of(row: SealedModel, name: str, *, under: str = "") -> dict[str, Any]:
    """The three columns of a compartment of this row, to be planted, under another name where that is said."""
    return {target: getattr(row, column) for column, target in zip(
        (name, f"{name}_rev", f"{name}_key"), (under or name, f"{under or name}_rev", f"{under or name}_key"), strict=True)}


def field_of(model: type[SealedModel], name: str) -> Compartment:
    """A compartment of a model."""
    field = model._meta.get_field(name)
    assert isinstance(field, Compartment) and field.sisters[0] == name
    return field


__all__ = ("APP", "EVERY_HAND", "OWNER", "SUPERUSER", "bundle_of", "field_of", "keys_in_hand", "planted", "said", "said_to_keys",
           "without_triggers")
