"""A key database for tests of keys alone: made once a file, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from ijm.embedded import roles
from ijm.vault import keyring, opened
from tests import databases


@pytest.fixture(scope="module")
def key_database(database: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a key database that commits; the other databases are as they were."""
    name, keys = databases.names("_keysonly")[1], connections["keys"]
    with django_db_blocker.unblock():
        template = databases.template()[1]
        before = keys.settings_dict["NAME"]
        with databases.superuser() as connection:
            roles.drop_database(connection, name)
            roles.create_database(connection, name, template=template, connects=roles.CONNECTS[roles.KEYS])
        _point_at(name)
        yield name
        _point_at(before)
        with databases.superuser() as connection:
            roles.drop_database(connection, name)


def _point_at(name: str) -> None:
    connections["keys"].close()
    connections["keys"].settings_dict["NAME"] = name
    keyring.forget()


@pytest.fixture
def no_keys(key_database: str) -> str:
    """The same with nothing in it: the superuser empties what the serving role could not."""
    with databases.superuser(key_database) as connection:
        connection.execute("TRUNCATE vault_key, vault_kek")
    keyring.forget()
    opened._looked_at = float("-inf")  # another test may have turned the clock
    return key_database


def force(name: str, statement: str, *values: Any) -> None:
    """What a database administrator could do: as superuser, past the triggers."""
    with databases.superuser(name) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement, values)  # type: ignore[arg-type]
    keyring.forget()
