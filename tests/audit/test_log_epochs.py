"""The log over kills and restores: begun anew in another server it goes on, and nothing of the old life is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connections

from audit.log import checkpoints, epochs, sequencer, witness
from audit.log.notes import Signer
from audit.log.witness import Forked
from ijm.embedded import dumps, roles
from ijm.embedded.cluster import Cluster
from ijm.embedded.programs import PROJECT
from tests import databases
from tests.audit.conftest import ORIGIN
from tests.audit.logs import Log, body, until
from tests.cluster import CLUSTER

SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
# A process of its own, which for every message to the server has a child that is killed just before it sends it.
KILLED = """
import os, signal, sys
from pathlib import Path
from django.conf import settings
from ijm.env import database
from ijm.log_settings import Log
var = Path(os.environ["VAR"])
settings.configure(DATABASES={"default": {}, "log": database(os.environ["LOG_DATABASE_URL"])}, VAR=var, USE_TZ=True,
                   LOG=Log.read({"LOG_ORIGIN": "cases.example.org/log"}, var))
import psycopg
from audit.log.running import Running
step = 0
while True:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as writer:
        for n in range(0 if step % 4 else 100):
            writer.execute("INSERT INTO audit_event (body) VALUES ('{}')")
    child = os.fork()
    if not child:
        sent, wait = [0], psycopg.Connection.wait
        def counted(self, *args, **more):
            sent[0] += 1
            if sent[0] > step:
                os.kill(os.getpid(), signal.SIGKILL)
            return wait(self, *args, **more)
        psycopg.Connection.wait = counted
        os._exit(0 if Running(print).round() else 3)
    status = os.waitpid(child, 0)[1]
    print(step, status, flush=True)
    if status != signal.SIGKILL:
        sys.exit(status)
    step += 1
"""


@pytest.fixture
def key(log_var: Path) -> Path:
    """The office's key, and its folder."""
    (log_var / "log.key").write_text(SIGNER.written())
    (log_var / "log.key").chmod(0o600)
    return log_var


def test_a_process_that_is_killed_before_any_message_to_the_server_loses_and_doubles_nothing(log: Log, key: Path) -> None:
    environment = {**os.environ, **databases.variables(*log.names), "VAR": str(key), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED], env=environment, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=200)
    steps = done.stdout.splitlines()
    assert done.returncode == 0 and len(steps) > 15, done.stdout + done.stderr
    log.caught_up()
    log.check()
    checkpoints.hand_on(SIGNER)
    followed = witness.follow(checkpoints.witness_file().read_text(), SIGNER.verifier)
    held = log.store.checkpoints()
    assert [point.root for point, _entry in followed] == [one.root for one in held]


@pytest.mark.parametrize(("column", "reason"), [("system", "system"), ("line", "timeline")])
def test_another_server_begins_another_epoch_and_what_came_before_keeps_its_place(log: Log, column: str, reason: str) -> None:
    before, epoch = log.bodies(), log.store.epoch()
    log.tell(2)
    with log.superuser() as connection:
        connection.execute(f"UPDATE guard.epoch SET {column} = {column} - 1")
        writer = log.connect(autocommit=False)
        log.tell(by=writer)
        assert epochs.settle() and log.store.epoch() == epoch + 1 and not epochs.settle()
        log.tell()
        until(lambda: sequencer.sequence() == 0 and log.store.size() == len(before) + 2)
        assert sequencer.sequence() == 0, "somebody still writes the old epoch: the new one waits"
        writer.commit()
        writer.close()
    log.caught_up()
    log.check()
    assert log.bodies()[:len(before)] == before
    assert b'"act":"log.epoch","cat":"system"' in b"".join(log.bodies()[-3:])
    assert f'"reason":"{reason}"'.encode() in b"".join(log.bodies()[-3:])


def test_a_server_that_does_not_say_who_it_is_is_told_by_its_numbers(log: Log) -> None:
    epoch = log.store.epoch()
    with log.superuser() as connection, connection.transaction():
        connection.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        connection.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        connection.execute("INSERT INTO audit_event (epoch, xid, body) VALUES (%s, '999999999999', %s)", [epoch, body()])
        for name in ("stamp", "keep", "whole"):
            connection.execute(f"ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_{name}")
    assert epochs.settle() and log.store.epoch() == epoch + 1
    log.caught_up()
    log.check()
    assert b'"reason":"number"' in b"".join(log.bodies()[-2:])


def test_two_servers_that_fight_over_one_database_are_told(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epochs, "STEPS", 0)
    with pytest.raises(sequencer.LogBroken, match="does not settle"):
        epochs.settle()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Cluster]:
    """Another server, where transactions are counted from the beginning."""
    cluster = Cluster(tmp_path / "pg", durable=False, bin_dir=CLUSTER._wanted_bin)
    cluster.start()
    try:
        roles.bootstrap(cluster)
        yield cluster
    finally:
        connections.close_all()
        cluster.stop()


def test_a_dump_restored_into_another_server_loses_no_event_and_the_witness_notices_the_rollback(
        log: Log, key: Path, other: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.tell(3)
    log.caught_up()
    log.tell(2)  # in the dump, and without a place yet
    dumps.dump(databases.variables(*log.names)["BACKUP_DATABASE_URL"], tmp_path / "dump")
    kept = log.count()
    log.tell(4)  # after the dump: signed, seen by the witness, and lost with the old server
    log.caught_up()
    checkpoints.make(SIGNER)
    checkpoints.hand_on(SIGNER)
    partner = ["--key", str(SIGNER.verifier), "--state", str(tmp_path / "state")]
    assert witness.main([str(checkpoints.witness_file()), *partner]) == 0

    dumps.restore(other.superuser_dsn(roles.MAIN), tmp_path / "dump")
    _enter(other, monkeypatch)
    with psycopg.connect(other.url("ijm_app", roles.MAIN), autocommit=True) as writer:
        writer.execute("INSERT INTO audit_event (body) VALUES (%s)", [body(first="before the log's process")])
    assert epochs.settle()
    sequencer.catch_up()
    assert log.store.size() == kept + 2 and sequencer.horizon("log").waiting == 0
    last = b"".join(log.bodies()[-4:])
    assert b"before the log's process" in last and b'"log.epoch"' in last
    with psycopg.connect(other.superuser_dsn(roles.MAIN)) as connection:
        lost = connection.execute("SELECT count(*) FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.id"
                                  " WHERE l.idx IS NULL").fetchone()
    assert lost == (0,)
    with pytest.raises(Forked, match="does not continue"):
        checkpoints.hand_on(SIGNER)
    checkpoints.begin_anew()
    sequencer.catch_up()
    checkpoints.make(SIGNER)
    checkpoints.hand_on(SIGNER)
    assert witness.main([str(checkpoints.witness_file()), *partner]) == 1, "whoever kept the old file sees it"


def _enter(other: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the log's login speak with the other server."""
    connections[sequencer.LOG].close()
    login = psycopg.conninfo.conninfo_to_dict(other.url("ijm_log", roles.MAIN))
    for ours, theirs in (("NAME", "dbname"), ("HOST", "host"), ("PASSWORD", "password")):
        monkeypatch.setitem(connections[sequencer.LOG].settings_dict, ours, str(login[theirs]))
    assert settings.LOG.origin == ORIGIN
