"""The root key: in its file, in a key server; the small secrets; the canary at the start."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connections

from ijm.env import Transit, WeakSetting
from ijm.vault import canary, checks, keyring, opened, process, roots
from ijm.vault.errors import ProviderDown, RootSealed
from ijm.vault.keyring import KEYS, Counts
from ijm.vault.root import create, open_secret, seal_secret, unseal
from ijm.vault.roots import FileRoot, file, transit
from ijm.vault.roots.transit import TransitRoot
from tests.ijm.key_database import force, key_database, no_keys
from tests.ijm.test_vault_keyring import made
from tests.transit import KeyServer, certificate, serving, token_file

__all__ = ("key_database", "no_keys")
WORDS = b"four lamps on the water"
PLAIN, AADS = [b"a" * 32, b"b" * 32], [b"one", b"two"]


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests need no costly scrypt."""
    monkeypatch.setattr(file, "COST", 2)


@pytest.fixture
def path(cheap: None, tmp_path: Path) -> Path:
    made = tmp_path / "root.key"
    create(made, WORDS)
    return made


@pytest.fixture
def held(path: Path, tmp_path: Path) -> FileRoot:
    (tmp_path / "words").write_bytes(WORDS)
    return FileRoot(path, tmp_path / "words")


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with serving(KeyServer()) as one:
        yield one


@pytest.fixture
def remote(server: KeyServer, tmp_path: Path) -> TransitRoot:
    return TransitRoot(server.address, "transit", "ijm", token_file(tmp_path, server.token))


def test_the_file_opens_with_its_passphrase(path: Path) -> None:
    assert len(unseal(path, WORDS)) == 32
    assert unseal(path, WORDS + b"\n") == unseal(path, WORDS), "an editor's last line break does not matter"


def test_the_file_is_as_written_down_and_for_its_owner_only(path: Path) -> None:
    raw = path.read_bytes()
    assert raw.startswith(b"IJMR1") and len(raw) == 5 + 16 + 12 + 32 + 16
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_roots_differ_and_a_given_one_is_kept(path: Path, tmp_path: Path) -> None:
    create(tmp_path / "other.key", WORDS)
    assert unseal(tmp_path / "other.key", WORDS) != unseal(path, WORDS)
    create(tmp_path / "copy.key", b"other words", unseal(path, WORDS))
    assert unseal(tmp_path / "copy.key", b"other words") == unseal(path, WORDS)


def test_a_root_is_never_overwritten(path: Path) -> None:
    with pytest.raises(FileExistsError):
        create(path, WORDS)


def test_a_wrong_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(RootSealed, match="VAULT-SEALED") as caught:
        unseal(path, b"four lamps on the river")
    assert "lamps" not in str(caught.value)


@pytest.mark.parametrize("at", range(81))
def test_every_changed_byte_of_the_file_is_refused(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0x80
    path.write_bytes(raw)
    with pytest.raises(RootSealed):
        unseal(path, WORDS)


@pytest.mark.parametrize("raw", [b"", b"IJMR1", b"x" * 81])
def test_a_file_that_is_no_root_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "r").write_bytes(raw)
    with pytest.raises(RootSealed):
        unseal(tmp_path / "r", WORDS)


def test_a_missing_file_is_refused_and_a_machine_without_one_is_known(tmp_path: Path) -> None:
    with pytest.raises(RootSealed):
        unseal(tmp_path / "absent", WORDS)
    assert not FileRoot(tmp_path / "absent", tmp_path / "words").is_at_hand()


def test_the_files_are_read_once_and_again_when_they_change(held: FileRoot, path: Path, tmp_path: Path) -> None:
    wrapped = held.wrap(PLAIN, AADS)
    assert held.unwrap_many(wrapped, AADS) == PLAIN
    assert held.unwrap_many(wrapped, AADS[::-1]) == [None, None], "bound to what it is for"
    (tmp_path / "words").unlink()
    assert held.unwrap_many(wrapped, AADS) == PLAIN, "the passphrase may be taken away after the start"
    (tmp_path / "words").write_bytes(b"not the right words")
    assert held.unwrap_many(wrapped, AADS) == PLAIN, "half of a new pair is no root yet"
    path.unlink()
    create(path, b"not the right words")
    assert held.unwrap_many(wrapped, AADS) == [None, None], "a new root needs no new start"


