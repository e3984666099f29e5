"""Small secrets of the system itself (TOTP seeds), sealed under keys derived from one seed that the root wraps.

The seed lies beside the compartments' keys, so these secrets outlive a change of the root.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from ijm.vault.errors import RootSealed
from ijm.vault.making import seed_row
from ijm.vault.opened import open_seed
from ijm.vault.roots.file import create, unseal


def derived(label: str) -> AESGCM:
    """A key of its own for one purpose, HKDF-Expand (RFC 5869) from the seed with the label as info."""
    return AESGCM(HKDFExpand(algorithm=SHA256(), length=32, info=label.encode()).derive(open_seed(seed_row())))


def seal_secret(text: str, *, label: str) -> str:
    """A short secret of the system itself (a TOTP seed) as hex of nonce and ciphertext, bound to its label."""
    nonce = os.urandom(12)
    return (nonce + derived(label).encrypt(nonce, text.encode(), label.encode())).hex()


def open_secret(sealed: str, *, label: str) -> str:
    """The secret sealed by `seal_secret` under the same label; raises RootSealed when it does not open."""
    try:
        raw = bytes.fromhex(sealed)
        return derived(label).decrypt(raw[:12], raw[12:], label.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise RootSealed(label) from error


__all__ = ("create", "derived", "open_secret", "seal_secret", "unseal")
