"""Marks: keyed digests by which two equal things are known as equal, and nothing else is known of them.

HMAC-SHA256 under a data key of its own (compartment "search", one for the house), wrapped like every other key, so that
marks outlive a change of the root key. A mark is cut to 128 bits and written in hexadecimal.
"""

from __future__ import annotations

import hmac
import uuid

from ijm.vault import keyring

HOUSE = uuid.UUID(int=0)
LENGTH = 32  # hexadecimal digits


def mark(domain: str, content: bytes) -> str:
    """The mark of these bytes in one domain; the same bytes in another domain have another mark."""
    label = domain.encode()
    return hmac.digest(_key(), len(label).to_bytes(2, "big") + label + content, "sha256").hex()[:LENGTH]


def _key() -> bytes:
    """32 bytes from the data key, which nothing else uses: the keystream of AES for a fixed block (NIST SP 800-108)."""
    data = keyring.key_for("own", HOUSE, keyring.SEARCH)
    return data.aead.encrypt(bytes(12), bytes(32), b"ijm.marks.v1")[:32]
