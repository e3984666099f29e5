"""Marks: keyed digests by which two equal things are known as equal, and nothing else is known of them.

HMAC-SHA256 under a data key of its own (compartment "search", one for the house), wrapped like every other key, so that
marks outlive a change of the root key; its 32 bytes are the keystream of AES for a fixed block (NIST SP 800-108). A mark is
cut to 128 bits and written in hexadecimal.
"""

from __future__ import annotations

import uuid

from ijm.vault import keyring

HOUSE = uuid.UUID(int=0)
LENGTH = 32  # hexadecimal digits


def mark(domain: str, content: bytes) -> str:
    """The mark of these bytes in one domain; the same bytes in another domain have another mark."""
    label, begun = domain.encode(), keyring.key_for("own", HOUSE, keyring.SEARCH).for_marks.copy()
    begun.update(len(label).to_bytes(2, "big") + label + content)
    return begun.hexdigest()[:LENGTH]
