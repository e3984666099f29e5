"""The order of the log: no gap, no duplicate, nothing lost, whoever commits late and whatever is killed."""

from __future__ import annotations

import random

import psycopg
import pytest

from audit.log import epochs, sequencer, tree
from audit.log.sequencer import LogBroken, horizon, sequence
from audit.log.tiles import WIDTH
from audit.log.tree import is_included, leaf
from tests.audit.logs import Log, body, until


def test_every_event_of_an_office_gets_its_place_and_is_proved(log: Log) -> None:
    size = log.caught_up()
    assert size == log.count() > 20
    log.check()
    root = log.store.root(size)
    for idx, event, held in log.store.records():
        assert log.store.leaf_of(event) == idx
        assert is_included(idx, size, leaf(held), log.store.inclusion(idx, size), root)
    assert log.store.leaf_of(10**12) is None
    assert tree.root(size, log.store.read) == root
    with pytest.raises(LookupError, match="tile 5/9 is not there"):
        log.store.tile(5, 9)


def test_eight_writers_that_commit_in_inverted_order_leave_no_gap_and_no_duplicate(log: Log) -> None:
    before = log.store.size()
    writers = [log.connect(autocommit=False) for _ in range(8)]
    for number, writer in enumerate(writers):
        writer.execute("INSERT INTO audit_event (body) VALUES (%s)", [body(n=number)])
    for writer in writers[:0:-1]:
        writer.commit()
        log.tell()
        assert sequence() == 0, "the oldest still runs: whatever is committed after it waits"
    assert horizon("log").waiting == 14
    writers[0].commit()
    until(lambda: sequence() == 0 and log.store.size() == before + 15)
    numbers = [held for held in log.bodies()[before:] if b'"n":' in held]
    assert [held[held.index(b'"n":') + 4:][:1] for held in numbers] == [b"%d" % n for n in range(8)]
    log.check()
    for writer in writers:
        writer.close()


def test_what_is_rolled_back_has_no_place(log: Log) -> None:
    with log.connect(autocommit=False) as writer:
        log.tell(3, by=writer)
        writer.rollback()
    log.tell(2)
    before = log.store.size()
    assert log.caught_up() == before + 2


def test_tiles_grow_over_their_edges_in_portions_of_any_size(log: Log) -> None:
    log.tell(600)
    rng = random.Random(5)
    until(lambda: horizon("log").waiting == 600 and sequencer.sequence(1) == 1)
    # nothing is taken while a transaction of another test runs: it goes on afterwards
    until(lambda: not sequence(rng.choice([1, 7, 130, 256])) and horizon("log").waiting == 0)
    log.check()
    assert log.store.size() > 512 and len(log.store.tile(1, 0)) == 32 * (log.store.size() // 256)


def test_there_is_one_sequencer_at_a_time(log: Log) -> None:
    log.tell()
    with log.connect("LOG_DATABASE_URL", autocommit=False) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sequencer.LOCK])
        assert sequence() == 0
    log.caught_up()
    log.check()


def test_a_transaction_that_does_not_end_is_told(log: Log) -> None:
    assert (horizon().waiting, horizon().is_stalled, horizon().is_late) == (0, False, False)
    with log.connect(autocommit=False) as writer:
        log.tell(by=writer)
        log.tell()
        assert sequence() == 0
        seen = horizon()
        assert seen.waiting == 1 and seen.held > 0 and not seen.is_stalled
        held = sequencer.Horizon(seen.size, 1, seen.at, 61.0, 61.0)
        assert held.is_stalled and not held.is_late
        writer.commit()
    assert sequencer.Horizon(seen.size, 1, seen.at, 61.0, 0.0).is_late
    log.caught_up()


REFUSED = [
    "UPDATE audit_leaf SET event_id = event_id + 1000000 WHERE idx = 0",
    "DELETE FROM audit_leaf WHERE idx = (SELECT max(idx) FROM audit_leaf)",
    "TRUNCATE audit_leaf",
    "INSERT INTO audit_leaf SELECT max(idx) + 2, 0 FROM audit_leaf",
    "UPDATE audit_tile SET bytes = substr(bytes, 1, 32) WHERE level = 0 AND n = 0",
    "UPDATE audit_tile SET bytes = sha256('') || substr(bytes, 33) || sha256('') WHERE (level, n) = (1, 0)",
    "UPDATE audit_tile SET bytes = bytes || '\\x00' WHERE (level, n) = (1, 0)",
    "UPDATE audit_tile SET n = 9 WHERE (level, n) = (1, 0)",
    "INSERT INTO audit_tile VALUES (0, 99, sha256(''))",
    "DELETE FROM audit_tile",
    "TRUNCATE audit_tile",
    "DELETE FROM audit_checkpoint",
    "TRUNCATE audit_checkpoint",
    "INSERT INTO audit_checkpoint (size, root, note) SELECT max(idx) + 2, sha256(''), '' FROM audit_leaf",
]


