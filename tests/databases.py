"""Databases for tests: migrated once into a template, cloned for each worker and for each test that commits."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from ijm.embedded import roles
from ijm.embedded.files import locked, write_private
from ijm.guard.render import render
from tests.cluster import CLUSTER, LAST_TEMPLATE

PACKAGES = ("django", "django-allauth", "django-simple-history")
# Only the auditor reads the log, over a connection that does not see this test's uncommitted rows. So the template,
# and nothing else, has a door of its own: made by the superuser, callable by the application.
TEST_DOOR = """
CREATE SCHEMA tests;
CREATE FUNCTION tests.events(after bigint DEFAULT 0) RETURNS TABLE (id bigint, body text) LANGUAGE sql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT e.id, convert_from(e.body, 'UTF8') FROM public.audit_event e WHERE e.id > after ORDER BY e.id $$;
GRANT USAGE ON SCHEMA tests TO ijm_app;
GRANT EXECUTE ON FUNCTION tests.events(bigint) TO ijm_app;
UPDATE guard.budget SET warn = warn * 1000, stop = stop * 1000;  -- one person of the tests does the work of hundreds
"""


def superuser(dbname: str = "postgres") -> psycopg.Connection:
    """A superuser's connection to the test server, without transactions."""
    return psycopg.connect(CLUSTER.superuser_dsn(dbname), autocommit=True)


def digest() -> str:
    """Changes with every migration, rendered right, role, pinned package and key that goes into the template."""
    state = hashlib.sha256(render().encode() + settings.CONTEXT_KEY + roles.provision_sql().encode())
    state.update(TEST_DOOR.encode())
    for config in apps.get_app_configs():
        folder = os.path.join(config.path, "migrations")
        for name in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
            if name.endswith((".py", ".sql")):
                with open(os.path.join(folder, name), "rb") as file:
                    state.update(file.read())
    state.update((settings.BASE_DIR / "ijm" / "guard" / "base.sql").read_bytes())
    state.update("".join(version(package) for package in PACKAGES).encode())
    return state.hexdigest()[:12]


@cache
def template() -> tuple[str, str]:
    """The names of the migrated templates of `ijm` and `ijm_keys`; made on first use, by one process."""
    mark = digest()
    names = f"tpl_{mark}", f"tplk_{mark}"
    with locked(CLUSTER.root / "template.lock"), superuser() as connection:
        if not _exists(connection, names[1]):
            _build(connection, *names)
        write_private(LAST_TEMPLATE, mark.encode())
    return names


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _build(connection: psycopg.Connection, main: str, keys: str) -> None:
    building = {"building": main, "building_keys": keys}
    for name, connects in zip(building, roles.CONNECTS.values(), strict=True):
        roles.drop_template(connection, name)
        roles.create_database(connection, name, connects=connects)
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    point_at(*building)
    try:
        call_command("migrate", verbosity=0)
        with superuser("building") as inside:
            inside.execute(TEST_DOOR)
            inside.execute("VACUUM ANALYZE")
    finally:
        point_at(before["default"], before["keys"])
    roles.drop_template(connection, main)
    for name, final in building.items():
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (name, final))))
        connection.execute(
            sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false").format(sql.Identifier(final)))


def names(suffix: str = "") -> tuple[str, str]:
    """The names of this worker's own two databases."""
    mine = f"t{os.environ['IJM_TEST_SESSION']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}{suffix}"
    return mine, f"{mine}_keys"


def clone(name: str, keysname: str) -> None:
    """Make (or make anew) two databases from the templates, and point every alias at them."""
    templates = template()
    point_at(name, keysname)
    with superuser() as connection:
        for new, old, connects in zip((name, keysname), templates, roles.CONNECTS.values(), strict=True):
            roles.drop_database(connection, new)
            roles.create_database(connection, new, template=old, connects=connects)


def copy(old: tuple[str, str], new: tuple[str, str]) -> None:
    """Make two databases (anew) as exact copies of two others, which nobody may be using."""
    connections.close_all()
    with superuser() as connection:
        for source, target, connects in zip(old, new, roles.CONNECTS.values(), strict=True):
            roles.drop_database(connection, target)
            roles.create_database(connection, target, template=source, connects=connects)


def drop(*names: str) -> None:
    """Remove databases of this test."""
    connections.close_all()
    with superuser() as connection:
        for name in names:
            roles.drop_database(connection, name)


def point_at(name: str, keysname: str) -> None:
    """Let every alias, in every thread, speak with these two databases from now on."""
    connections.close_all()
    for alias in connections:
        connections[alias].settings_dict["NAME"] = keysname if alias == "keys" else name


@contextmanager
def at(there: tuple[str, str]) -> Iterator[None]:
    """This process looks at these two databases for a while, then where it looked before, and holds no key of theirs."""
    from ijm.vault import keyring

    before = [connections[alias].settings_dict["NAME"] for alias in ("default", "keys")]
    keyring.forget()
    point_at(*there)
    try:
        yield
    finally:
        point_at(*before)
        keyring.forget()


def variables(name: str, keysname: str) -> dict[str, str]:
    """The environment of a process (worker, web server, command) that shall use these two databases."""
    return roles.variables(CLUSTER, name, keysname)
