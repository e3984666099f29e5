"""A copy of the root key for an offline machine, and the way back from it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.core.management import call_command
from django.core.management.base import CommandError

from ijm.messages import Event
from ijm.vault import escrow, keyring, roots
from ijm.vault.errors import BadFormat, RootSealed, Tampered
from ijm.vault.management.commands import vault_escrow
from ijm.vault.roots import FileRoot, file
from ijm.vault.roots.transit import TransitRoot
from tests.ijm.key_database import force, key_database, no_keys
from tests.ijm.test_vault_keyring import made
from tests.trail import last_events
from tests.transit import KeyServer, serving, token_file

__all__ = ("key_database", "no_keys")
WORDS = b"a long passphrase of the bank"


def pem(key: object) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]


def private_pem(key: object) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def of_bank() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 3072)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    (tmp_path / "words").write_bytes(WORDS + b"\n")
    return tmp_path / "words"


def test_a_copy_for_either_kind_of_key_opens_with_it_alone(of_bank: rsa.RSAPrivateKey) -> None:
    body = json.dumps({"made": "2026-11-22", "root": "ab" * 32, "keks": [["identity", 1, "cd" * 32]]}).encode()
    private, public = escrow.make_pair(WORDS)
    other, _public = escrow.make_pair(WORDS)
    of_its = private_pem(of_bank), None
    for key, its, wrong in ((public, (private, WORDS), (other, WORDS)), (pem(of_bank), of_its, (private, WORDS))):
        sealed = escrow.seal(escrow.public_key(key), body)
        copy = escrow.open_copy(*its, sealed)
        assert (copy.made, copy.root, copy.keks) == ("2026-11-22", b"\xab" * 32, {("identity", 1): b"\xcd" * 32})
        assert b"2026" not in sealed and escrow.seal(escrow.public_key(key), body) != sealed
        with pytest.raises((Tampered, BadFormat)):
            escrow.open_copy(*wrong, sealed)


def test_every_changed_byte_of_a_copy_is_refused() -> None:
    private, public = escrow.make_pair(WORDS)
    sealed = escrow.seal(escrow.public_key(public), b"{}")
    loaded = escrow.load_pem_private_key(private, WORDS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(escrow, "load_pem_private_key", lambda *args: loaded)  # opened once: it is slow on purpose
        for at in range(len(sealed)):
            changed = bytearray(sealed)
            changed[at] ^= 1
            with pytest.raises((Tampered, BadFormat)):
                escrow.open_copy(private, WORDS, bytes(changed))
        for length in range(len(sealed)):
            with pytest.raises((Tampered, BadFormat)):
                escrow.open_copy(private, WORDS, sealed[:length])


def test_a_wrong_passphrase_and_a_weak_or_foreign_key_are_refused() -> None:
    private, public = escrow.make_pair(WORDS)
    with pytest.raises(BadFormat):
        escrow.open_copy(private, b"other words", escrow.seal(escrow.public_key(public), b"{}"))
    for weak in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())):
        with pytest.raises(BadFormat):
            escrow.public_key(pem(weak))
    with pytest.raises(BadFormat):
        escrow.public_key(b"no key")


def test_a_lost_root_comes_back_from_its_copy(committed_db: tuple[str, str], tmp_path: Path, words: Path, capsys) -> None:
    number = made().id
    call_command("vault_escrow", make_pair=tmp_path / "bank", passphrase_file=words)
    shown = capsys.readouterr().out.split("Fingerprint: ")[1].strip()
    call_command("vault_escrow", to=tmp_path / "bank.pub", out=tmp_path / "copy")
    assert shown in capsys.readouterr().out, "the same fingerprint is compared here and there"
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == stat.S_IMODE((tmp_path / "bank.key").stat().st_mode) == 0o600
    assert [one["kind"] for one in last_events(20) if one["act"] == Event.KEYS_ESCROWED] == ["file"]
    call_command("vault_escrow", open=tmp_path / "copy", key=tmp_path / "bank.key", passphrase_file=words,
                 out=tmp_path / "new.key", root_passphrase_file=words)
    keyring.forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roots, "root", lambda: FileRoot(tmp_path / "new.key", words))
        assert keyring.keys([number]), "the same root under another passphrase"
    keyring.forget()


def test_the_keys_of_a_lost_key_server_come_back_under_a_file(no_keys, tmp_path, words, monkeypatch, capsys) -> None:
    number, private, public = made().id, *escrow.make_pair(WORDS)
    (tmp_path / "bank.key").write_bytes(private)
    monkeypatch.setattr(vault_escrow, "told", lambda root: None)
    with serving(KeyServer()) as server, monkeypatch.context() as there:
        remote = TransitRoot(server.address, "transit", "ijm", token_file(tmp_path, server.token))
        keyring.rewrap_root(remote)
        there.setattr(roots, "root", lambda: remote)
        (tmp_path / "copy").write_bytes(escrow.seal(escrow.public_key(public), escrow.content()))
        server.cipher = KeyServer().cipher
        with pytest.raises(Tampered):
            escrow.content()
    ask = {"open": tmp_path / "copy", "key": tmp_path / "bank.key", "passphrase_file": words}
    call_command("vault_escrow", **ask)
    assert "--lay-under" in capsys.readouterr().out
    file.create(tmp_path / "root.key", WORDS)
    monkeypatch.setattr(roots, "root", lambda: FileRoot(tmp_path / "root.key", words))
    keyring.forget()
    assert not keyring.keys([number])
    call_command("vault_escrow", lay_under=True, **ask)
    assert keyring.keys([number]) and "2 keys" in capsys.readouterr().out
    force(no_keys, "UPDATE vault_kek SET canary = set_byte(canary, 80, get_byte(canary, 80) # 1) WHERE compartment = 'identity'")
    with pytest.raises(CommandError, match="VAULT-SEALED"):
        call_command("vault_escrow", lay_under=True, **ask)


@pytest.mark.parametrize(("answers", "says"), [((b"short",), "at least"), ((WORDS, b"something else"), "not the same")])
def test_a_passphrase_is_long_and_typed_twice(tmp_path: Path, monkeypatch, answers: tuple[bytes, ...], says: str) -> None:
    typed = [one.decode() for one in answers]
    monkeypatch.setattr(vault_escrow, "getpass", lambda question: typed.pop(0))
    with pytest.raises(CommandError, match=says):
        call_command("vault_escrow", make_pair=tmp_path / "bank")
    with pytest.raises(CommandError, match="--out is missing"):
        vault_escrow._said({"out": None}, "out")


def test_a_lost_root_cannot_be_copied(no_keys: str, tmp_path: Path, words: Path, monkeypatch) -> None:
    monkeypatch.setattr(roots, "root", lambda: FileRoot(tmp_path / "absent", words))
    with pytest.raises(RootSealed):
        escrow.content()
