"""Passwords that are long and yet known: repetitions, rows of keys, two common words, and what was found in breaches."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
LONGEST_ROW = 3  # signs of a row side by side that count as one
LEAST_PARTS = 4  # words, or signs that belong to no word
LEET, SIGNS = str.maketrans("013457", "oieast"), str.maketrans("@$!", "asi")
KNOWN = Path(__file__).parent / "data" / "known.txt"


@cache
def _words() -> frozenset[str]:
    """The twenty thousand passwords that Django ships, from four letters on: all of them were used and found."""
    return frozenset(word for word in CommonPasswordValidator().passwords if len(word) >= 4)


@cache
def _known() -> frozenset[str]:
    """Long passwords that stand in every list of a breach, without blanks and case."""
    return frozenset(_letters(line) for line in KNOWN.read_text(encoding="utf-8").splitlines() if line)


def _letters(password: str) -> str:
    return re.sub(r"[\W_]+", "", password.lower())


def _bare(password: str) -> str:
    return _letters(password.translate(SIGNS))


def parts(password: str) -> int:
    """Of how many parts it is made that somebody has to guess: common words, rows of keys and repeated parts count once."""
    rest, found = _bare(password), set()
    while rest:
        part = _word_at(rest) or _row_at(rest) or rest[0]
        found.add(part)
        rest = rest[len(part):]
    return len(found)


def _word_at(rest: str) -> str:
    plain = rest.translate(LEET)
    ends = range(min(len(rest), 20), 3, -1)
    return next((rest[:end] for end in ends if rest[:end] in _words() or plain[:end] in _words()), "")


def _row_at(rest: str) -> str:
    """The number, or the row of keys upwards or downwards, that it begins with."""
    if number := re.match(r"\d{2,}", rest):
        return number[0]
    for end in range(min(len(rest), 26), LONGEST_ROW - 1, -1):
        if any(rest[:end] in row or rest[:end] in row[::-1] for row in ROWS):
            return rest[:end]
    return ""


def in_breach(password: str, path: Path) -> bool:
    """Whether its SHA-1 stands in a file of them, one a line, in order, as breach lists are handed out: read by halves."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(max(low, middle - 1))
            if middle > low:  # to the next line that begins here or later; `low` is always the beginning of one
                lines.readline()
            line = lines.readline()
            if line and line[:40].upper() < wanted:
                low = lines.tell()
            elif line[:40].upper() == wanted:
                return True
            else:
                high = middle
    return False


class KnownPasswordValidator:
    """Refuses what is long enough and known all the same; everything it asks lies on this machine."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError with the way to a better one."""
        breaches = settings.BREACHED_PASSWORDS
        if parts(password) < LEAST_PARTS or _letters(password) in _known() or (breaches and in_breach(password, breaches)):
            raise ValidationError(self.get_help_text(), code="password_known")

    def get_help_text(self) -> str:
        """What to choose."""
        return _("Others have used this password, or it is made of parts that everybody tries first. Take four unrelated words.")
