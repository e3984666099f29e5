"""The six digits of the demonstration's shared second factor (RFC 6238: SHA-1, 30 seconds)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from pathlib import Path

STEP = 30


def six_digits(secret: str, at: float) -> str:
    """The code that an authenticator app would show at this moment for this base32 secret."""
    key = base64.b32decode(secret.strip().upper() + "=" * (-len(secret.strip()) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(at) // STEP), hashlib.sha1).digest()
    start = mac[-1] & 0x0F
    return f"{(int.from_bytes(mac[start:start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def seconds_left(at: float) -> int:
    """How long the code of this moment is still good."""
    return STEP - int(at) % STEP


def demo_line(var: Path) -> str:
    """The line that a newcomer to the demonstration needs at sign-in; empty where there is no demonstration."""
    try:
        secret = (var / "demo.totp").read_text()
    except FileNotFoundError:
        return ""
    now = time.time()
    return f"Second-factor code: {six_digits(secret, now)}   (a new one in {seconds_left(now):2d} s)"
