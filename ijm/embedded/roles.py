"""The database roles and both databases: who may log in, who may connect where, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from ijm.embedded.cluster import Cluster

MAIN, KEYS = "ijm", "ijm_keys"
LOGINS = ("ijm_owner", "ijm_app", "ijm_audit", "ijm_keys", "ijm_rotor", "ijm_log", "ijm_backup")
HUMBLE = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
ATTRIBUTES = {
    "ijm_keeper": f"NOLOGIN {HUMBLE} NOBYPASSRLS",
    "ijm_owner": f"LOGIN {HUMBLE} NOBYPASSRLS",
    "ijm_app": f"LOGIN {HUMBLE} NOBYPASSRLS",
    "ijm_audit": f"LOGIN {HUMBLE} NOBYPASSRLS",
    "ijm_keys": f"LOGIN {HUMBLE} NOBYPASSRLS",
    "ijm_rotor": f"LOGIN {HUMBLE} NOBYPASSRLS",
    "ijm_log": f"LOGIN {HUMBLE} NOBYPASSRLS",
    "ijm_backup": f"LOGIN {HUMBLE} BYPASSRLS",
}
AFTERWARDS = (
    "GRANT ijm_keeper TO ijm_owner",
    "GRANT pg_read_all_data TO ijm_backup",
    "ALTER ROLE ijm_app SET statement_timeout = '5s'",
    # statements carry a signed context: whoever gets in as one of these roles must not read what the others run
    "ALTER ROLE ijm_app SET track_activities = off",
    "ALTER ROLE ijm_audit SET track_activities = off",
    "ALTER ROLE ijm_keys SET track_activities = off",
    "ALTER ROLE ijm_rotor SET track_activities = off",
    "ALTER ROLE ijm_log SET track_activities = off",
    "ALTER ROLE ijm_log SET idle_in_transaction_session_timeout = '60s'",
    "ALTER ROLE ijm_rotor SET idle_in_transaction_session_timeout = '60s'",
    "ALTER ROLE ijm_app SET idle_in_transaction_session_timeout = '60s'",
    "ALTER ROLE ijm_backup SET default_transaction_read_only = on",
)
# Who may connect to which database; the owner may by owning it.
CONNECTS = {MAIN: ("ijm_app", "ijm_audit", "ijm_rotor", "ijm_log", "ijm_backup"), KEYS: ("ijm_keys", "ijm_backup")}


def bootstrap(cluster: Cluster) -> None:
    """Make roles and databases where they are missing; saying it twice changes nothing."""
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        _make_roles(connection, cluster)
        for name in ("postgres", "template1"):
            connection.execute(_revoke(name))
        present = _names(connection, "SELECT datname FROM pg_database")
        for name in (MAIN, KEYS):
            if name not in present:
                create_database(connection, name, connects=CONNECTS[name])
            connection.execute(_let_in(name, CONNECTS[name]))  # a login that is younger than the database


def _make_roles(connection: psycopg.Connection, cluster: Cluster) -> None:
    present = _names(connection, "SELECT rolname FROM pg_roles")
    for role, attributes in ATTRIBUTES.items():
        if role not in present:
            connection.execute(sql.SQL("CREATE ROLE {} " + attributes).format(sql.Identifier(role)))  # type: ignore[arg-type]
    for role in LOGINS:
        if role not in present or not (cluster.root / "passwords" / role).exists():
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(cluster.password(role))))
    for statement in AFTERWARDS:
        connection.execute(statement)  # type: ignore[arg-type]


def _names(connection: psycopg.Connection, query: str) -> set[str]:
    return {row[0] for row in connection.execute(query)}  # type: ignore[arg-type]


def _revoke(name: str) -> sql.Composed:
    return sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))


def _let_in(name: str, connects: Iterable[str]) -> sql.Composed:
    return sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, connects)))


def create_database(
    connection: psycopg.Connection, name: str, owner: str = "ijm_owner", template: str = "template0",
    connects: Iterable[str] = CONNECTS[MAIN],
) -> None:
    """Make a database; rights on a database are not copied from its template, so they are said again each time."""
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template)))
    connection.execute(_revoke(name))
    connection.execute(_let_in(name, connects))


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """Remove a database even while someone is connected; tests and measurements only."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_template(connection: psycopg.Connection, name: str) -> None:
    """Remove a database that may be a template; tests and measurements only."""
    if name in _names(connection, "SELECT datname FROM pg_database"):
        connection.execute(sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE false").format(sql.Identifier(name)))
        drop_database(connection, name)


def provision_sql(main: str = MAIN, keys: str = KEYS) -> str:
    """What a database administrator runs once as superuser, in psql, on a server of her own; it holds no password."""
    lines = ["-- Roles of the office. Afterwards give each login a password: \\password ijm_owner and so on."]
    lines += [f"CREATE ROLE {role} {attributes};" for role, attributes in ATTRIBUTES.items()]
    lines += [f"{statement};" for statement in AFTERWARDS]
    for name, connects in ((main, CONNECTS[MAIN]), (keys, CONNECTS[KEYS])):
        lines += [
            "", f'CREATE DATABASE "{name}" OWNER ijm_owner TEMPLATE template0 ENCODING \'UTF8\';',
            f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;',
            f'GRANT CONNECT ON DATABASE "{name}" TO {", ".join(connects)};',
        ]
    lines += ["", "-- Then, for each login:", *(f"--   \\password {role}" for role in LOGINS)]
    return "\n".join(lines) + "\n"


def variables(cluster: Cluster, dbname: str = MAIN, keysname: str = KEYS) -> dict[str, str]:
    """The variables that say where the databases are; OWNER ones are for migrations, BACKUP ones for back-ups only."""
    return {
        "DATABASE_URL": cluster.url("ijm_app", dbname),
        "DATABASE_OWNER_URL": cluster.url("ijm_owner", dbname),
        "AUDIT_DATABASE_URL": cluster.url("ijm_audit", dbname),
        "KEYS_DATABASE_URL": cluster.url("ijm_keys", keysname),
        "ROTOR_DATABASE_URL": cluster.url("ijm_rotor", dbname),
        "LOG_DATABASE_URL": cluster.url("ijm_log", dbname),
        "KEYS_OWNER_URL": cluster.url("ijm_owner", keysname),
        "BACKUP_DATABASE_URL": cluster.url("ijm_backup", dbname),
        "BACKUP_KEYS_URL": cluster.url("ijm_backup", keysname),
    }