@pytest.mark.parametrize("role", ["DATABASE_URL", "AUDIT_DATABASE_URL", "LOG_DATABASE_URL", "DATABASE_OWNER_URL", "superuser"])
def test_nobody_changes_what_is_written_not_even_the_owner_or_a_replica(log: Log, role: str) -> None:
    if log.count("audit_leaf") <= 2 * WIDTH:  # so many that each level of the tree has a tile to be attacked
        log.tell(2 * WIDTH)
        log.caught_up()
    connection = log.superuser() if role == "superuser" else log.connect(role)
    with connection:
        if role == "superuser":
            connection.execute("SET session_replication_role = replica")
        for statement in REFUSED:
            tried = _changed(connection, statement)
            assert tried in (0, "42501"), statement
            if role == "superuser":
                assert tried == "42501" or statement.startswith("DELETE FROM audit_checkpoint"), statement


def _changed(connection: psycopg.Connection, statement: str) -> int | str | None:
    """How many rows it touched, or why it was refused."""
    try:
        return connection.execute(statement).rowcount
    except psycopg.Error as error:
        return error.sqlstate


@pytest.mark.parametrize("table", ["audit_leaf", "audit_tile", "audit_checkpoint"])
def test_the_application_neither_reads_nor_writes_them_and_the_auditor_only_reads(log: Log, table: str) -> None:
    with log.connect() as app, log.connect("AUDIT_DATABASE_URL") as auditor, log.connect("ROTOR_DATABASE_URL") as rotor:
        for connection in (app, rotor):
            assert _changed(connection, f"SELECT FROM {table}") == "42501"
        assert _changed(auditor, f"SELECT FROM {table}") != "42501"
        insert = {"audit_leaf": "(idx, event_id) VALUES (10000000, 0)",
                  "audit_tile": "(level, n, bytes) VALUES (7, 0, sha256(''))",
                  "audit_checkpoint": "(size, root, note) VALUES (1, sha256(''), '')"}[table]
        with log.connect("DATABASE_OWNER_URL") as owner:
            for connection in (app, auditor, rotor, owner):
                assert _changed(connection, f"INSERT INTO {table} {insert}") == "42501"


def test_the_log_login_reads_no_record_and_writes_no_event(log: Log) -> None:
    with log.connect("LOG_DATABASE_URL") as login:
        for statement in ("SELECT FROM people_name", "SELECT FROM accounts_user", "SELECT FROM audit_subject",
                          "INSERT INTO audit_event (body) VALUES ('{}')", "UPDATE guard.epoch SET epoch = 9"):
            assert _changed(login, statement) == "42501", statement
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="this only"):
            login.execute("SELECT guard.tell_log('user.added', 'x')")


def test_an_event_that_vanished_stops_the_log_rather_than_being_passed_over(log: Log) -> None:
    log.tell()
    size = log.caught_up()
    with log.superuser() as connection, connection.transaction(force_rollback=False):
        last = connection.execute("SELECT event_id FROM audit_leaf WHERE idx = %s", [size - 1]).fetchone()
        assert last
        connection.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        gone = "DELETE FROM audit_event WHERE id = %s RETURNING id, epoch, xid::text, at, body"
        row = connection.execute(gone, last).fetchone()
        assert row
    try:
        with pytest.raises(LogBroken, match=f"place {size - 1}"):
            sequence()
        assert list(log.store.records(size - 1)) == [(size - 1, last[0], b"")]
    finally:
        with log.superuser() as connection:
            connection.execute("INSERT INTO audit_event OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s::text::xid8, %s, %s)", row)
            for name in ("stamp", "keep", "whole"):
                connection.execute(f"ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_{name}")
    log.check()


def test_the_epoch_stays_while_the_server_is_the_same(log: Log) -> None:
    assert epochs.settle() is False and log.store.epoch() == 1
