"""The twelve attacks on the log, by a superuser who passes every rule, and what notices each: exactly as the table says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from audit.log.checkpoints import make_key, witness_file
from audit.log.notes import Signer
from audit.verifying.records import Reconciler
from audit.verifying.report import Report
from audit.verifying.whole import Check
from tests import databases
from tests.audit.attackers import HOUR, Office, partner, told
from tests.audit.conftest import ORIGIN
from tests.audit.logs import Log

TREE, SIGNATURE, WITNESS, TIME = "tree", "signature", "witness", "time"
Attack = Callable[[Office, psycopg.Connection], None]


@pytest.fixture(scope="module")
def _past(module_log: Log, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three hours of work, signed, and handed to a partner in the third."""
    signer = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    office = Office(module_log, signer, partner(), tmp_path_factory.mktemp("partner") / "log.txt", time.time())
    module_log.caught_up()
    for number in (1, 2):
        office.hour(number, events=130)
    office.keep("second")
    office.hour(3)
    office.hand_on(office.began + 3 * HOUR + 120)
    office.keep("third")
    return office


@pytest.fixture
def office(_past: Office, log_var: Path) -> Iterator[Office]:
    """The office in its third hour, whole, with its key and the partner's."""
    (log_var / "log.key").write_text(_past.signer.written())
    (log_var / "log.key").chmod(0o600)
    make_key()
    (log_var / "witness").mkdir()
    witness_file().with_name("keys").write_text(f"{_past.partner.verifier}\n")
    _past.put_back("third")
    yield _past
    _past.put_back("third")


def verified(office: Office, since: int = 0) -> Report:
    """The verdict, against the file that the partner keeps."""
    return Check.of_office(file=office.file).run(since)


# the attacks: what is done to the log, and what time it is when it goes on


def edited(office: Office, connection: psycopg.Connection) -> None:
    body = told(office.began + HOUR + 1)
    assert connection.execute("UPDATE audit_event SET body = %s WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = "
                              "(SELECT min(size) + 2 FROM audit_checkpoint))", [body]).rowcount == 1


def edited_and_rechained(office: Office, connection: psycopg.Connection) -> None:
    edited(office, connection)
    office.rechained(connection)


def deleted(office: Office, connection: psycopg.Connection) -> None:
    connection.execute("DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = 5)")
    connection.execute("CREATE TEMP TABLE rest AS SELECT idx - 1 AS idx, event_id FROM audit_leaf WHERE idx > 5")
    connection.execute("DELETE FROM audit_leaf WHERE idx >= 5")
    connection.execute("INSERT INTO audit_leaf SELECT * FROM rest")
    connection.execute("DROP TABLE rest")
    connection.execute("DELETE FROM audit_checkpoint WHERE size > (SELECT count(*) FROM audit_leaf)")
    office.rechained(connection)


def reordered(office: Office, connection: psycopg.Connection) -> None:
    rows = connection.execute("DELETE FROM audit_leaf WHERE idx IN (5, 6) RETURNING 11 - idx, event_id").fetchall()
    for row in rows:
        connection.execute("INSERT INTO audit_leaf VALUES (%s, %s)", row)
    office.rechained(connection)


def truncated(office: Office, connection: psycopg.Connection) -> None:
    second = sorted(held.size for held in office.log.store.checkpoints())[-2]
    office.cut(connection, second)


def rolled_back(office: Office, connection: psycopg.Connection) -> None:
    office.put_back("second")


def rewritten_with(key: Callable[[Office], Signer]) -> Attack:
    def attack(office: Office, connection: psycopg.Connection) -> None:
        edited_and_rechained(office, connection)
        office.signed_anew(connection, key(office))

    return attack


def nothing(office: Office, connection: psycopg.Connection) -> None:
    """The honest control."""


def hour(number: int, says: float | None = None) -> Callable[[Office], None]:
    """Work goes on in this hour; its events say another when the clock of who writes is wrong, or lies."""
    return lambda office: office.hour(number, says=None if says is None else office.began + says * HOUR)


