"""Numbers that point at one person, as they are known again: one way to write each, and a keyed mark of it.

A telephone number becomes E.164 by the rules of ITU-T E.123 for Cambodia: 0 before a number at home, 855 the country,
00 or + before another country's. Passports, identity cards and plates become their letters and digits alone. The mark is
HMAC-SHA256 cut to 128 bits, under a key of the search that goes with its epoch; near-unique values leave an attacker who
has the marks alone nothing to count.
"""

from __future__ import annotations

import hmac
import unicodedata
from hashlib import sha256

from ijm.vault import epochs, keyring

LENGTH = 16  # bytes
HOME, TRUNK, ABROAD = "855", "0", "00"
PHONE, DIGITS_ONLY = "phone", frozenset({"national_id"})
SHORTEST, LONGEST = 6, 15  # digits of a telephone number, by E.164; signs of any other number that is searched


def canonical(kind: str, text: str) -> str:
    """The one way to write a number of this kind, such as `+85512345678`; empty when the text is no such number."""
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in unicodedata.normalize("NFKC", text)).upper()
    if kind == PHONE:
        return _phone(plain)
    kept = "".join(sign for sign in plain if sign.isdigit() or (sign.isalnum() and kind not in DIGITS_ONLY))
    if kind in DIGITS_ONLY and any(sign.isalpha() for sign in plain):
        return ""
    return kept if len(kept) >= SHORTEST - 1 and any(sign.isdigit() for sign in kept) else ""


def _phone(plain: str) -> str:
    if any(sign.isalpha() for sign in plain):
        return ""
    digits = "".join(sign for sign in plain if sign.isdigit())
    if not plain.lstrip(" (").startswith("+"):
        if digits.startswith(ABROAD):
            digits = digits[2:]
        elif digits.startswith(TRUNK):
            digits = HOME + digits[1:]
        elif not digits.startswith(HOME) or len(digits) < 10:
            digits = HOME + digits
    elif digits.startswith(HOME + TRUNK):
        digits = HOME + digits[4:]
    return f"+{digits}" if SHORTEST + len(HOME) <= len(digits) <= LONGEST else ""


def mark(kind: str, text: str, *, epoch: int) -> bytes:
    """The 16 bytes by which this number of this kind is known in one epoch; empty when the text is no such number.

    Source: HMAC-SHA256 (FIPS 198-1), truncated; the key is one block of AES-256-GCM under the epoch's data key, which seals
    nothing (a KDF in the manner of NIST SP 800-108).
    """
    known = canonical(kind, text)
    return hmac.new(_key(epoch), f"bidx|people.Identifier|{kind}|{known}".encode(), sha256).digest()[:LENGTH] if known else b""


def _key(epoch: int) -> bytes:
    data = keyring.key_for("own", epochs.marks(epoch), keyring.SEARCH)
    return data.aead.encrypt(bytes(12), bytes(32), b"ijm.numbers.v1")[:32]


__all__ = ("LENGTH", "canonical", "mark")
