"""Signs that one person tells another by word of mouth: no two of them sound or look alike."""

from __future__ import annotations

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def spoken(groups: int) -> str:
    """Signs that can be read aloud, in groups of five; 24.7 bits a group."""
    return "-".join("".join(secrets.choice(ALPHABET) for _sign in range(5)) for _group in range(groups))


def plain(code: str) -> str:
    """The signs of a code, however they were typed."""
    return "".join(sign for sign in code.lower() if sign in ALPHABET)