STOLEN = rewritten_with(lambda office: office.signer)
WRONG = rewritten_with(lambda office: Signer(ORIGIN, Ed25519PrivateKey.generate()))
# What notices it: the tree alone (a chain of hashes), signatures, the witness, bounds of time. x: it must, -: it cannot.
ATTACKS: dict[str, tuple[Attack, Callable[[Office], None] | None, str]] = {
    "edit row": (edited, None, "xxx "),
    "edit + re-chain": (edited_and_rechained, None, "-xx "),
    "delete + re-chain": (deleted, None, "-xx "),
    "reorder + re-chain": (reordered, None, "-xx "),
    "truncate tail (and its checkpoints)": (truncated, None, "--x "),
    "truncate then continue": (truncated, hour(4), "--xx"),
    "rollback by DB restore, then fork": (rolled_back, hour(4), "--xx"),
    "full rewrite with stolen log key": (STOLEN, None, "--x "),
    "full rewrite with wrong key": (WRONG, None, "-xx "),
    "back-dated event honestly appended": (nothing, hour(4, says=1), "---x"),
    "clock +1 h": (nothing, hour(4, says=5), "---x"),
    "honest control": (nothing, hour(4), "----"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_is_noticed_by_what_the_table_says(office: Office, name: str) -> None:
    attack, then, cells = ATTACKS[name]
    with office.past_the_rules() as connection:
        attack(office, connection)
    if then is not None:
        then(office)
    report = verified(office)
    for by, cell in zip((TREE, SIGNATURE, WITNESS, TIME), cells, strict=True):
        assert cell == " " or (by in report.wrong) == (cell == "x"), (by, report.lines())
    assert set(report.wrong) <= {TREE, SIGNATURE, WITNESS, TIME}
    assert report.code == (1 if "x" in cells else 0) and report.missing == []


def test_a_write_that_was_never_logged_is_found_by_the_reconciler_alone(office: Office) -> None:
    assert Reconciler(Report()).everything().troubles == []
    with office.log.superuser() as connection:
        connection.execute("ALTER TABLE accounts_office DISABLE TRIGGER USER")
        row = connection.execute("UPDATE accounts_office SET name_en = name_en || '.' WHERE id = "
                                 "(SELECT min(id::text)::uuid FROM accounts_office) RETURNING id").fetchone()
    assert row and verified(office).code == 0
    (found,) = Reconciler(Report()).everything().troubles
    assert (found.kind, found.by, found.table, found.row) == ("differs", "reconciler", "accounts_office", str(row[0]))
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("audit_verify", "--records", stdout=said, stderr=StringIO())
    assert end.value.code == 1 and str(row[0]) in said.getvalue()
    with office.log.superuser() as connection:
        connection.execute("UPDATE accounts_office SET name_en = rtrim(name_en, '.') WHERE id = %s", row)
    assert Reconciler(Report()).everything().troubles == []


def test_more_than_the_table_places_tiles_vanished_events_and_a_log_that_passes_something_over(office: Office) -> None:
    size = office.log.store.size()
    for statement, says in (
        ("DELETE FROM audit_leaf WHERE idx = 7", "Place 7 of the log is empty"),
        ("DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = 7)", "in place 7 has vanished"),
        ("UPDATE audit_tile SET bytes = set_byte(bytes, 3, get_byte(bytes, 3) # 1) WHERE (level, n) = (0, 0)", "Tile 0 does not"),
        ("DELETE FROM audit_tile WHERE (level, n) = (0, 1)", "The last tile does not"),
        ("INSERT INTO audit_event (epoch, xid, at, body) SELECT epoch, xid, at, '{}' FROM audit_event ORDER BY id LIMIT 1",
         "was passed over"),
        ("UPDATE audit_checkpoint SET root = sha256('') WHERE size = (SELECT max(size) FROM audit_checkpoint)",
         "its note says something else"),
    ):
        with office.past_the_rules() as connection:
            assert connection.execute(statement).rowcount == 1, statement  # type: ignore[arg-type]
        report = verified(office)
        assert report.code == 1 and says in " ".join(report.lines()), (statement, report.lines())
        office.put_back("third")
    assert office.log.store.size() == size


def test_a_witness_file_whose_end_is_half_written_or_not_of_this_log(office: Office, tmp_path: Path) -> None:
    whole, file = office.file.read_text(), tmp_path / "log.txt"
    file.write_text(whole + whole[:whole.index("\n\n") + 30])
    report = Check.of_office(file=file).run()
    assert report.code == 0 and "the end of the witness file is half written" in report.unchecked
    stranger = Signer(ORIGIN, Ed25519PrivateKey.generate())
    file.write_text(whole.replace(whole.splitlines()[-2], stranger.line(b"nothing").strip()))
    report = Check.of_office(file=file).run()
    assert report.wrong["witness"] == 1 and "not signed by the log's key" in " ".join(report.lines())


def test_events_that_wait_behind_a_transaction_that_does_not_end_are_told_as_missing(office: Office) -> None:
    with psycopg.connect(databases.CLUSTER.superuser_dsn(office.log.names[0])) as open_one:
        open_one.execute("SELECT pg_current_xact_id()")
        office.log.tell(2)
        with office.log.superuser() as connection:
            connection.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
            connection.execute("UPDATE audit_event SET at = at - interval '1 day'"
                               " WHERE id > (SELECT max(event_id) FROM audit_leaf)")
            connection.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_stamp")
        report = verified(office)
        open_one.rollback()
    assert report.code == 2 and any(line.startswith("places for 2 events") for line in report.missing), report.lines()


# the command


def command(*words: str) -> tuple[int, str, str]:
    """(exit code, what it says, its progress)."""
    said, progress = StringIO(), StringIO()
    try:
        call_command("audit_verify", *words, stdout=said, stderr=progress)
    except SystemExit as end:
        return int(str(end.code)), said.getvalue(), progress.getvalue()
    except CommandError as error:
        return error.returncode, str(error), progress.getvalue()
    return 0, said.getvalue(), progress.getvalue()


def test_the_command_says_a_plain_verdict_with_progress(office: Office) -> None:
    size, witness = office.log.store.size(), f"--witness={office.file}"
    code, said, progress = command(witness)
    assert code == 0 and said.splitlines()[-1].startswith("WHOLE") and f"{size} of {size} events (100 %)" in progress
    assert f"{size} events" in said and "3 checkpoints" in said and "3 entries of the witness file" in said
    code, said, _progress = command(witness, "--json")
    assert (code, json.loads(said)["verdict"], json.loads(said)["looked"]["events"]) == (0, "whole", size)
    office.log.caught_up()
    assert sum(b'"audit.verified"' in body for body in office.log.bodies()) == 2, "who reads the log is read in it"


def test_what_is_missing_is_neither_whole_nor_tampered(office: Office, log_var: Path) -> None:
    code, said, _progress = command()
    assert code == 2 and "the witness file" in said and said.splitlines()[-1].startswith("CANNOT TELL")
    code, said, _progress = command(f"--witness={office.file}", "--key=nonsense")
    assert code == 2 and "Nobody can tell" in said
    (log_var / "log.pub").unlink()
    for words in ((f"--witness={office.file}",), ("--event=1",)):
        code, said, _progress = command(*words)
        assert code == 2 and "public key" in said
    assert command(f"--witness={office.file}", f"--key={office.signer.verifier}")[0] == 0, "a key that was kept elsewhere"
    stranger = Signer(ORIGIN, Ed25519PrivateKey.generate()).verifier
    assert command(f"--witness={office.file}", f"--key={stranger}")[0] == 1
    with office.past_the_rules() as connection:
        connection.execute("TRUNCATE audit_checkpoint")
    code, said, _progress = command(f"--key={office.signer.verifier}")
    assert code == 2 and "nothing has been signed" in said


def test_from_a_checkpoint_on_and_one_event_alone(office: Office) -> None:
    size = office.log.store.size()
    second = sorted(held.size for held in office.log.store.checkpoints())[-2]
    report = verified(office, since=size - 1)
    assert report.code == 0 and report.looked["events"] == size - second
    witness = f"--witness={office.file}"
    event = office.log.store.rows("SELECT event_id FROM audit_leaf WHERE idx = 9")[0][0]
    assert command(witness, f"--event={event}")[0] == 0
    with office.past_the_rules() as connection:
        edited(office, connection)
        changed = connection.execute("SELECT event_id FROM audit_leaf WHERE idx = (SELECT min(size) + 2 FROM audit_checkpoint)")
        (other,) = changed.fetchone() or (0,)
    assert command(witness, f"--event={event}")[0] == 0
    code, said, _progress = command(witness, f"--event={other}")
    assert code == 1 and "is not the one that was signed" in said
    assert command(witness, f"--event={10**9}")[0] == 1, "no such event"
    with office.past_the_rules() as connection:
        truncated(office, connection)
    code, said, _progress = command(witness, f"--event={event}")
    assert code == 1 and f"the witness file knows {size}" in said
