"""Who can change what was recorded, tried by every login of the database; and the two ways that stay open to a superuser."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from ijm.embedded import locking
from ijm.embedded.management.commands import migrate, provision
from ijm.embedded.owner import as_owner
from tests.audit.test_coverage import events, newest, superuser
from tests.cast import Cast
from tests.cluster import CLUSTER

PAST = "accounts_historicaloffice"
QUIET = "RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NULL; END $$"
ADD = "INSERT INTO audit_event (body) VALUES ('{}')"
READ = "SELECT body FROM audit_event LIMIT 1"
REPLICA = "SET session_replication_role = replica; "
# Each of these would change, hide or stop what is recorded; nobody may do any of them.
ATTEMPTS = (
    "UPDATE audit_event SET body = '{}'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event CASCADE",
    REPLICA + "UPDATE audit_event SET body = '{}'",
    f"{REPLICA}DELETE FROM audit_event",
    f"{REPLICA}TRUNCATE audit_event CASCADE",
    "INSERT INTO audit_event (id, body) OVERRIDING SYSTEM VALUE SELECT max(id), '{}' FROM audit_event"
    " ON CONFLICT (id) DO UPDATE SET body = '{}'",
    "WITH gone AS (DELETE FROM audit_event RETURNING 1) SELECT 1 FROM gone",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "ALTER TABLE audit_event DISABLE TRIGGER guard_keep",
    "ALTER TABLE audit_event ENABLE TRIGGER guard_keep",
    "ALTER TABLE audit_event DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_event NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE audit_event RENAME TO audit_old",
    "ALTER TABLE audit_event RENAME COLUMN body TO was",
    "ALTER TABLE audit_event SET SCHEMA guard",
    "ALTER TABLE audit_event ALTER COLUMN body TYPE bytea USING 'x'::bytea",
    "ALTER TABLE audit_event ADD COLUMN more text DEFAULT 'x'",
    "ALTER TABLE audit_event DROP COLUMN body CASCADE",
    "ALTER TABLE audit_event OWNER TO ijm_keeper",
    "DROP TABLE audit_event CASCADE",
    "DROP TRIGGER guard_keep ON audit_event",
    "DROP FUNCTION guard.keep() CASCADE",
    "DROP SCHEMA guard CASCADE",
    f"CREATE OR REPLACE FUNCTION guard.keep() {QUIET}",
    f"CREATE OR REPLACE FUNCTION guard.stamp_event() {QUIET}",
    "ALTER FUNCTION guard.keep() RENAME TO kept",
    "CREATE TRIGGER aaa BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION guard.keep()",
    "CREATE RULE quiet AS ON INSERT TO audit_event DO INSTEAD NOTHING",
    "CREATE POLICY more ON audit_event FOR UPDATE TO PUBLIC USING (true)",
    "GRANT ALL ON audit_event TO PUBLIC; SELECT 1 WHERE has_table_privilege('ijm_rotor', 'audit_event', 'UPDATE')",
    "GRANT UPDATE ON audit_event TO ijm_app; SELECT 1 WHERE has_table_privilege('ijm_app', 'audit_event', 'UPDATE')",
    "GRANT EXECUTE ON FUNCTION guard.index_subjects() TO ijm_app;"
    " SELECT 1 WHERE has_function_privilege('ijm_app', 'guard.index_subjects()', 'EXECUTE')",
    "UPDATE audit_leaf SET event_id = 0",
    "DELETE FROM audit_leaf",
    "TRUNCATE audit_leaf",
    "TRUNCATE audit_tile",
    "UPDATE audit_checkpoint SET note = 'y'",
    "DELETE FROM audit_checkpoint",
    "DROP TABLE audit_checkpoint",
    "ALTER TABLE audit_tile DISABLE TRIGGER ALL",
    f"UPDATE {PAST} SET name_en = 'x'",
    f"DELETE FROM {PAST}",
    f"TRUNCATE {PAST}",
    f"{REPLICA}UPDATE {PAST} SET name_en = 'x'",
    f"{REPLICA}DELETE FROM {PAST}",
    f"ALTER TABLE {PAST} DISABLE TRIGGER guard_keep",
    f"ALTER TABLE {PAST} ALTER COLUMN name_en TYPE varchar(120) USING 'x'",
    f"ALTER TABLE {PAST} RENAME TO other",
    f"DROP TABLE {PAST}",
    f"DROP TRIGGER guard_whole ON {PAST}",
    f"GRANT UPDATE ON {PAST} TO ijm_app; SELECT 1 WHERE has_table_privilege('ijm_app', '{PAST}', 'UPDATE')",
    "ALTER TABLE accounts_office DISABLE TRIGGER guard_record_u",
    "DROP TRIGGER guard_record_u ON accounts_office",
    "ALTER TRIGGER guard_record_u ON accounts_office RENAME TO other",
    f"CREATE OR REPLACE FUNCTION guard.record_accounts_office() {QUIET}",
    "TRUNCATE accounts_office CASCADE",
    f"{REPLICA}TRUNCATE accounts_office CASCADE",
    "UPDATE guard_lock.state SET event_id = 1",
    "DELETE FROM guard_lock.kept",
    "TRUNCATE guard_lock.kept",
    "ALTER TABLE guard_lock.state DISABLE TRIGGER ALL",
    f"CREATE OR REPLACE FUNCTION guard_lock.keep() {QUIET}",
    "CREATE OR REPLACE FUNCTION guard_lock.refuse_change() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, pg_temp AS $$ BEGIN END $$",
    "CREATE OR REPLACE FUNCTION guard_lock.refuse_replaced() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, pg_temp AS $$ BEGIN END $$",
    "DROP SCHEMA public CASCADE",
)
# What only a superuser can do at all: the recorded way, and the beginning of the two that are not.
MIGHT = ("SELECT guard_lock.unlock()", "DROP EVENT TRIGGER guard_lock_change", "ALTER EVENT TRIGGER guard_lock_change DISABLE",
         "DROP SCHEMA guard_lock CASCADE")
LOGINS = ("ijm_app", "ijm_audit", "ijm_owner", "keeper", "ijm_log", "ijm_rotor", "ijm_backup", "superuser")
ADDS = {"ijm_app", "ijm_owner", "keeper", "superuser"}
READS = {"ijm_audit", "ijm_owner", "keeper", "ijm_log", "ijm_backup", "superuser"}


def database() -> str:
    return str(connections["default"].settings_dict["NAME"])


def connected(login: str) -> psycopg.Connection[Any]:
    """A connection as this login would make it."""
    dsn = CLUSTER.superuser_dsn(database()) if login == "superuser" else CLUSTER.url(
        "ijm_owner" if login == "keeper" else login, database())
    return psycopg.connect(dsn)


def succeeds(login: str, *statements: str) -> bool:
    """Whether these statements, said one after another by this login, change or show anything; nothing of it stays."""
    with connected(login) as connection:
        return tried(connection, login, *statements)


def tried(connection: psycopg.Connection[Any], login: str, *statements: str) -> bool:
    """The same over a connection that is there."""
    changed = -1
    if login == "keeper":
        connection.execute("SET ROLE ijm_keeper")
    try:
        for part in [part for statement in statements for part in statement.split("; ")]:
            changed = connection.execute(part).rowcount  # type: ignore[arg-type]
    except psycopg.Error:
        return False
    finally:
        connection.rollback()
    return changed != 0


@pytest.fixture(scope="module")
def locked(shared_cast: Cast) -> Iterator[Cast]:
    """A house whose log and history are locked, as `up` or `provision` leaves it."""
    assert locking.lock(CLUSTER.superuser_dsn(database()))
    superuser("INSERT INTO audit_leaf SELECT 0, min(id) FROM audit_event")
    superuser("INSERT INTO audit_checkpoint (size, root, note, at) VALUES (1, sha256('x'), 'x', now())")
    yield shared_cast


@pytest.mark.parametrize("login", LOGINS)
def test_nobody_changes_hides_or_stops_what_is_recorded(locked: Cast, login: str) -> None:
    assert len(ATTEMPTS) * len(LOGINS) >= 75
    with connected(login) as connection:
        assert [statement for statement in ATTEMPTS if tried(connection, login, statement)] == []


def test_who_adds_who_reads_and_who_is_mighty(locked: Cast) -> None:
    assert {login for login in LOGINS if succeeds(login, ADD)} == ADDS
    assert {login for login in LOGINS if succeeds(login, READ)} == READS
    for statement in MIGHT:
        assert {login for login in LOGINS if succeeds(login, statement)} == {"superuser"}


def test_nobody_forges_when_or_in_which_transaction(locked: Cast) -> None:
    """The time and the place in the log are the database's own, whoever writes."""
    forged = "INSERT INTO audit_event (body, at, xid, epoch) VALUES ('{}', '2000-01-01', '5', 77)"
    assert {login for login in LOGINS if succeeds(login, forged)} == {"ijm_owner", "superuser"}
    for login in ("ijm_owner", "superuser"):
        with connected(login) as connection:
            made = connection.execute(
                f"{forged} RETURNING at > now() - interval '1 hour', xid = pg_current_xact_id(), epoch").fetchone()
            connection.rollback()
        assert made == (True, True, 1)


