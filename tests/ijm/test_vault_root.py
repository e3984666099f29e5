"""The root key in its file, and the small secrets sealed under it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.conf import LazySettings

from ijm.vault import root
from ijm.vault.errors import RootSealed

WORDS = b"four lamps on the water"


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests need no costly scrypt."""
    monkeypatch.setattr(root, "COST", 2)


@pytest.fixture
def path(cheap: None, tmp_path: Path) -> Path:
    made = tmp_path / "root.key"
    root.create(made, WORDS)
    return made


def test_the_file_opens_with_its_passphrase(path: Path) -> None:
    assert len(root.unseal(path, WORDS)) == 32
    assert root.unseal(path, WORDS + b"\n") == root.unseal(path, WORDS), "an editor's last line break does not matter"


def test_the_file_is_as_written_down_and_for_its_owner_only(path: Path) -> None:
    raw = path.read_bytes()
    assert raw.startswith(b"IJMR1") and len(raw) == 5 + 16 + 12 + 32 + 16
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_roots_differ(path: Path, tmp_path: Path) -> None:
    root.create(tmp_path / "other.key", WORDS)
    assert root.unseal(tmp_path / "other.key", WORDS) != root.unseal(path, WORDS)


def test_a_root_is_never_overwritten(path: Path) -> None:
    with pytest.raises(FileExistsError):
        root.create(path, WORDS)


def test_a_wrong_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(RootSealed, match="VAULT-SEALED") as caught:
        root.unseal(path, b"four lamps on the river")
    assert "lamps" not in str(caught.value)


@pytest.mark.parametrize("at", range(81))
def test_every_changed_byte_of_the_file_is_refused(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0x80
    path.write_bytes(raw)
    with pytest.raises(RootSealed):
        root.unseal(path, WORDS)


@pytest.mark.parametrize("raw", [b"", b"IJMR1", b"x" * 81])
def test_a_file_that_is_no_root_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "r").write_bytes(raw)
    with pytest.raises(RootSealed):
        root.unseal(tmp_path / "r", WORDS)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RootSealed):
        root.unseal(tmp_path / "absent", WORDS)


def test_a_process_unseals_once_from_the_two_files(path: Path, tmp_path: Path, settings: LazySettings) -> None:
    settings.ROOT_KEY_FILE, settings.ROOT_PASSPHRASE_FILE = path, tmp_path / "words"
    root.root.cache_clear()
    try:
        with pytest.raises(RootSealed):
            root.root()
        (tmp_path / "words").write_bytes(WORDS)
        assert root.root() == root.unseal(path, WORDS)
        path.unlink()
        assert len(root.root()) == 32
    finally:
        root.root.cache_clear()


def test_a_secret_opens_under_its_own_label_only(database: None) -> None:
    sealed = root.seal_secret("JBSWY3DP", label="mfa.seed.v1")
    assert root.open_secret(sealed, label="mfa.seed.v1") == "JBSWY3DP" and "JBSWY3DP" not in sealed
    changed = sealed[:-1] + ("0" if sealed[-1] != "0" else "1")
    for text, label in ((sealed, "other.v1"), (changed, "mfa.seed.v1"), ("no hex", "mfa.seed.v1")):
        with pytest.raises(RootSealed):
            root.open_secret(text, label=label)
