"""What an event says of sealed values, so that one field of one event can be opened in court, and no other.

commit = SHA-256("ijm.commit.v1" | salt | lp(path) | lp(value)), lp: 32-bit length before; path = "<table>.<row>.<field>".
salt = HMAC-SHA256(K, event id | row | side | field), where K is one block of AES-256-GCM under the bundle's data key, under a
nonce of its own (a KDF in the manner of NIST SP 800-108). With the data key destroyed no salt can be made again: nobody
opens the commitment then, and every proof about its event stays as it is.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ijm.trail import entries
from ijm.vault.bundle import Value
from ijm.vault.errors import VaultError
from ijm.vault.keyring import Key

if TYPE_CHECKING:
    from ijm.vault.sealed import Compartment

DOMAIN = b"ijm.commit.v1"
OLD, NEW = 0, 1
UNREADABLE = ""  # stands for a former value that did not open


def commit(salt: bytes, path: str, value: str) -> str:
    """The commitment to this value, 64 hexadecimal digits; `salt` has 32 bytes, `path` is "<table>.<row>.<field>"."""
    named, text = path.encode(), value.encode()
    return sha256(b"".join((DOMAIN, salt, struct.pack(">I", len(named)), named, struct.pack(">I", len(text)), text))).hexdigest()


def salt(key: Key, event: str, row: UUID, field: str, side: int) -> bytes:
    """The 32 bytes that hide one value of one event: side 0 is the former value, 1 the new one."""
    return hmac.digest(key.for_promises, event.encode() + row.bytes + bytes((side,)) + field.encode(), "sha256")


def former(field: Compartment, record: Any, keys: dict[int, Key], *, is_needed: bool) -> dict[str, Value] | None:
    """The values before this change; None where they do not open and all of them are replaced. Raises VaultError else."""
    if record._state.adding and record.__dict__.get(field.name) is None:
        return dict.fromkeys(field.names)
    if not is_needed and not entries.is_open():
        return None
    try:
        return field.open(record, keys)
    except VaultError:
        if is_needed:
            raise
        return None


def note(record: Any, sealed: bytes, key: Key, former: Mapping[str, Value] | None, values: Mapping[str, Value]) -> None:
    """Promise the open entry what it shall say of this bundle, if its row is saved; `former` is None where it did not open.

    Outside an entry nothing is promised: there the database refuses the change.
    """
    entry = entries.current()
    if entry is None:
        return
    changes = dict[str, list[str | None]]()

    def said(name: str, side: int, value: Value) -> str | None:
        return None if value is None else commit(salt(key, entry.ident, record.id, name, side), path, value)

    for name, value in values.items():
        if former is None or former[name] != value:
            path = f"{record._meta.db_table}.{record.id}.{name}"
            changes[path] = [UNREADABLE if former is None else said(name, OLD, former[name]), said(name, NEW, value)]
    entry.promised[sha256(sealed).hexdigest()] = entries.Promised(changes, key.id)