def test_the_settings_say_which_provider(settings: LazySettings, path: Path, tmp_path: Path) -> None:
    settings.ROOT_KEY_FILE, settings.ROOT_PASSPHRASE_FILE = path, tmp_path / "words"
    roots.forget()
    try:
        assert roots.root().name == "file" and roots.root().is_at_hand()
        settings.ROOT, settings.TRANSIT = "transit", Transit("https://keys.example.org", "transit", "ijm", tmp_path / "t", None)
        roots.forget()
        assert roots.root().name == "transit" and not roots.root().is_at_hand()
    finally:
        roots.forget()


def test_a_key_server_wraps_and_unwraps_in_one_request_each(remote: TransitRoot, server: KeyServer) -> None:
    wrapped = remote.wrap(PLAIN, AADS)
    assert all(one.startswith(b"vault:v1:") for one in wrapped)
    assert remote.unwrap_many(wrapped, AADS) == PLAIN and remote.unwrap_many([], []) == []
    assert server.asked == [("/v1/transit/encrypt/ijm", 2), ("/v1/transit/decrypt/ijm", 2)]


def test_one_wrapped_key_that_does_not_open_spoils_no_other(remote: TransitRoot) -> None:
    wrapped = remote.wrap(PLAIN, AADS)
    assert remote.unwrap_many([wrapped[0], wrapped[0]], AADS) == [PLAIN[0], None]
    assert remote.unwrap_many([b"\xff\xfe", b"vault:v1:"], AADS) == [None, None]


