"""Codes that people read aloud, write on paper and type: `SV-7K4M-92QX`.

A code is a prefix that tells the kind of record, seven random characters and one check character. It names
a record and authorises nothing. The check is the Luhn algorithm of ISO/IEC 7812 over 32 characters
(python-stdnum): every single wrong character is caught, and nearly every swap of neighbours.
"""

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from stdnum import luhn

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "TP": "tip",
        "IV": "investigation file",
        "CR": "care file",
        "PF": "prosecution file",
        "IC": "incident",
        "SU": "suspect",
        "RO": "rescue operation",
        "RP": "rescued person",
        "RF": "referral",
        "SV": "survivor",
        "CS": "consent",
        "RS": "residence",
        "AC": "accused",
        "VW": "victim-witness",
        "CH": "charge",
        "HR": "hearing",
        "VD": "verdict",
        "EX": "exhibit",
        "DR": "disclosure request",
        "IM": "import",
        "JB": "job",
        "KC": "change of keys",
        "BU": "end of a budget",
        "HT": "halt of downloads",
        "XP": "export",
        "CP": "package for a court",
        "PO": "organisation",
        "US": "user",
        "OF": "office",
        "PA": "paper",
        "ER": "erasure",
        "LH": "legal hold",
        "WL": "wall",
        "SL": "place on the list of a sealed file",
        "CE": "certificate of erasure",
        "FL": "attached file",
        "FG": "flag",
        "FN": "finding",
        "AQ": "request for approval",
    }
)

_RANDOM_LENGTH: Final = 7
_CODE_LENGTH: Final = 2 + _RANDOM_LENGTH + 1

_KHMER_DIGITS: Final = {0x17E0 + n: str(n) for n in range(10)}
# Word processors put these into a pasted code: dashes of every width, the zero-width space that Khmer
# keyboards send, the joiners and the byte-order mark.
_SEPARATORS: Final = dict.fromkeys(
    map(ord, "-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u200b\u200c\u200d\ufeff")
)
_LOOKALIKES: Final = str.maketrans("OIL", "011")
# A prefix never holds a digit, so there the same lookalikes are folded the other way.
_PREFIX_LOOKALIKES: Final = str.maketrans("01", "OI")


def new_code(prefix: str) -> str:
    """Make a fresh random code such as `SV-7K4M-92QX`; `ValueError` for a prefix that is not in PREFIXES.

    There are 32**7 codes of each prefix: whoever saves the record asks again when the code is taken.
    """
    if prefix not in PREFIXES:
        raise ValueError(f"no such code prefix: {prefix!r}")
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM_LENGTH))
    return _written(prefix, body + luhn.calc_check_digit(body, ALPHABET))


def normalise_code(text: str) -> str | None:
    """Give the code a person meant by what she typed, or None when it cannot be one.

    Case, spaces, dashes and Khmer digits do not matter; O is read as 0, I and L as 1. None means that the
    prefix, the length or the check character is wrong.
    """
    plain = "".join(text.translate(_SEPARATORS).split()).translate(_KHMER_DIGITS).upper()
    if len(plain) != _CODE_LENGTH:
        return None
    prefix, body = plain[:2].translate(_PREFIX_LOOKALIKES), plain[2:].translate(_LOOKALIKES)
    if prefix not in PREFIXES or not luhn.is_valid(body, ALPHABET):
        return None
    return _written(prefix, body)


def is_code(text: str, prefix: str | None = None) -> bool:
    """Say whether the text is a code exactly as we write it, of the given prefix when one is asked for."""
    return normalise_code(text) == text and (prefix is None or text.startswith(f"{prefix}-"))


def _written(prefix: str, body: str) -> str:
    return f"{prefix}-{body[:4]}-{body[4:]}"
