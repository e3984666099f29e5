"""Two offices side by side, so that both are measured in one run: the measuring database itself, and a larger one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ijm.casefiles.bench import peer
from ijm.casefiles.bench.filling import TABLES, asleep, fill

BARE, UNWALLED = "bare", "unwalled"  # a role that row security does not bind; one that no wall binds: measurements only
LARGER = "_larger"


@dataclass(frozen=True)
class Office:
    """One database with its files: the connection on which a person works there, and the alias of the bare one."""

    connection: BaseDatabaseWrapper
    bare: str

    @contextmanager
    def here(self) -> Iterator[None]:
        """Work in this office: what is asked of the usual database is asked of this one."""
        former = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self.connection
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = former


def usual(superuser: str) -> Office:
    """The measuring database, with the peer's rows in it."""
    peer.fill(superuser)
    return Office(connections[DEFAULT_DB_ALIAS], BARE)


def larger(superuser: str, *, files: int, grants: int) -> Office:
    """A second database of the same making with more files; made and filled once."""
    name = str(conninfo_to_dict(superuser)["dbname"]) + LARGER
    dsn = make_conninfo(superuser, dbname=name)
    _make(superuser, name)
    _emptied_but_of(dsn, files)
    fill(dsn, files=files, grants=grants)
    peer.fill(dsn)
    alias = BARE + LARGER
    connections.settings[alias] = {**connections.settings[BARE], "NAME": name}
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    connection.settings_dict = {**connection.settings_dict, "NAME": name}
    return Office(connection, alias)


def _make(superuser: str, name: str) -> None:
    """Copy the measuring database, which nobody may be using meanwhile; once."""
    usual_name = str(conninfo_to_dict(superuser)["dbname"])
    connections.close_all()
    with psycopg.connect(make_conninfo(superuser, dbname="postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER ijm_owner TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(usual_name)))


def _emptied_but_of(dsn: str, files: int) -> None:
    """Without the files and people that were copied, unless these are the files it should have."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        if connection.execute("SELECT count(*) FROM casefiles_casefile").fetchone() != (files,):
            connection.execute(f"DROP TABLE IF EXISTS {', '.join(peer.TABLES)}".encode())
            with asleep(connection, TABLES):
                for table in TABLES:
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
