"""Checkpoints and the witness file: signed at a pace, proved to continue, refused where the log shrank or was written anew."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from audit.log import checkpoints, epochs, notes, sequencer, witness
from audit.log.checkpoints import NoKey, hand_on, keys, make, make_key, public, witness_file
from audit.log.notes import WITNESSED, Checkpoint, NoteError, Signer, Verifier
from audit.log.running import Running
from audit.log.sequencer import LogBroken
from audit.log.witness import Damaged, Entry, Forked, Seen, accept, follow
from ijm.embedded.programs import PROJECT
from tests.audit.conftest import ORIGIN
from tests.audit.logs import Log


@pytest.fixture
def signer(log_var: Path) -> Signer:
    """The office's key: the same for every test, as the log is."""
    (log_var / "log.key").write_text(Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32)))).written())
    (log_var / "log.key").chmod(0o600)
    make_key()
    return keys()


def grown(log: Log, signer: Signer, *steps: int) -> str:
    """The witness file after the log has grown by so many events, again and again."""
    for step in steps:
        log.tell(step)
        log.caught_up()
        make(signer)
        hand_on(signer)
    return witness_file().read_text()


def test_the_key_is_closed_and_its_public_line_is_open(log_var: Path) -> None:
    assert public() is None
    made = make_key()
    assert stat.S_IMODE((log_var / "log.key").stat().st_mode) == 0o600 and public() == made
    assert make_key() == made, "a key that is there stays"
    assert Verifier.read(str(made)) == made and Signer.read(keys().written()).verifier == made


def test_a_key_that_is_missing_open_or_another_one_signs_nothing(log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoKey, match="names no file"):
        keys()
    make_key()
    (log_var / "log.key").chmod(0o640)
    with pytest.raises(NoKey, match="chmod 600"):
        keys()
    (log_var / "log.key").chmod(0o600)
    monkeypatch.setattr(settings, "LOG", replace(settings.LOG, origin="other.example.org/log"))
    with pytest.raises(NoKey, match="signs for"):
        keys()
    (log_var / "log.key").write_text("nothing")
    with pytest.raises(NoKey, match="holds no log key"):
        keys()


def test_a_checkpoint_says_how_large_the_log_is_and_under_which_root(log: Log, signer: Signer) -> None:
    log.tell()
    log.caught_up()
    point = make(signer)
    held = log.store.newest()
    assert point and held and (held.size, held.root) == (log.store.size(), log.store.root(held.size))
    assert witness.read(held.note, signer.verifier) == point and held.stamp is None
    assert make(signer) is None, "the same log gives the same note"


def test_every_step_of_the_file_is_proved_and_a_kill_while_writing_is_mended(log: Log, signer: Signer) -> None:
    text = grown(log, signer, 3, 260, 1)
    followed = follow(text, signer.verifier)
    assert [entry.old for _point, entry in followed][1:] == [point.size for point, _entry in followed][:-1]
    assert followed[-1][0].size == log.store.size() and hand_on(signer) == 0
    path = witness_file()
    for cut in (len(text) - 1, len(text) - 100, text.rindex("\nold ") + 3):
        path.write_text(text[:cut])
        assert follow(text[:cut], signer.verifier), "a witness passes over what is half written"
        assert hand_on(signer) == 1 and path.read_text() == text
    os.utime(path, (1, 1))
    assert hand_on(signer) == 1 and path.read_text().startswith(text), "an unchanged log shows once an hour that it lives"
    assert follow(path.read_text(), signer.verifier)[-1][1].proof == ()


def test_a_log_that_does_not_continue_the_file_is_not_handed_on(log: Log, signer: Signer) -> None:
    text = grown(log, signer, 2)
    ahead = Checkpoint(signer.name, log.store.size() + 5, bytes(32))
    for other in (ahead, replace(ahead, size=log.store.size())):
        entry = Entry(0, (), notes.sign(other.text(), [signer]))
        witness_file().write_text(entry.written())
        with pytest.raises(Forked, match="does not continue"):
            hand_on(signer)
        assert witness_file().read_text() == entry.written()
    call_command("audit_log", "--begin-anew", stdout=StringIO())
    log.caught_up()
    assert b'"log.begun_anew"' in log.bodies()[-1] and hand_on(signer) >= 1
    assert witness_file().read_text().startswith(text[:text.index("\nold ") if "\nold " in text else None])
    witness_file().unlink()
    with pytest.raises(CommandError, match="no witness file"):
        call_command("audit_log", "--begin-anew")


