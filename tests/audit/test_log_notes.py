"""Signed notes and checkpoints: the public example opens, ours are read back, whatever was touched is refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.log.notes import Checkpoint, NoteError, Signer, Verifier, opened, sign

# The example of golang.org/x/mod/sumdb/note, which the format comes from.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.fixture
def signer() -> Signer:
    return Signer("log.example.org/cases", Ed25519PrivateKey.generate())


def test_the_public_example_opens() -> None:
    peter = Verifier.read(PETER)
    assert str(peter) == PETER
    text, signed = opened(NOTE, [peter])
    assert text.startswith("If you think") and text.endswith("problem is.\n") and signed == [peter]


def test_a_checkpoint_is_signed_and_read_back(signer: Signer) -> None:
    point = Checkpoint("log.example.org/cases", 70_123, bytes(range(32)), ("epoch 2",))
    note = sign(point.text(), [signer, Signer("witness", Ed25519PrivateKey.generate())])
    text, signed = opened(note, [Verifier.read(str(signer.verifier))])
    assert Checkpoint.read(text) == point and signed == [signer.verifier]
    assert text.split("\n")[:3] == ["log.example.org/cases", "70123", base64.b64encode(bytes(range(32))).decode()]


def test_no_touched_note_opens(signer: Signer) -> None:
    note = sign(Checkpoint("log", 7, bytes(32)).text(), [signer])
    for at in range(len(note)):
        touched = note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1:]
        with pytest.raises(NoteError):
            opened(touched, [signer.verifier])
    for cut in range(len(note)):
        with pytest.raises(NoteError):
            opened(note[:cut], [signer.verifier])


def test_a_stranger_and_a_namesake_count_for_nothing(signer: Signer) -> None:
    note = sign("log\n", [signer])
    namesake = Signer(signer.name, Ed25519PrivateKey.generate())
    with pytest.raises(NoteError, match="nobody known"):
        opened(note, [namesake.verifier])
    forged = Verifier(signer.name, signer.verifier.raw)
    assert opened(note, [namesake.verifier, forged])[1] == [signer.verifier]


@pytest.mark.parametrize("line", ["", "a+b", "name+00000000+AAAA", PETER.replace("c74f20a3", "c74f20a4"),
                                  "two words" + PETER[12:], PETER[:-4], PETER.replace("+AR", "+?R")])
def test_what_is_no_verifier_key_is_refused(line: str) -> None:
    with pytest.raises(NoteError):
        Verifier.read(line)


@pytest.mark.parametrize("text", ["", "log\n7\n", "log\n7\nAAAA\n", "log\n-1\n" + "A" * 43 + "=\n", "\n7\n" + "A" * 43 + "=\n",
                                  "log\n07\n" + "A" * 43 + "=\n", "log\n7\n" + "A" * 43 + "=\n\n", "log\nx\n" + "A" * 43 + "=\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.read(text)


@pytest.mark.parametrize("note", ["no lines", "log\n\nno mark x08g\n", "log\n\n— name\n", "log\n\n— name ????\n",
                                  "log\n\n— name AAAA\n",
                                  "log\t\n\n— name AAAAAAAAAA==\n", "log\n\n— name AAAAAAAAAA=="])
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        opened(note, [Verifier.read(PETER)])


def test_a_text_without_its_last_line_is_not_signed(signer: Signer) -> None:
    with pytest.raises(NoteError):
        sign("cut", [signer])


def test_a_private_key_is_read_back_and_fits_its_name(signer: Signer) -> None:
    line = signer.written()
    assert Signer.read(line).verifier == signer.verifier
    for wrong in (line.removeprefix("PRIVATE+KEY+"), line.replace("cases", "house"), "PRIVATE+KEY+x", ""):
        with pytest.raises(NoteError):
            Signer.read(wrong)
