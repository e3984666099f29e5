"""A missing or weak setting stops the start with one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ijm.env import Env, WeakSetting, database

URL = "postgresql://{}:secret@db.example.org/ijm"


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """A production environment in which nothing is wrong."""
    for name, size in (("secret", 60), ("context", 32), ("root", 81), ("passphrase", 30)):
        (tmp_path / name).write_bytes(b"x" * size)
        (tmp_path / name).chmod(0o600)
    return {
        "IJM_MODE": "production", "IJM_HOST": "cases.example.org", "IJM_VAR": str(tmp_path),
        "DATABASE_URL": URL.format("ijm_app"), "AUDIT_DATABASE_URL": URL.format("ijm_audit"),
        "KEYS_DATABASE_URL": URL.format("ijm_keys"), "SECRET_KEY_FILE": str(tmp_path / "secret"),
        "CONTEXT_KEY_FILE": str(tmp_path / "context"), "IJM_ROOT_KEY_FILE": str(tmp_path / "root"),
        "IJM_ROOT_PASSPHRASE_FILE": str(tmp_path / "passphrase"),
    }


def test_a_good_production_environment_is_taken(good: dict[str, str]) -> None:
    env = Env.read(good)
    assert env.is_production and env.secret_key() == "x" * 60 and env.context_key() == b"x" * 32


@pytest.mark.parametrize(("name", "value", "says"), [
    ("IJM_MODE", "staging", "must be one of"),
    ("IJM_HOST", "localhost", "public name"),
    ("DATABASE_URL", "", "DATABASE_URL is not set"),
    ("AUDIT_DATABASE_URL", "", "AUDIT_DATABASE_URL is not set"),
    ("KEYS_DATABASE_URL", "postgresql://ijm_keys@db/ijm_keys", "has no password"),
    ("AUDIT_DATABASE_URL", URL.format("ijm_app"), "three different roles"),
    ("ROTOR_DATABASE_URL", URL.format("ijm_app"), "two more"),
    ("LOG_DATABASE_URL", URL.format("ijm_audit"), "two more"),
    ("LOG_ORIGIN", "our log", "LOG_ORIGIN is 'our log'"),
    ("AUDIT_CADENCE", "-1", "must be 1 or more"),
    ("AUDIT_TSA_URL", "ldap://tsa.example.org", "must begin with https"),
    ("AUDIT_TSA_URL", "https://tsa.example.org", "AUDIT_TSA_ROOT_FILE names no file"),
    ("SECRET_KEY_FILE", "/nowhere/at/all", "names no file"),
])
def test_what_is_missing_or_weak_is_said_in_one_sentence(good: dict[str, str], name: str, value: str, says: str) -> None:
    with pytest.raises(WeakSetting) as stopped:
        Env.read({**good, name: value})
    assert says in str(stopped.value) and str(stopped.value).count("\n") == 0


@pytest.mark.parametrize("name", ["SECRET_KEY_FILE", "CONTEXT_KEY_FILE", "IJM_ROOT_KEY_FILE", "IJM_ROOT_PASSPHRASE_FILE"])
def test_a_key_file_that_is_short_or_open_to_others_stops_the_start(good: dict[str, str], name: str) -> None:
    path = Path(good[name])
    path.chmod(0o640)
    with pytest.raises(WeakSetting, match="open to others"):
        Env.read(good)
    path.chmod(0o600)
    path.write_bytes(b"x")
    with pytest.raises(WeakSetting, match="too short"):
        Env.read(good)


def test_the_demonstration_answers_on_this_machine_only() -> None:
    with pytest.raises(WeakSetting, match="this machine only"):
        Env.read({"IJM_MODE": "demo", "IJM_BIND": "0.0.0.0"})


def test_the_context_key_is_there_and_whole(tmp_path: Path) -> None:
    env = Env.read({"IJM_VAR": str(tmp_path)})
    with pytest.raises(WeakSetting, match="names no file"):
        env.context_key()
    (tmp_path / "context.key").write_bytes(b"short")
    with pytest.raises(WeakSetting, match="exactly 32 bytes"):
        env.context_key()
    assert env.secret_key().startswith("unset-")


def test_an_address_becomes_djangos_settings() -> None:
    told = database("postgresql://ijm_app:p%40ss@/ijm?host=%2Fsocket%2Fdir&port=5432&sslmode=require")
    assert (told["NAME"], told["USER"], told["PASSWORD"], told["HOST"], told["PORT"], told["OPTIONS"]) == (
        "ijm", "ijm_app", "p@ss", "/socket/dir", "5432", {"sslmode": "require"})
    assert database("")["NAME"] == ""


def test_the_root_key_may_lie_in_a_key_server(good: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "transit.token").write_bytes(b"s.a-token-of-the-office")
    (tmp_path / "transit.token").chmod(0o600)
    without = {name: value for name, value in good.items() if not name.startswith("IJM_ROOT")}
    there = {**without, "IJM_ROOT": "transit", "IJM_TRANSIT_ADDRESS": "https://keys.example.org:8200"}
    (tmp_path / "root").unlink()
    env = Env.read({**there, "IJM_TRANSIT_CA_FILE": str(tmp_path / "ca.pem")})
    assert (env.root, env.transit.mount, env.transit.key, env.transit.ca_file) == (
        "transit", "transit", "ijm", tmp_path / "ca.pem")
    (tmp_path / "transit.token").chmod(0o644)
    with pytest.raises(WeakSetting, match="IJM_TRANSIT_TOKEN_FILE is open to others"):
        Env.read(there)


@pytest.mark.parametrize(("name", "value", "says"), [
    ("IJM_ROOT", "hsm", "must be one of file, transit"),
    ("IJM_TRANSIT_ADDRESS", "", "IJM_TRANSIT_ADDRESS is not set"),
    ("IJM_TRANSIT_ADDRESS", "http://keys.example.org:8200", "must begin with https"),
])
def test_a_key_server_is_named_and_never_spoken_to_in_the_clear(name: str, value: str, says: str) -> None:
    with pytest.raises(WeakSetting, match=says):
        Env.read({"IJM_ROOT": "transit", "IJM_TRANSIT_ADDRESS": "http://127.0.0.1:8200", name: value})
    assert Env.read({"IJM_ROOT": "transit", "IJM_TRANSIT_ADDRESS": "http://127.0.0.1:8200"}).transit.ca_file is None