def test_nothing_is_signed_over_tiles_that_were_changed(log: Log, signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(log, signer, 1)
    log.tell()
    log.caught_up()
    monkeypatch.setattr(checkpoints.Store, "root", lambda store, size: bytes(32))
    with pytest.raises(LogBroken, match="nothing is signed"):
        make(signer)


# The partner


class Partner:
    """A second organisation: a folder with the public key, what she has seen, and a key of her own."""

    def __init__(self, folder: Path, key: Verifier) -> None:
        self.folder, self.key = folder, key
        folder.mkdir()

    def __call__(self, text: str, *more: str) -> int:
        (self.folder / "log.txt").write_text(text)
        return witness.main([str(self.folder / "log.txt"), "--key", str(self.key), "--state", str(self.folder / "state"), *more])


@pytest.fixture
def partner(signer: Signer, tmp_path: Path) -> Partner:
    return Partner(tmp_path / "partner", signer.verifier)


def other_log(signer: Signer, *sizes: int) -> str:
    """A witness file as somebody with the stolen key would write it over another log."""
    old, text = 0, ""
    for size in sizes:
        point = Checkpoint(signer.name, size, (size.to_bytes(2) * 16))
        text += Entry(old, (bytes(32),) if old else (), notes.sign(point.text(), [signer])).written()
        old = size
    return text


def test_the_witness_accepts_a_log_that_grew_and_refuses_one_that_shrank_or_forked(
        log: Log, signer: Signer, partner: Partner, capsys: pytest.CaptureFixture[str]) -> None:
    text = grown(log, signer, 2, 5)
    first = text[:text.rindex("old ")]
    assert partner(first) == 0 and partner(text) == 0 and partner(text) == 0
    assert json.loads((partner.folder / "state").read_text())["size"] == log.store.size()
    assert partner(first) == 1 and "it shrank" not in capsys.readouterr().err
    before = (partner.folder / "state").read_text()
    size = log.store.size()
    for forged in (other_log(signer, size), other_log(signer, size + 1), other_log(signer, 1, size),
                   text + other_log(signer, size), text.replace("old 0", "old 1", 1)):
        assert partner(forged) == 1
    assert (partner.folder / "state").read_text() == before
    assert "REFUSED" in capsys.readouterr().out


def test_what_the_witness_cannot_read_is_neither_accepted_nor_called_a_fork(
        log: Log, signer: Signer, partner: Partner, capsys: pytest.CaptureFixture[str]) -> None:
    text = grown(log, signer, 1, 1)
    stranger = Signer(signer.name, Ed25519PrivateKey.generate())
    for damaged in ("", "nothing", text[1:], text.replace("\n\n—", "\n—", 1), other_log(stranger, 4)):
        assert partner(damaged) == 2
    assert witness.main([str(partner.folder / "none"), "--key", str(signer.verifier)]) == 2
    assert witness.main([str(partner.folder / "log.txt"), "--key", "x"]) == 2
    assert "cannot be read" in capsys.readouterr().err
    other = Signer("other.example.org/log", signer.key)
    with pytest.raises(Damaged, match="and the key is that of"):
        witness.read(notes.sign(Checkpoint("log", 1, bytes(32)).text(), [other]), other.verifier)


def test_a_witness_signs_with_the_moment_and_the_office_keeps_it(log: Log, signer: Signer, partner: Partner) -> None:
    text, own = grown(log, signer, 1), partner.folder / "own.key"
    assert witness.main(["x", "--make-key", "partner.example.org/witness", "--sign", str(own)]) == 0
    assert witness.main(["x", "--make-key", "partner.example.org/witness", "--sign", str(own)]) == 2, "a key is never overwritten"
    assert witness.main(["x", "--make-key", "a b", "--sign", str(partner.folder / "another")]) == 2
    out = partner.folder / "cosigned.txt"
    assert partner(text, "--sign", str(own), "--out", str(out)) == 0
    seer = Signer.read(own.read_text())
    assert seer.kind == WITNESSED and notes.opened(out.read_text(), [seer.verifier, signer.verifier])[1] == [
        signer.verifier, seer.verifier]
    line, signature = notes.lines_of(out.read_text(), [seer.verifier])[seer.verifier]
    assert abs(notes.seen_at(signature) - os.path.getmtime(out)) < 60
    later = out.read_text().replace(line, seer.line(witness.read(out.read_text(), signer.verifier).text().encode(), 5))
    assert notes.opened(later, [seer.verifier])
    with pytest.raises(NoteError, match="is wrong"):
        notes.opened(out.read_text().replace(line, line[:-20] + ("A" if line[-20] != "A" else "B") + line[-19:]), [seer.verifier])

    with pytest.raises(CommandError, match="nobody known"):
        call_command("audit_log", "--cosigned", str(out))
    witness_file().with_name("keys").write_text(f"{seer.verifier}\n\n")
    said = StringIO()
    call_command("audit_log", "--cosigned", str(out), stdout=said)
    call_command("audit_log", "--cosigned", str(out), stdout=said)
    assert said.getvalue().splitlines() == ["New signatures: partner.example.org/witness", "New signatures: none"]
    held = log.store.newest()
    assert held and notes.opened(held.note, [seer.verifier, signer.verifier])[1] == [signer.verifier, seer.verifier]
    strange = notes.sign(Checkpoint(signer.name, 1, bytes(32)).text(), [signer, seer])
    with pytest.raises(NoteError, match="not one of our"):
        checkpoints.take_cosigned(strange, [seer.verifier])


def test_the_partner_needs_no_database_and_no_setting(log: Log, signer: Signer, partner: Partner) -> None:
    text = grown(log, signer, 1)
    (partner.folder / "log.txt").write_text(text)
    told = subprocess.run(
        [sys.executable, "-m", "audit.log.witness", str(partner.folder / "log.txt"), "--key", str(signer.verifier)],
        cwd=partner.folder, env={"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, check=False)
    assert told.returncode == 0 and "only grew" in told.stdout, told.stderr
    assert (partner.folder / "witness.state").exists()
    with pytest.raises(SystemExit) as end:
        call_command("audit_witness", str(partner.folder / "log.txt"), "--key=none")
    assert end.value.code == 2
    assert Seen.of(accept(text, signer.verifier, None)[0]).size == log.store.size()


# The process


def test_the_first_key_of_an_office_is_made_by_its_first_round(log: Log, log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.log.running.Store.newest", lambda store, **how: None)
    monkeypatch.setattr(checkpoints, "make", lambda signer: None)
    monkeypatch.setattr(checkpoints, "hand_on", lambda signer: 0)
    assert Running(print).round() and public() == keys().verifier


def test_one_round_does_all_of_it_and_says_only_what_changed(log: Log, log_var: Path, signer: Signer) -> None:
    said: list[str] = []
    running = Running(said.append)
    log.tell(2)
    while sequencer.horizon("log").waiting:
        assert running.round()
    running.tick = -1
    assert running.round() and public() and follow(witness_file().read_text(), keys().verifier)[-1][0].size == log.store.size()
    (log_var / "log.key").unlink()
    for _again in range(2):
        running.tick = -1
        assert not running.round()
    assert [line[:30] for line in said] == ["The log: LOG_KEY_FILE names no"], "an office that has signed makes no second key"
    with pytest.raises(SystemExit) as end:
        call_command("audit_log", "--once", stderr=StringIO())
    assert end.value.code == 1
    assert running.round() and said[-1] == "The log: goes on."


def test_a_database_that_is_away_is_told_and_tried_again(log: Log, log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError("gone")

    said: list[str] = []
    running = Running(said.append, tick=10**12)
    monkeypatch.setattr(epochs, "settle", away)
    monkeypatch.setattr(running, "sign", lambda: None)
    assert not running.round() and said == ["The log: The database refused: OperationalError."]
    monkeypatch.undo()
    assert log.count() > 0


def test_the_process_goes_on_until_it_is_ended(log: Log, log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: Iterator[Any] = iter([None, None])
    monkeypatch.setattr("audit.log.running.SECOND", 0.0)
    monkeypatch.setattr(Running, "round", lambda self: next(rounds))
    with pytest.raises(StopIteration):
        call_command("audit_log")


def test_without_its_login_the_command_says_so_and_still_makes_the_key(log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connections

    said = StringIO()
    call_command("audit_log", "--make-key", stdout=said)
    assert said.getvalue().strip() == str(public())
    monkeypatch.setitem(connections[sequencer.LOG].settings_dict, "USER", "")
    with pytest.raises(CommandError, match="LOG_DATABASE_URL"):
        call_command("audit_log", "--once")