def test_two_ways_stay_open_to_a_superuser(locked: Cast) -> None:
    """Said honestly: no rule inside a database binds its superuser. What she does this way the witnesses' copies show."""
    change = "UPDATE audit_event SET body = '{}'"
    dropped = tuple(f"DROP EVENT TRIGGER {name}" for name in ("guard_lock_change", "guard_lock_own", "guard_lock_drop",
                                                              "guard_lock_rewrite"))
    assert succeeds("superuser", *dropped, "ALTER TABLE audit_event DISABLE TRIGGER ALL", change)
    assert succeeds("superuser", "UPDATE pg_trigger SET tgenabled = 'D' WHERE tgrelid = 'audit_event'::regclass", change)


def test_everyday_work_is_not_hindered(locked: Cast) -> None:
    """Temporary tables, other tables and maintenance: the lock looks at what was recorded alone."""
    for statement in ("CREATE TABLE other (a int)", "ALTER TABLE web_draft ADD COLUMN other int", "ANALYZE audit_event",
                      "CREATE INDEX more ON accounts_office (code)", "COMMENT ON TABLE accounts_office IS 'x'"):
        assert succeeds("ijm_owner", statement), statement


def test_a_migration_without_change_passes_and_one_with_change_needs_the_recorded_way(
        locked: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    out, dsn = StringIO(), CLUSTER.superuser_dsn(database())
    call_command("migrate", verbosity=0)
    assert [event["act"] for event in events()][-1] == "audit.locked"
    monkeypatch.setattr("ijm.guard.apply.render", _other_render)
    with pytest.raises(CommandError, match="unlock-audit"):
        call_command("migrate", verbosity=0)
    at = newest()
    assert locking.unlock(dsn)
    assert succeeds("ijm_owner", "ALTER TABLE audit_event DISABLE TRIGGER guard_keep"), "open: the event says so"
    call_command("migrate", verbosity=1, stdout=out)
    assert "event triggers: on" in out.getvalue()
    told = [event for event in events(at) if event["act"].startswith("audit.")]
    assert [(event["act"], event["who"]["role"]) for event in told] == [
        ("audit.unlocked", "DATABASE"), ("audit.locked", "DATABASE")]
    assert told[1]["who"]["code"] == "ijm_owner"
    assert not succeeds("ijm_owner", "ALTER TABLE audit_event DISABLE TRIGGER guard_keep")
    with as_owner("default") as connection, connection.cursor() as cursor:
        locking.close(cursor)  # closed already: nothing happens
        assert migrate.event_triggers(connection) == "on"
    assert [event["act"] for event in events()][-1] == "audit.locked"


def _other_render() -> str:
    """The next version of this program: one comment longer."""
    from ijm.guard.render import render

    return render() + "-- a later version\n"


def test_provision_says_what_it_did_and_what_is_not_possible(locked: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(**options: Any) -> str:
        out = StringIO()
        call_command("provision", stdout=out, **options)
        return out.getvalue()

    class Server:
        is_up = True

        def __init__(self, root: Any) -> None:
            self.root = root

        def running(self) -> bool:
            return self.is_up

        def superuser_dsn(self, name: str) -> str:
            return CLUSTER.superuser_dsn(database())

    monkeypatch.setattr(provision, "Cluster", Server)
    monkeypatch.setattr(provision, "bootstrap", lambda cluster: None)
    monkeypatch.delenv(provision.VARIABLE, raising=False)
    assert "Event triggers: on" in said()
    assert "is open" in said(unlock_audit=True) and "Event triggers: on" in said()
    assert "CREATE EVENT TRIGGER" in said(only_print=True)
    Server.is_up = False
    with pytest.raises(CommandError, match="not possible here"):
        said()
    monkeypatch.setenv(provision.VARIABLE, CLUSTER.superuser_dsn(database()))
    assert "Event triggers: on" in said()
    monkeypatch.setenv(provision.VARIABLE, CLUSTER.superuser_dsn("postgres"))
    assert "until there are tables" in said() and "no lock here yet" in said(unlock_audit=True)