def test_a_server_that_refuses_us_is_a_sealed_root(remote: TransitRoot, server: KeyServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s.another")
    with pytest.raises(RootSealed) as caught:
        remote.wrap(PLAIN, AADS)
    assert "s.another" not in str(caught.value)
    (tmp_path / "token").write_text(server.token)
    assert remote.wrap(PLAIN, AADS), "an agent renews the token in its file"
    remote.key = "absent"
    with pytest.raises(RootSealed):
        remote.wrap(PLAIN, AADS)
    (tmp_path / "token").unlink()
    with pytest.raises(RootSealed):
        remote.wrap(PLAIN, AADS)


@pytest.mark.parametrize("answer", [[], [{}, {}]])
def test_a_server_that_answers_short_is_not_believed(remote: TransitRoot, monkeypatch, answer: list[dict[str, str]]) -> None:
    monkeypatch.setattr(remote, "_ask", lambda what, items: answer)
    with pytest.raises(RootSealed):
        remote.wrap(PLAIN, AADS)
    if not answer:
        with pytest.raises(RootSealed):
            remote.unwrap_many([b"x", b"y"], AADS)


def test_a_bad_request_is_no_answer(remote: TransitRoot) -> None:
    with pytest.raises(RootSealed):
        remote._ask("encrypt_data", [])


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_that_is_down_is_asked_again_after_a_pause_only(remote, server, monkeypatch, status: int) -> None:
    server.status = status
    for _ in range(3):
        with pytest.raises(ProviderDown, match="VAULT-PROVIDER-DOWN"):
            remote.wrap(PLAIN, AADS)
    assert len(server.asked) == 1, "pages fail at once, not in a queue"
    server.status = 200
    now = transit.time.monotonic()
    monkeypatch.setattr(transit.time, "monotonic", lambda: now + transit.PAUSE)
    assert remote.wrap(PLAIN, AADS)


def test_a_server_that_is_not_there_is_down(tmp_path: Path) -> None:
    with pytest.raises(ProviderDown):
        TransitRoot("http://127.0.0.1:9", "transit", "ijm", token_file(tmp_path, "x")).wrap(PLAIN, AADS)


def test_over_tls_only_a_server_that_somebody_vouches_for_is_asked(tmp_path: Path) -> None:
    pem, token = certificate(tmp_path), token_file(tmp_path, "s.of-this-test")
    with serving(KeyServer(), pem) as server:
        known = TransitRoot(server.address, "transit", "ijm", token, pem)
        assert known.unwrap_many(known.wrap(PLAIN, AADS), AADS) == PLAIN
        asked = len(server.asked)
        with pytest.raises(ProviderDown):
            TransitRoot(server.address, "transit", "ijm", token).wrap(PLAIN, AADS)
        with pytest.raises(ProviderDown):
            TransitRoot(server.address.replace("127.0.0.1", "localhost"), "transit", "ijm", token, pem).wrap(PLAIN, AADS)
        assert len(server.asked) == asked, "it saw neither token nor key"


def test_an_office_moves_into_a_key_server_and_lives_through_its_absence(no_keys, remote, server, monkeypatch) -> None:
    numbers = [made(compartment=name).id for name in ("identity", "clinical")]
    secret = seal_secret("JBSWY3DP", label="mfa.seed.v1")
    assert keyring.rewrap_root(remote) == Counts(3, 0, 0)
    monkeypatch.setattr(roots, "root", lambda: remote)
    keyring.forget()
    server.asked.clear()
    assert set(keyring.keys(numbers)) == set(numbers)
    assert server.asked == [("/v1/transit/decrypt/ijm", 2)], "one round trip for the page"
    server.status = 503
    assert set(keyring.keys(numbers)) == set(numbers), "what is open stays open"
    assert made().id == numbers[0]
    with pytest.raises(ProviderDown):
        made(compartment="witness")
    now = opened.time.monotonic()
    monkeypatch.setattr(opened.time, "monotonic", lambda: now + opened.CACHE_LIFE + 1)
    assert keyring.keys(numbers) == {} and isinstance(keyring.why_not(numbers[0]), ProviderDown)
    with pytest.raises(ProviderDown):
        made()
    assert canary.demand() is None, "a key server that is away does not stop a start"
    server.status = 200
    monkeypatch.setattr(opened.time, "monotonic", lambda: now + opened.CACHE_LIFE + 30)
    assert set(keyring.keys(numbers)) == set(numbers) and open_secret(secret, label="mfa.seed.v1") == "JBSWY3DP"


def test_a_secret_opens_under_its_own_label_only(no_keys: str) -> None:
    sealed = seal_secret("JBSWY3DP", label="mfa.seed.v1")
    assert open_secret(sealed, label="mfa.seed.v1") == "JBSWY3DP" and "JBSWY3DP" not in sealed
    changed = sealed[:-1] + ("0" if sealed[-1] != "0" else "1")
    for text, label in ((sealed, "other.v1"), (changed, "mfa.seed.v1"), ("no hex", "mfa.seed.v1")):
        with pytest.raises(RootSealed):
            open_secret(text, label=label)


def test_the_canary_proves_each_compartment(no_keys: str, settings: LazySettings) -> None:
    assert canary.check() == [], "a new office has nothing to prove but that its root is there"
    made(), made(compartment="clinical")
    keyring.forget()
    assert canary.check() == ["clinical", "identity"]
    settings.COMPARTMENTS = ("clinical",)
    keyring.forget()
    assert canary.check() == ["clinical"] and len(opened._keks) == 1
    force(no_keys, "UPDATE vault_kek SET canary = set_byte(canary, 80, get_byte(canary, 80) # 1) WHERE compartment = 'clinical'")
    with pytest.raises(RootSealed):
        canary.check()


def test_a_wrong_root_stops_the_start_with_one_line(no_keys, held, monkeypatch, capsys) -> None:
    made()
    keyring.forget()
    monkeypatch.setattr(roots, "root", lambda: held)
    with pytest.raises(SystemExit) as stopped:
        checks.the_root_is_right(None)
    assert stopped.value.code == canary.STOP
    said = capsys.readouterr().err
    assert said.startswith("VAULT-SEALED") and said.count("\n") == 1
    monkeypatch.setattr(held, "key_file", held.key_file.parent / "absent")
    assert checks.the_root_is_right(None) == [], "a machine that only makes back-ups has no root"
    monkeypatch.setattr(canary, "check", lambda: (_ for _ in ()).throw(WeakSetting("too mighty")))
    with pytest.raises(SystemExit):
        canary.demand()
    assert capsys.readouterr().err == "too mighty\n"


def test_without_a_key_database_nothing_is_asked(no_keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary, "check", lambda: pytest.fail("no database is named"))
    monkeypatch.setitem(connections[KEYS].settings_dict, "NAME", "")
    canary.demand()


def test_a_process_leaves_no_core_file_and_lets_nobody_attach(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes
    import resource

    process.harden()
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
    assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0, "PR_GET_DUMPABLE"
    monkeypatch.setattr(process.sys, "platform", "darwin")
    process.harden()


def test_a_hang_up_drops_every_key_and_the_root(no_keys: str) -> None:
    import signal
    import threading

    before = signal.getsignal(signal.SIGHUP)
    thread = threading.Thread(target=process.heed_hangup)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGHUP) == before, "only the main thread can"
    try:
        process.heed_hangup()
        number, root = made().id, roots.root()
        os.kill(os.getpid(), signal.SIGHUP)
        assert not opened._cache and not opened._keks and roots.root() is not root
        assert keyring.keys([number])
    finally:
        signal.signal(signal.SIGHUP, before)
