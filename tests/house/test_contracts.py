"""Contracts that other tools or tables hold: imports, bridges, settings, rights in the database."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.db import connections
from django.utils.module_loading import import_string

from ijm import bridges, messages
from ijm.bridges import (
    APPOINTMENTS,
    BENCHES,
    CALENDARS,
    DEMO,
    EXPORTERS,
    FILE_PAGES,
    IMPORTERS,
    INBOXES,
    JOBS,
    PANELS,
    RECORDS,
    SEARCHES,
)
from ijm.guard.declare import Private
from ijm.roles.table import Kind
from tests import databases


def test_every_import_goes_downstairs() -> None:
    done = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "lint-imports"), "--no-cache"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


# bridges: invisible to an import linter


@pytest.mark.parametrize("name", bridges.names())
def test_every_name_on_the_bridges_resolves(name: str) -> None:
    assert callable(import_string(name))


def takes(name: str, *positional: object, **named: object) -> None:
    """The function can be called like this."""
    function: Callable[..., object] = import_string(name)
    inspect.signature(function).bind(*positional, **named)


@pytest.mark.parametrize(("message", "name"), [(message, name) for message, names in INBOXES.items() for name in names])
def test_an_inbox_takes_its_message_from_somebody(message: str, name: str) -> None:
    assert inspect.isclass(getattr(messages, message))
    takes(name, object(), by=object())


@pytest.mark.parametrize(
    ("names", "positional", "named"),
    [
        (PANELS, 1, ()),
        (SEARCHES, 2, ()),
        (APPOINTMENTS, 3, ()),
        (CALENDARS, 3, ()),
        (RECORDS, 2, ()),
        (tuple(FILE_PAGES.values()), 2, ()),
        (tuple(JOBS.values()), 1, ()),
        (DEMO, 2, ()),
        (tuple(BENCHES.values()), 1, ()),
        (tuple(name for names in IMPORTERS.values() for name in names), 1, ("by", "progress")),
        (tuple(name for names in EXPORTERS.values() for name in names), 1, ("by",)),
    ],
    ids=["panels", "searches", "appointments", "calendars", "records", "file pages", "jobs", "demonstration", "measures",
         "importers", "exporters"],
)
def test_every_name_takes_what_the_base_gives(names: tuple[str, ...], positional: int, named: tuple[str, ...]) -> None:
    assert names
    for name in names:
        takes(name, *[object()] * positional, **dict.fromkeys(named, object()))


def test_every_kind_of_file_has_its_page() -> None:
    assert set(FILE_PAGES) == set(Kind)


def test_a_message_is_frozen_and_holds_no_record() -> None:
    import dataclasses

    from django.db.models import Model

    for name in INBOXES:
        message = getattr(messages, name)
        assert dataclasses.is_dataclass(message) and message.__dataclass_params__.frozen
        assert not any(isinstance(field.type, type) and issubclass(field.type, Model) for field in dataclasses.fields(message))


# settings and checks


def test_django_finds_nothing_wrong(database: None) -> None:
    assert run_checks() == []


def test_a_production_start_passes_the_deployment_checks() -> None:
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    env |= {"IJM_MODE": "production", "IJM_HOST": "daybook.example.org", "DJANGO_SETTINGS_MODULE": "ijm.settings",
            "CELERY_BROKER_URL": "filesystem://"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_sessions_and_cookies_are_as_strict_as_they_can_be() -> None:
    assert settings.SESSION_COOKIE_NAME.startswith("__Host-") and settings.CSRF_COOKIE_NAME.startswith("__Host-")
    assert settings.SESSION_COOKIE_SECURE and settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Strict"
    assert (settings.SESSION_COOKIE_AGE, settings.SESSION_ABSOLUTE_AGE) == (900, 28_800)
    assert not settings.DEBUG and settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.FILE_UPLOAD_HANDLERS == ["ijm.web.uploads.MemoryOnly"]
    assert settings.MFA_SUPPORTED_TYPES == ["totp", "webauthn"] and "django.contrib.admin" not in settings.INSTALLED_APPS


# the database's own rights

RIGHTS = """
SELECT c.relname, v.verb FROM pg_class c,
  unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS v (verb)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND has_any_column_privilege(%s, c.oid,
  CASE WHEN v.verb IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN v.verb ELSE 'SELECT' END)
  AND (v.verb IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') OR has_table_privilege(%s, c.oid, v.verb))
"""
MAY_DELETE = {"account_emailaddress", "account_emailconfirmation", "django_session", "ijm_cache", "mfa_authenticator",
              "jobs_jobresult", "web_draft", "web_sending"}


def rights(role: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    with databases.superuser(databases.names()[0]) as connection:
        for table, verb in connection.execute(RIGHTS, [role, role]).fetchall():
            found.setdefault(table, set()).add(verb)
    return found


def test_the_application_deletes_nothing_that_was_recorded(database: None) -> None:
    mine = rights("ijm_app")
    private = {model._meta.db_table for model in apps.get_models() if isinstance(getattr(model, "guard", None), Private)}
    assert {table for table, verbs in mine.items() if "DELETE" in verbs} <= MAY_DELETE | private
    assert not any(verbs & {"TRUNCATE", "REFERENCES", "TRIGGER"} for verbs in mine.values())
    assert mine["audit_event"] == {"INSERT"} and "audit_subject" not in mine
    assert all(verbs == {"SELECT"} for table, verbs in mine.items() if "_historical" in table)


def test_the_auditor_reads_the_log_alone(database: None) -> None:
    mine = rights("ijm_audit")
    assert all(verbs == {"SELECT"} for verbs in mine.values())
    assert {table for table in mine if not table.startswith(("audit_", "accounts_office", "django_migrations"))} == set()


@pytest.mark.parametrize("role", ["ijm_app", "ijm_audit", "ijm_keys", "ijm_owner", "ijm_keeper", "ijm_backup"])
def test_no_role_is_mightier_than_its_work(database: None, role: str) -> None:
    with databases.superuser() as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin "
            "FROM pg_roles WHERE rolname = %s",
            [role],
        ).fetchone()
    assert row == (False, False, False, False, role == "ijm_backup", role != "ijm_keeper")


def test_the_public_may_nothing(database: None) -> None:
    with databases.superuser(databases.names()[0]) as connection:
        loose = connection.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(p.proacl) a WHERE a.grantee = 0 "
            "AND p.pronamespace IN ('guard'::regnamespace, 'public'::regnamespace)"
        ).fetchall()
        tables = connection.execute(
            "SELECT c.relname FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = 0 "
            "AND c.relnamespace IN ('guard'::regnamespace, 'public'::regnamespace)"
        ).fetchall()
        schemas = connection.execute(
            "SELECT has_schema_privilege('ijm_app', 'public', 'CREATE'), has_schema_privilege('ijm_app', 'guard', 'CREATE')"
        ).fetchone()
        views = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
        ).fetchall()
        extensions = connection.execute("SELECT extname FROM pg_extension").fetchall()
    assert (loose, tables, schemas, views) == ([], [], (False, False), [])
    assert extensions == [("plpgsql",)]


def test_the_application_waits_for_nothing_long(database: None) -> None:
    with databases.superuser() as connection:
        (said,) = connection.execute("SELECT array_to_string(rolconfig, ',') FROM pg_roles WHERE rolname = 'ijm_app'").fetchone()
    assert "statement_timeout=5s" in said and "idle_in_transaction_session_timeout=60s" in said


def test_the_server_keeps_its_keys_apart(database: None) -> None:
    with databases.superuser() as connection:
        allowed = {
            (role, index): connection.execute("SELECT has_database_privilege(%s, %s, 'CONNECT')", [role, name]).fetchone()[0]
            for role in ("ijm_app", "ijm_audit", "ijm_keys")
            for index, name in enumerate(databases.names())
        }
    assert allowed == {
        ("ijm_app", 0): True,
        ("ijm_app", 1): False,
        ("ijm_audit", 0): True,
        ("ijm_audit", 1): False,
        ("ijm_keys", 0): False,
        ("ijm_keys", 1): True,
    }
    assert connections["keys"].settings_dict["USER"] == "ijm_keys"
