"""The secrets an office needs before its first start, each in a file that only its own account can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ijm.embedded.files import private_folder, write_private

KEYS = {
    "secret.key": lambda: secrets.token_urlsafe(64).encode(),
    "context.key": lambda: os.urandom(32),
    "passphrase": lambda: secrets.token_urlsafe(32).encode(),
}
FOLDERS = ("queue", "queue/in", "queue/control", "mail", "static")


def prepare(var: Path, *, office_exists: bool = False) -> None:
    """Make `var` with its folders and key files; nothing that exists is touched.

    Raises SystemExit where an office exists and a key does not: a new key would open none of its records.
    """
    private_folder(var)
    for name in FOLDERS:
        private_folder(var / name)
    elsewhere = os.environ.get("IJM_ROOT") == "transit"  # then the root key is a key server's business
    for name, make in KEYS.items():
        if not (var / name).exists() and not (elsewhere and name == "passphrase"):
            _missing(var / name, office_exists)
            write_private(var / name, make())
    if not (var / "root.key").exists() and not elsewhere:
        _missing(var / "root.key", office_exists)
        from ijm.vault.roots import file  # only now: a start with all keys in place need not load cryptography

        file.create(var / "root.key", (var / "passphrase").read_bytes())


def _missing(path: Path, office_exists: bool) -> None:
    if office_exists:
        raise SystemExit(f"{path} is missing though the database exists: put it back from your backup.")
