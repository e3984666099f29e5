"""Every rule of row security taken away or opened wide, one after the other: what people see, or the catalogue, gives it away.

On each push the tables are tried one by one and the rules all at once; `IJM_MATRIX=full` takes every rule alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ijm.accounts.models import User
from ijm.guard import catalogue
from ijm.guard.declare import ByFile, Private, Register
from ijm.guard.render import declared, histories, render
from ijm.trail.context import sign
from tests import databases
from tests.house.conftest import Grown

FULL = os.environ.get("IJM_MATRIX") == "full"
WHO = ("investigator", "care_supervisor", "liaison", "partner", "administrator", "far_supervisor")
RULES = """SELECT polname::text, c.relname::text, polcmd <> 'a', polcmd IN ('a', 'w', '*') FROM pg_policy
  JOIN pg_class c ON c.oid = polrelid WHERE c.relnamespace = 'public'::regnamespace ORDER BY 2, 1"""
MINE = """SELECT file_id FROM casefiles_caseaccess WHERE user_id = %(user)s AND revoked_at IS NULL
  AND starts_at <= now() AND expires_at > now()"""
KNOWN = f"SELECT person_id FROM people_alias WHERE opens_identity AND file_id IN ({MINE})"
Keys = frozenset[Any]


def conditions() -> dict[str, str]:
    """{table: who may see its rows}, written by hand for each kind of table and asked of a superuser."""
    found, past = {}, histories()
    for model, guard in declared():
        if isinstance(guard, ByFile):
            rule = f"{guard.column} IN ({MINE})"
        elif isinstance(guard, Register):
            rule = f"{guard.column} IN ({KNOWN})"
        elif isinstance(guard, Private):
            rule = f"{guard.column} = %(user)s"
        else:
            continue
        for one in filter(None, (model, past.get(model))):
            found[one._meta.db_table] = f"SELECT {one._meta.pk.column} FROM {one._meta.db_table} WHERE {rule}"
    return found


SEEN = conditions()


@pytest.fixture(scope="module")
def superuser(grown: Grown, django_db_blocker: Any) -> Iterator[psycopg.Connection]:
    """A superuser in a copy of the grown office; each test takes back what it did."""
    with django_db_blocker.unblock(), grown.copied("_dropped") as office, psycopg.connect(
            databases.CLUSTER.superuser_dsn(office.names[0])) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(autouse=True)
def back(superuser: psycopg.Connection) -> Iterator[None]:
    """Nothing stays."""
    yield
    superuser.rollback()


def by_hand(connection: psycopg.Connection, user: User, table: str) -> Keys:
    """The keys of the rows that she may see."""
    return frozenset(key for (key,) in connection.execute(SEEN[table].encode(), {"user": user.pk}))


def by_rule(connection: psycopg.Connection, user: User, table: str) -> Keys:
    """The keys of the rows that the database shows the application in her name."""
    key = SEEN[table].split()[1]
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL ROLE ijm_app")
        connection.execute("SELECT set_config('ijm.ctx', %s, true)", [sign(user.trail_who(), "r", "CASEWORK")])
        return frozenset(one for (one,) in connection.execute(f"SELECT {key} FROM {table}".encode()))


@pytest.fixture(scope="module")
def people(grown: Grown, superuser: psycopg.Connection) -> dict[str, User]:
    """Some who stand on files and some who stand on none."""
    return {name: getattr(grown.people, name) for name in WHO}


def test_everybody_sees_in_every_table_what_was_counted_by_hand(superuser: psycopg.Connection, people: dict[str, User]) -> None:
    wrong = [(who, table) for table in SEEN for who, user in people.items()
             if by_rule(superuser, user, table) != by_hand(superuser, user, table)]
    assert wrong == []
    assert len(SEEN) > 50
    filled = {table for table in SEEN if any(by_hand(superuser, user, table) for user in people.values())}
    assert len(filled) > 30, "most tables hold something that somebody sees"


def opened(table: str) -> list[str]:
    """The ways in which this table could stand open."""
    return [f"ALTER POLICY guard_see ON {table} USING (true)", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            f"CREATE POLICY another ON {table} FOR SELECT TO ijm_app USING (true)"]


def test_a_table_that_stands_open_is_noticed_by_what_a_stranger_sees(
    superuser: psycopg.Connection, people: dict[str, User]
) -> None:
    unseen, tried = [], 0
    for table in SEEN:
        (count,) = superuser.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() or (0,)
        for way in opened(table) if count else ():
            with superuser.transaction(force_rollback=True):
                superuser.execute(way.encode())
                tried += 1
                if by_rule(superuser, people["partner"], table) == by_hand(superuser, people["partner"], table):
                    unseen.append(way)
    assert unseen == []
    assert tried > 100


def said(connection: psycopg.Connection) -> set[str]:
    """What the check of the catalogue finds."""
    return set(catalogue.differences(connection))  # type: ignore[arg-type]


def rules(connection: psycopg.Connection) -> list[tuple[str, str, bool, bool]]:
    """Every rule: name, table, whether it narrows what is seen, whether it narrows what is written."""
    return connection.execute(RULES.encode()).fetchall()


def opening(name: str, table: str, reads: bool, writes: bool) -> sql.Composed:
    """Lets everything through this rule."""
    parts = [sql.SQL("ALTER POLICY {} ON {}").format(sql.Identifier(name), sql.Identifier(table)),
             *[sql.SQL("USING (true)")] * reads, *[sql.SQL("WITH CHECK (true)")] * writes]
    return sql.SQL(" ").join(parts)


def test_every_rule_that_is_dropped_is_noticed(superuser: psycopg.Connection) -> None:
    every = rules(superuser)
    assert said(superuser) == set() and len(every) > 300
    for name, table, _reads, _writes in every:
        superuser.execute(sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))
    assert {f"policy {name} on {table} is missing" for name, table, _reads, _writes in every} <= said(superuser)


def test_every_rule_that_is_opened_wide_is_noticed(superuser: psycopg.Connection) -> None:
    narrow = [rule for rule in rules(superuser) if is_narrow(*rule[:2])]
    for rule in narrow:
        superuser.execute(opening(*rule))
    assert {f"policy {name} on {table} is not as it was applied" for name, table, _r, _w in narrow} <= said(superuser)
    assert len(narrow) > 200


LINES = {tuple(found): line for line in render().splitlines() for found in re.findall(r"CREATE POLICY (\w+) ON (\w+)", line)}


def is_narrow(name: str, table: str) -> bool:
    """Whether this rule, as it is rendered, says anything but `true`."""
    clauses = re.findall(r"(?:USING|WITH CHECK) \((.*?)\)(?: WITH CHECK|;|$)", LINES[name, table])
    return any(clause != "true" for clause in clauses)


def test_every_table_without_row_security_is_noticed(superuser: psycopg.Connection) -> None:
    tables = catalogue.protected()
    for table in tables:
        superuser.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(table)))
    assert {f"{table} does not force row security" for table in tables} <= said(superuser)


def test_every_trigger_that_sleeps_or_is_gone_is_noticed(superuser: psycopg.Connection) -> None:
    triggers = superuser.execute(
        "SELECT tgname::text, c.relname::text FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
        " AND c.relnamespace = 'public'::regnamespace").fetchall()
    half = len(triggers) // 2
    for name, table in triggers[:half]:
        superuser.execute(sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))
    for name, table in triggers[half:]:
        superuser.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(sql.Identifier(table), sql.Identifier(name)))
    wanted = {f"trigger {name} on {table} is missing" for name, table in triggers[:half]}
    wanted |= {f"trigger {name} on {table} can be switched off" for name, table in triggers[half:]}
    assert wanted <= said(superuser) and len(triggers) > 200


@pytest.mark.skipif(not FULL, reason="each rule alone: IJM_MATRIX=full")
def test_every_single_rule_is_noticed_alone(superuser: psycopg.Connection) -> None:
    unseen = []
    for name, table, _reads, _writes in rules(superuser):
        with superuser.transaction(force_rollback=True):
            superuser.execute(sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))
            if f"policy {name} on {table} is missing" not in said(superuser):
                unseen.append((name, table))
    assert unseen == []
