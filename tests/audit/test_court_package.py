"""A package for a court: whole when it is honest, and every way of tampering with it is found and named."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.court import bag, package, proofs, verify_package
from audit.court.verify_package import INCOMPLETE, TAMPERED, UNVERIFIABLE, WHOLE
from audit.log import notes, tree
from tests.audit import courts
from tests.audit.courts import Files, SmallLog

HONEST, LOG = courts.full()
KEY = str(LOG.by.verifier)


def lines(held: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in held.decode().splitlines()]


def said(report: verify_package.Report) -> str:
    return "\n".join(report.lines())


def test_an_honest_package_is_whole_and_says_what_was_not_checked() -> None:
    report = courts.checked(HONEST, LOG)
    assert (report.code, report.tampered, report.incomplete, report.unverifiable) == (WHOLE, [], [], [])
    told = said(report)
    for expected in ("2 checkpoints signed by cases.example.org/log", "4 events stand in the log at their places",
                     "1 versions of rows are what the events say", "1 values are those that were recorded",
                     "1 values that cannot be opened: its key was destroyed", "1 events whose words are withheld",
                     "the office's own clock", "whether witnesses saw it", "RESULT       whole (0)"):
        assert expected in told


def test_the_single_file_runs_without_the_project_database_or_network() -> None:
    archive = bag.zipped("CP-0000-0000", HONEST)
    code, told = courts.alone(archive, "--key", KEY)
    assert (code, told.splitlines()[-1]) == (WHOLE, "RESULT       whole (0)")
    nodes = list(ast.walk(ast.parse(package.VERIFIER.read_text())))
    used = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    used |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in used} - sys.stdlib_module_names == {"cryptography"}
    assert not used & {"socket", "urllib", "http", "ssl", "sqlite3", "subprocess", "os"}


def test_without_a_key_from_elsewhere_nothing_is_proved() -> None:
    code, told = courts.alone(bag.zipped("CP-0000-0000", HONEST))
    assert code == UNVERIFIABLE and KEY in told


@pytest.mark.parametrize("name", sorted(HONEST))
def test_one_bit_flipped_in_any_file_is_found(name: str) -> None:
    held = bytearray(HONEST[name])
    held[len(held) // 2] ^= 1
    assert courts.checked({**HONEST, name: bytes(held)}, LOG).code == TAMPERED


@pytest.mark.parametrize("name", sorted(HONEST))
def test_a_file_that_is_gone_is_missed(name: str) -> None:
    files = {one: held for one, held in HONEST.items() if one != name}
    assert courts.checked(files, LOG).code in (TAMPERED, INCOMPLETE)


@pytest.mark.parametrize("name", sorted(one for one in HONEST if one.startswith("data/") and not one.endswith(".vkey")))
def test_a_file_that_is_gone_is_missed_after_every_checksum_was_made_anew(name: str) -> None:
    files = courts.again(HONEST, lambda payload: payload.pop(name.removeprefix("data/")))
    assert courts.checked(files, LOG).code == INCOMPLETE, said(courts.checked(files, LOG))


def change_lines(name: str, change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Files], None]:
    def done(payload: Files) -> None:
        rows = lines(payload[name])
        change(rows)
        payload[name] = b"".join((json.dumps(row) + "\n").encode() for row in rows)

    return done


def without_the_second_event(payload: Files) -> None:
    held = payload["events.bin"]
    first = 2 + int.from_bytes(held[:2], "big")
    second = 2 + int.from_bytes(held[first:first + 2], "big")
    payload["events.bin"] = held[:first] + held[first + second:]
    change_lines("events.jsonl", lambda rows: rows.pop(1))(payload)


def edited(name: str, before: bytes, after: bytes) -> Callable[[Files], None]:
    return lambda payload: payload.__setitem__(name, payload[name].replace(before, after))


def swapped(payload: Files) -> None:
    change_lines("events.jsonl", lambda rows: rows.reverse())(payload)


def wrong_word(row: str, value: Any) -> Callable[[list[dict[str, Any]]], object]:
    return lambda rows: rows[0].__setitem__(row, value)


ATTACKS: dict[str, tuple[Callable[[Files], object], int, str]] = {
    "an event left out": (without_the_second_event, INCOMPLETE, "4 events are told of, 3 of them"),
    "an event edited": (edited("events.bin", b"exhibit.taken", b"exhibit.moved"), TAMPERED, "the one whose place is proved"),
    "an event edited, its hash too": (
        change_lines("events.jsonl", wrong_word("leaf", "0" * 64)), TAMPERED, "is not the one whose place is proved"),
    "events in another order": (swapped, TAMPERED, "not in the order of the log"),
    "an event put at another place": (
        change_lines("events.jsonl", wrong_word("idx", 3)), INCOMPLETE, "1 events have no proof"),
    "a proof of another place": (
        lambda payload: payload.__setitem__("proofs/2.tlog-proof", payload["proofs/4.tlog-proof"]), TAMPERED,
        "is no proof of event 2"),
    "a proof that is too short": (
        lambda payload: payload.__setitem__("proofs/2.tlog-proof", proofs.tlog_proof(2, [], LOG.held(20).note)), TAMPERED,
        "too short or too long"),
    "no proof": (lambda payload: payload.pop("proofs/2.tlog-proof"), INCOMPLETE, "1 events have no proof"),
    "columns of a row edited": (edited("history/evidence_exhibit.jsonl", b'"taken"', b'"given"'), TAMPERED, "its columns"),
    "another digest of a row": (
        change_lines("history/evidence_exhibit.jsonl", wrong_word("digest", "0" * 64)), TAMPERED, "its digest is not"),
    "another kind of change": (
        change_lines("history/evidence_exhibit.jsonl", wrong_word("kind", "+")), TAMPERED, "is not what its event says"),
    "a row that no event tells of": (
        change_lines("history/evidence_exhibit.jsonl", lambda rows: rows.append({**rows[0], "history": "x"})), TAMPERED,
        "that no event tells of"),
    "a value that was not recorded": (edited("openings.jsonl", b"behind", b"beside"), TAMPERED, "the one that was recorded"),
    "a wrong opening": (change_lines("openings.jsonl", wrong_word("salt", "00" * 32)), TAMPERED, "the one that was recorded"),
    "an opening for the other side": (
        change_lines("openings.jsonl", wrong_word("side", "old")), TAMPERED, "is not the one that was recorded"),
    "no proof that the log only grew": (
        lambda payload: payload.__setitem__("proofs/consistency.json", b"[]"), INCOMPLETE, "is the beginning of that of 20"),
    "a line that is no object": (lambda payload: payload.__setitem__("files.jsonl", b"7\n"), TAMPERED, "no object"),
    "a format of tomorrow": (edited("package.json", b"package/1", b"package/9"), UNVERIFIABLE, "package/9"),
    "an event that is no JSON": (edited("events.bin", b'{"act"', b'["act"'), TAMPERED, "is not the one whose place is proved"),
    "a cut list of events": (lambda payload: payload.__setitem__("events.bin", payload["events.bin"][:-3]), TAMPERED, "is cut"),
}


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_tampering_is_found_after_every_checksum_was_made_anew(attack: str) -> None:
    change, expected, words = ATTACKS[attack]
    report = courts.checked(courts.again(HONEST, change), LOG)
    assert report.code == expected and words in said(report), said(report)


def test_whoever_remakes_everything_is_found_by_the_digest_on_paper() -> None:
    def less(payload: Files) -> None:
        told = json.loads(payload["package.json"])
        without_the_second_event(payload)
        change_lines("openings.jsonl", lambda rows: rows.pop(0))(payload)
        del payload["proofs/4.tlog-proof"], payload["history/evidence_exhibit.jsonl"]
        told["lines"] = {"data/events.jsonl": 3, "data/openings.jsonl": 1}
        payload["package.json"] = json.dumps(told | {"events": 3}).encode()

    files = courts.again(HONEST, less)
    assert courts.checked(files, LOG).code == WHOLE, "one who may leave out and say so is found by paper alone"
    payload = {name.removeprefix("data/"): held for name, held in HONEST.items() if name.startswith("data/")}
    assert courts.checked(files, LOG, digest=bag.digest(payload)).code == TAMPERED
    assert courts.checked(HONEST, LOG, digest=bag.digest(payload)).code == WHOLE


def test_a_wrong_key_and_a_stranger_prove_nothing() -> None:
    stranger = SmallLog(LOG.bodies, courts.signer(seed=9))
    report = courts.checked(HONEST, stranger)
    assert report.code == UNVERIFIABLE and "signed by nobody whose key was given" in said(report)
    forged, _log = courts.full(stranger)
    assert courts.checked(forged, LOG).code == UNVERIFIABLE
    assert courts.checked(forged).code == UNVERIFIABLE, "the key that lies in the package says nothing"


def test_a_signature_that_does_not_fit_is_tampering() -> None:
    other = LOG.held(20).note.replace("\n20\n", "\n21\n")
    report = courts.checked(courts.again(HONEST, lambda payload: payload.__setitem__("checkpoints/20.note", other.encode())), LOG)
    assert report.code == TAMPERED and f"the signature of {courts.ORIGIN} is wrong" in said(report)


def test_a_forked_log_is_found() -> None:
    fork = SmallLog([courts.body(number, act="never.happened") for number in range(20)])

    def between(payload: Files) -> None:
        payload["checkpoints/9.note"] = fork.held(9).note.encode()

    def twice(payload: Files) -> None:
        payload["checkpoints/20-again.note"] = fork.held(20).note.encode()

    for change in (between, twice):
        report = courts.checked(courts.again(HONEST, change), LOG)
        assert report.code == TAMPERED and "the log was forked" in said(report)


def test_witnesses_are_counted_and_their_times_bind() -> None:
    from datetime import timedelta

    witness = courts.signer("witness.example.net", 5)
    cosigner = verify_package.Key(witness.name, 4, witness.verifier.raw)

    def cosigned(note: str, at: int) -> bytes:
        text = note.rpartition("\n\n")[0] + "\n"
        signed = at.to_bytes(8, "big") + witness.key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        return (note + f"— {witness.name} {proofs.coded(cosigner.ident + signed)}\n").encode()

    def files(minutes: int) -> Files:
        at = int((courts.BEGUN + timedelta(minutes=minutes)).timestamp())
        return courts.again(HONEST, lambda payload: payload.update({
            f"checkpoints/{size}.note": cosigned(LOG.held(size).note, at + size) for size in (9, 20)}))

    report = courts.checked(files(21), LOG, witnesses=[cosigner], quorum=1)
    assert report.code == WHOLE, said(report)
    assert courts.checked(HONEST, LOG, witnesses=[cosigner], quorum=1).code == UNVERIFIABLE
    assert courts.checked(files(21), LOG, witnesses=[cosigner], quorum=2).code == UNVERIFIABLE
    for minutes in (-60, 200):
        report = courts.checked(files(minutes), LOG, witnesses=[cosigner])
        assert report.code == TAMPERED and "a time that the stamps around it rule out" in said(report)


def test_many_events_share_one_proof() -> None:
    log = SmallLog([courts.body(number) for number in range(401)])
    files = courts.packed(package.payload(courts.content(log, range(0, 400, 1), (401,)), log))
    assert "data/proofs/shared.json" in files and courts.checked(files, log).code == WHOLE
    other = log.held(401).note.encode()
    damages: list[Callable[[Files], object]] = [
        lambda payload: payload.__setitem__("proofs/shared.json", b'{"size":401,"hashes":[]}'),
        edited("proofs/shared.json", b'"hashes":["', b'"hashes":["A'),
        change_lines("events.jsonl", wrong_word("idx", -1)),
    ]
    assert [courts.checked(courts.again(files, damage), log).code for damage in damages] == [TAMPERED] * 3
    assert other


@pytest.mark.parametrize(("size", "places"), [(1, [0]), (2, [1]), (7, [0, 6]), (20, [3]), (20, [0, 5, 6, 19]), (64, [0, 63]),
                                              (100, list(range(0, 100, 7))), (33, list(range(33)))])
def test_a_shared_proof_leads_to_the_root_of_rfc_9162(size: int, places: list[int]) -> None:
    log = SmallLog([courts.body(number) for number in range(size)])
    leaves = {place: tree.leaf(log.bodies[place]) for place in places}
    hashes = proofs.shared(places, size, log.read)
    assert verify_package.shared_root(leaves, size, hashes) == tree.root(size, log.read)
    with pytest.raises(verify_package.Wrong):
        verify_package.shared_root(leaves, size, [*hashes, b"x" * 32])
    with pytest.raises(IndexError):
        proofs.shared([size], size, log.read)
    for place in places:
        path = log.inclusion(place, size)
        assert verify_package.climbed(place, size, leaves[place], path) == tree.root(size, log.read)
        with pytest.raises(verify_package.Wrong):
            verify_package.climbed(place, size, leaves[place], [*path, b"x" * 32])
    for old in range(1, size + 1):
        old_root, path = tree.root(old, log.read), log.consistency(old, size)
        assert verify_package.is_beginning(old, size, old_root, tree.root(size, log.read), path)
        assert not verify_package.is_beginning(old, size, b"x" * 32, tree.root(size, log.read), path)


def test_both_readings_of_a_key_agree() -> None:
    key = verify_package.Key.read(KEY)
    assert (key.ident, key.raw) == (LOG.by.verifier.key_id, LOG.by.verifier.raw)
    for broken in (KEY[:-4], KEY.replace("+", " "), "x", KEY.replace("cases", "other")):
        with pytest.raises(verify_package.Wrong):
            verify_package.Key.read(broken)
        with pytest.raises(notes.NoteError):
            notes.Verifier.read(broken)


def test_only_checkpoints_that_tell_something_are_taken_along() -> None:
    held = [LOG.held(size, stamp=b"x" if size % 4 == 0 else None) for size in range(1, 20)]
    assert [one.size for one in package.needed(held, [5, 6, 13])] == [4, 8, 12, 16, 19]
    assert [one.size for one in package.needed(held, [])] == [19]


def test_the_program_says_what_it_cannot_read(tmp_path: Path) -> None:
    told: list[str] = []

    def run(*words: object) -> int:
        told.clear()
        return verify_package.main([str(word) for word in words], told.append)

    (tmp_path / "whole.zip").write_bytes(bag.zipped("CP-0000-0000", HONEST))
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04 torn")
    (tmp_path / "log.pub").write_text(KEY + "\n")
    whole = tmp_path / "whole.zip"
    assert run(whole, "--key", tmp_path / "log.pub") == WHOLE and told[-1] == "RESULT       whole (0)"
    assert run(whole, "--key", KEY, "--digest", "0" * 64) == TAMPERED
    assert run(tmp_path / "torn.zip", "--key", KEY) == TAMPERED and "cannot be read" in told[0]
    assert run(tmp_path / "none.zip", "--key", KEY) == UNVERIFIABLE and "there is no" in told[0]
    assert run(whole, "--key", tmp_path / "none.pub") == UNVERIFIABLE
    assert run(whole, "--key", KEY[:-3]) == UNVERIFIABLE
    assert run(whole, "--key", KEY, "--tsa", tmp_path / "log.pub") == UNVERIFIABLE
