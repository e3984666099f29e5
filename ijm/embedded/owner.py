"""Migrations run as the owner of the tables; nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

VARIABLES = {"default": "DATABASE_OWNER_URL", "keys": "KEYS_OWNER_URL"}


@contextmanager
def as_owner(alias: str) -> Iterator[BaseDatabaseWrapper]:
    """The connection of this alias, logged in as the owner meanwhile; the database's name stays as it is."""
    connection = connections[alias]
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(_login(alias))
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def _login(alias: str) -> dict[str, object]:
    if alias not in VARIABLES:
        raise CommandError(f"The alias '{alias}' is never migrated: it is another way into the same tables.")
    owner = settings.OWNERS[alias]
    if not owner["USER"]:
        raise CommandError(f"{VARIABLES[alias]} is not set: migrations need the owner's login.")
    return {key: owner[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
