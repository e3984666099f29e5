"""Other processes of the office: one that was given some compartments only, and those that start with the wrong root."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

from django.conf import settings

from ijm.vault import canary, keyring
from ijm.vault.roots import file
from tests.cluster import VAR
from tests.ijm.key_database import key_database, no_keys
from tests.ijm.test_vault_keyring import made, process_env

__all__ = ("key_database", "no_keys")
LIMITED = """
import ctypes, json, resource, sys, uuid
import django; django.setup()
from ijm.vault import canary, keyring
from ijm.vault.errors import VaultError
mine, hers = map(int, sys.argv[1:])
held = keyring.keys([mine, hers])
try:
    refused = keyring.key_for("subject", uuid.UUID(int=9), "identity").id
except VaultError as error:
    refused = error.code
print(json.dumps({"held": sorted(held), "why": keyring.why_not(hers).code, "refused": refused, "proven": canary.check(),
                  "core": resource.getrlimit(resource.RLIMIT_CORE), "dumpable": ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)}))
"""


def start(env: dict[str, str], *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, *command], env=env, cwd=settings.BASE_DIR, text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_process_with_some_compartments_opens_no_other(no_keys: str) -> None:
    mine, hers = made(compartment="clinical").id, made(compartment="identity").id
    process = start(process_env(no_keys, IJM_COMPARTMENTS="clinical,narrative"), "-c", LIMITED, str(mine), str(hers))
    out, err = process.communicate(timeout=60)
    assert json.loads(out) == {"held": [mine], "why": "VAULT-KEY-FORBIDDEN", "refused": "VAULT-KEY-FORBIDDEN",
                               "proven": ["clinical"], "core": [0, 0], "dumpable": 0}, err
    assert set(keyring.keys([mine, hers])) == {mine, hers}, "this one was given all"


def test_web_server_worker_and_commands_refuse_a_wrong_root(no_keys: str, tmp_path: Path) -> None:
    keyring.key_for("subject", uuid.UUID(int=9), "identity")
    (tmp_path / "words").write_bytes(b"words of another office")
    file.create(tmp_path / "root.key", b"words of another office")
    env = process_env(no_keys, IJM_ROOT_KEY_FILE=str(tmp_path / "root.key"), IJM_ROOT_PASSPHRASE_FILE=str(tmp_path / "words"),
                      PYTHONWARNINGS="ignore", CONTEXT_KEY_FILE=str(VAR / "context.key"), HOME=os.environ.get("HOME", "/"))
    started = {
        "web server": start(env, "-m", "gunicorn", "ijm.wsgi", "-b", "127.0.0.1:0", "-w", "1", "--log-level", "critical",
                            "--no-control-socket"),
        "worker": start(env, "-m", "celery", "-q", "-A", "ijm", "worker", "-P", "solo", "-l", "CRITICAL"),
        "command": start(env, "manage.py", "check"),
    }
    for name, process in started.items():
        _out, err = process.communicate(timeout=120)
        assert process.returncode == canary.STOP, (name, err)
        assert [line for line in err.splitlines() if "VAULT-SEALED" in line] and "Traceback" not in err, (name, err)
