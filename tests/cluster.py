"""The test session's own database server; loaded by `-p tests.cluster`, before Django's settings are read.

One throw-away server under var/test serves every session of this checkout; who ends last stops it.
IJM_TEST_PG_BIN names other server programs, such as those of PostgreSQL 15.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ijm.embedded import roles, secrets
from ijm.embedded.cluster import Cluster
from ijm.embedded.files import locked, private_folder, try_lock

VAR = Path(__file__).resolve().parent.parent / "var" / "test"
OTHER_PROGRAMS = os.environ.get("IJM_TEST_PG_BIN", "")
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


def _folder() -> str:
    """A folder of its own for each set of server programs: their data are not interchangeable."""
    return "pg" + ("-" + hashlib.sha256(OTHER_PROGRAMS.encode()).hexdigest()[:8] if OTHER_PROGRAMS else "")


CLUSTER = Cluster(VAR / _folder(), durable=False, bin_dir=Path(OTHER_PROGRAMS) if OTHER_PROGRAMS else None)
IN_USE, LAST_TEMPLATE = CLUSTER.root / "in-use.lock", CLUSTER.root / "template"
DECIDING = CLUSTER.root / "deciding.lock"

if not IS_WORKER:
    private_folder(VAR)
    secrets.prepare(VAR)
    for early in [name for name in sys.modules if name.startswith("ijm.vault")]:
        del sys.modules[early]  # read again later: coverage begins after this plugin and would miss their first lines
    private_folder(CLUSTER.root)
    os.environ.update(roles.variables(CLUSTER))
    os.environ.update({
        "IJM_VAR": str(VAR), "IJM_MODE": "test", "IJM_HOST": "localhost", "CELERY_BROKER_URL": "memory://",
        "IJM_TEST_SESSION": str(os.getpid()),
    })

_using: list[int] = []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server, or join a session that has started it; whoever finds it idle clears what was left behind."""
    if IS_WORKER or session.config.option.collectonly:
        return
    with locked(DECIDING):
        alone = try_lock(IN_USE)
        CLUSTER.start()
        roles.bootstrap(CLUSTER)
        _quick_to_enter()
        if alone is not None:
            _clear()
            os.close(alone)
        _using.append(_shared())


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Stop the server unless another session still uses it."""
    if not _using:
        return
    with locked(DECIDING):
        os.close(_using.pop())
        alone = try_lock(IN_USE)
        if alone is not None:
            CLUSTER.stop()
            os.close(alone)


def _quick_to_enter() -> None:
    """Each login hashes its password four thousand times, which protects a weak one; these are random, so once is enough."""
    with psycopg.connect(CLUSTER.superuser_dsn(), autocommit=True) as connection:
        if connection.info.server_version < 160_000:
            return
        connection.execute("SET scram_iterations = 1")
        for role in ("postgres", *roles.LOGINS):
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(CLUSTER.password(role))))


def _shared() -> int:
    handle = try_lock(IN_USE, shared=True)
    assert handle is not None, "nobody else holds this lock while we decide"
    return handle


def _clear() -> None:
    """Drop the databases of sessions that ended without doing so, and templates of older code."""
    last = ""
    with suppress(FileNotFoundError):
        last = LAST_TEMPLATE.read_text()
    with psycopg.connect(CLUSTER.superuser_dsn(), autocommit=True) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^(t[0-9]+_|tplk?_|building)'")]
        for name in names:
            if not last or not name.endswith(last):
                roles.drop_template(connection, name)
