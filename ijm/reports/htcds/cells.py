"""From the raw content of one cell to a checked value, by the kind of its column."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _

from ijm.documents.tables import BLANK, FORMULA
from ijm.reports.htcds import codes, days
from ijm.reports.htcds.columns import Column, Kind
from ijm.reports.htcds.days import PartialDay
from ijm.reports.htcds.problems import Refused

Value = str | bool | date | PartialDay | tuple[str, ...]

LONGEST: Final[Mapping[str, int]] = MappingProxyType({"name": 100, "text": 200, "email": 200, "long": 10_000})
_SHORT_LIST: Final = 8

# Marks that turn the direction of writing make a text read otherwise than it is stored.
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KHMER_DIGITS: Final = {0x17E0 + n: str(n) for n in range(10)}
_YES: Final = frozenset(("true", "yes", "y", "1", "បាទ", "ចាស", "បាទ/ចាស", "មាន"))
_NO: Final = frozenset(("false", "no", "n", "0", "ទេ", "គ្មាន"))
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_INTERNATIONAL: Final = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and what kind of content that is, in words for a problem."""

    value: object
    kind: str


def value(column: Column, cell: Cell, today: date) -> Value | None:
    """Check one cell; None when it is empty, Refused when it cannot be taken."""
    if cell.kind == "error":
        raise Refused(_("The cell shows an error of the spreadsheet."), _("Write the value itself."))
    if column.kind == "birth":
        return _birth(cell, today)
    if column.kind == "day":
        return _day(cell)
    text = _text(cell, column.kind)
    if not text:
        return None
    return _READERS[column.kind](column, text)


def _text(cell: Cell, kind: Kind) -> str:
    """The words of a cell: normal form, no invisible marks; line breaks only in long texts."""
    if isinstance(cell.value, date):
        raise Refused(_("The cell holds a date where words are expected."), _("Write it as text."))
    if isinstance(cell.value, bool):
        return str(cell.value)
    if isinstance(cell.value, int | float):
        return _number(cell.value)
    text = unescaped(unicodedata.normalize("NFC", str(cell.value))).replace("\r\n", "\n").replace("\r", "\n")
    if any(_is_control(c) for c in text):
        raise Refused(_("The text holds invisible control characters."), _("Type it anew in an empty cell."))
    if kind == "long":
        return text.strip()
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return ("\n" if kind == "name" else " ").join(line for line in lines if line)


def unescaped(text: str) -> str:
    """A text that an export guarded against becoming a formula, as it was."""
    guarded = text[:1] == "'" and text[1:].lstrip(BLANK)[:1] in FORMULA
    return text[1:] if guarded else text


def _number(number: float) -> str:
    if isinstance(number, float) and not math.isfinite(number):
        raise Refused(_("The number is too large."), _("Check it."))
    return str(int(number)) if number == int(number) else str(number)


def _is_control(character: str) -> bool:
    if character in _TURNING:
        return True
    return unicodedata.category(character) in ("Cc", "Cs", "Co") and character not in "\n\t"


def _birth(cell: Cell, today: date) -> PartialDay | None:
    if isinstance(cell.value, date):
        return days.birth(_exact(cell.value), today)
    text = _text(cell, "birth")
    return days.birth(days.partial_day(text), today) if text else None


def _day(cell: Cell) -> date | None:
    if isinstance(cell.value, date):
        return _exact(cell.value).earliest
    text = _text(cell, "day")
    return days.day(text) if text else None


def _exact(day: date) -> PartialDay:
    # By way of text, so that a date typed in Excel in the Buddhist era is refused like a written one.
    return days.partial_day(f"{day.date() if isinstance(day, datetime) else day}")


def _words(column: Column, text: str) -> str:
    longest = LONGEST[column.kind]
    if len(text) > longest:
        raise Refused(_("The text is longer than %(longest)d characters.") % {"longest": longest}, _("Shorten it."))
    return text


def _email(column: Column, text: str) -> str:
    if not _EMAIL.fullmatch(_words(column, text)):
        raise Refused(_("This is not an e-mail address."), _("Write it as name@example.org."))
    return text


def _phone(column: Column, text: str) -> str:
    """The international form; a number without one is Cambodian, and Excel may have eaten its first zero."""
    plain = re.sub(r"[\s\-./()]", "", text.translate(_KHMER_DIGITS))
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    elif re.fullmatch(r"0\d{8,9}", plain):
        plain = "+855" + plain[1:]
    elif re.fullmatch(r"855\d{8,9}", plain):
        plain = "+" + plain
    elif re.fullmatch(r"[1-9]\d{7,8}", plain):
        plain = "+855" + plain
    if not _INTERNATIONAL.fullmatch(plain):
        raise Refused(_("This is not a phone number."), _("Write it with the country code, like +855 12 345 678."))
    return plain


def _yes_or_no(column: Column, text: str) -> bool:
    answer = text.casefold()
    if answer not in _YES | _NO:
        raise Refused(_("This is neither yes nor no."), _("Write Yes or No, or leave the cell empty."))
    return answer in _YES


def _one(column: Column, text: str, codelist: str | None = None) -> str:
    codelist = codelist or column.field
    found = codes.find(codelist, text)
    if found is None:
        raise _not_in_list(codelist, text, several=False)
    return found


def _several(column: Column, text: str, codelist: str | None = None) -> tuple[str, ...]:
    codelist = codelist or column.field
    found: dict[str, None] = {}
    for part in filter(None, map(str.strip, re.split("[;\uff1b]", text))):
        code = codes.find(codelist, part)
        if code is None:
            raise _not_in_list(codelist, part, several=True)
        found[code] = None
    return tuple(found)


def _not_in_list(codelist: str, text: str, *, several: bool) -> Refused:
    # The mend names labels of the list only, never what the cell holds.
    if not several and ";" in text:
        return Refused(_("Only one choice is possible here."), _("Keep the one that fits best."))
    if several and ("," in text or "\n" in text):
        mend = _("Put a semicolon between choices.")
    elif near := codes.nearest(codelist, text):
        mend = _("Did you mean “%(label)s”?") % {"label": near}
    elif len(labels := codes.labels(codelist)) <= _SHORT_LIST:
        mend = _("Choose one of: %(labels)s.") % {"labels": ", ".join(labels)}
    else:
        mend = _("Choose a code or a label of the HTCDS list.")
    if codelist == codes.COUNTRIES:
        return Refused(_("This country is not in ISO 3166."), mend)
    return Refused(_("This is not in the list."), mend)


_READERS: Final[Mapping[str, Callable[[Column, str], Value]]] = MappingProxyType(
    {
        "name": _words,
        "text": _words,
        "long": _words,
        "email": _email,
        "phone": _phone,
        "yesno": _yes_or_no,
        "code": _one,
        "codes": _several,
        "country": partial(_one, codelist=codes.COUNTRIES),
        "countries": partial(_several, codelist=codes.COUNTRIES),
    }
)
