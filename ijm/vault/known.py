"""Known boxes: one under each compartment's key, by which a process knows that it holds the right one.

Box: a data key of its own, wrapped (60 bytes), then nonce(12) | AES-256-GCM of a known text under that key. A process uses
no compartment's key before its known box has opened.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from ijm.vault.models import KEYS, Kek
from ijm.vault.wrapping import WRAPPED, cipher_of, fresh, unwrap, wrap

SONG = b"daybook canary 1".ljust(32)
proven: dict[str, datetime] = {}  # compartment: when this process last proved it


def _aad(row: Kek) -> bytes:
    return f"IJMC1|{row.compartment}|{row.version}".encode()


def made(cipher: AESGCM, row: Kek) -> bytes:
    """The known box under this compartment's key."""
    plain = fresh()
    wrapped = wrap(cipher, plain, _aad(row))
    return wrapped + wrap(cipher_of(plain), SONG, _aad(row))


def proves(cipher: AESGCM, row: Kek) -> bool:
    """Whether the known box opens; a row from before there were canaries gets one."""
    if row.canary is None:
        row.canary = made(cipher, row)
        Kek.objects.using(KEYS).filter(id=row.id, canary=None).update(canary=row.canary)
    box = bytes(row.canary)
    try:
        inner = cipher_of(unwrap(cipher, box[:WRAPPED], _aad(row)))
        sung = hmac.compare_digest(bytes(unwrap(inner, box[WRAPPED:], _aad(row))), SONG)
    except InvalidTag:
        return False
    proven[row.compartment] = timezone.now()
    return sung
