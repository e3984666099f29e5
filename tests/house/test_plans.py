"""The lists of the wings on filled tables, asked of the server's own planner: no table of cases is read from end to end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg import sql

from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.web import lists
from tests import databases, matrix
from tests.conftest import sign_in
from tests.house.conftest import Grown

ROWS = 6_000
# What lies on case files, each row on a file of its own that nobody here stands on.
FILLED = ("casefiles_casefile", "investigations_tip", "investigations_investigation", "investigations_rescueoperation",
          "aftercare_referral", "aftercare_survivor", "prosecutions_prosecution", "prosecutions_hearing", "casefiles_delivery",
          "people_alias", "documents_paper", "documents_storedfile", "notices_reminder")
WHO = {"investigations": "investigation_supervisor", "aftercare": "care_supervisor", "prosecutions": "liaison"}
KEYS = """SELECT a.attname::text, t.typname::text FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped"""
UNIQUE = """SELECT DISTINCT a.attname::text FROM pg_index i
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
  WHERE i.indrelid = %s::regclass AND i.indisunique"""


@pytest.fixture(scope="module")
def office(grown: Grown, django_db_blocker: Any) -> Iterator[Grown]:
    """The grown office among thousands of strangers' records."""
    with django_db_blocker.unblock(), grown.copied("_plans") as copy:
        with databases.superuser(copy.names[0]) as superuser:
            for table in FILLED:
                fill(superuser, table)
            superuser.execute("ANALYZE")
        yield copy


def fill(superuser: psycopg.Connection, table: str) -> None:
    """Strangers' rows like the newest one: whatever must differ does, and each lies on another file."""
    unique = {name for (name,) in superuser.execute(UNIQUE, [table])} | {"file_id"}
    columns = superuser.execute(KEYS, [table]).fetchall()
    values = [sql.SQL(otherwise(kind)) if name in unique else sql.SQL("t.{}").format(sql.Identifier(name))
              for name, kind in columns]
    superuser.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(sql.Identifier(table)))
    superuser.execute(sql.SQL("INSERT INTO {} ({}) SELECT {} FROM (SELECT * FROM {} LIMIT 1) t, generate_series(1, %s) n").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name, _kind in columns),
        sql.SQL(", ").join(values), sql.Identifier(table)), [ROWS])


def otherwise(kind: str) -> str:
    """Another value of this type for each row."""
    return {"uuid": "gen_random_uuid()", "varchar": "left(md5(n || 'x'), 12)", "int4": "n", "int8": "n",
            "timestamptz": "now() - n * interval '1 minute'"}.get(kind, "NULL")


def scans(plan: Any) -> Iterator[str]:
    """Every table that a plan reads from end to end."""
    if isinstance(plan, list):
        for one in plan:
            yield from scans(one)
    elif isinstance(plan, dict):
        if plan.get("Node Type") == "Seq Scan":
            yield str(plan["Relation Name"])
        for one in plan.values():
            yield from scans(one)


def asked(user: User, name: str) -> list[str]:
    """What the page of a list asks of the case tables."""
    client = sign_in(user)
    with CaptureQueriesContext(connections["default"]) as queries:
        assert client.get(reverse(name)).status_code == 200
    said = [one["sql"] for one in queries if one["sql"].startswith("SELECT")]
    return [text for text in said if any(f'"{table}"' in text for table in FILLED)]


def planned(user: User, question: str) -> set[str]:
    """The case tables that the planner would read from end to end for this question, asked in her name."""
    with acting_as(user, "r"), connections["default"].cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + question.replace("%", "%%"), [])
        found = cursor.fetchone()[0]
    return set(scans(json.loads(found) if isinstance(found, str) else found)) & set(FILLED)


LISTS = [page.name for page in matrix.doors() if not page.arguments and page.name.partition(":")[0] in WHO
         and page.name in {one.name for one in lists.every()}]


@pytest.mark.parametrize("name", [*LISTS, "desk:work", "desk:agenda", "documents:paper-list", "desk:reminders"])
def test_no_list_reads_a_table_of_cases_from_end_to_end(name: str, office: Grown) -> None:
    user = getattr(office.people, WHO.get(name.partition(":")[0], "care_supervisor"))
    questions = asked(user, name)
    found = {re.sub(r"\s+", " ", question)[:200]: tables for question in questions if (tables := planned(user, question))}
    assert found == {}
    assert questions or name.startswith("desk:")


def test_a_list_without_an_index_would_be_noticed(office: Grown) -> None:
    user = office.people.investigation_supervisor
    assert planned(user, "SELECT count(*) FROM investigations_tip WHERE channel = 'none'") <= {"investigations_tip"}
    with databases.superuser(office.names[0]) as superuser:
        row = superuser.execute("EXPLAIN (FORMAT JSON) SELECT * FROM investigations_tip WHERE channel = 'none'").fetchone()
    assert row is not None and set(scans(row[0])) == {"investigations_tip"}
