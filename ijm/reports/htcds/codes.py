"""Picklists and countries: a cell may hold the code or the label, English or Khmer, in any case."""

import difflib
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from ijm.reference.tables import rows

COUNTRIES: Final = "countries"

# What people call countries, where the short name of ISO is another.
_COMMON_NAMES: Final = {
    "Vietnam": "VN",
    "Laos": "LA",
    "Lao PDR": "LA",
    "Burma": "MM",
    "South Korea": "KR",
    "North Korea": "KP",
    "Taiwan": "TW",
    "Russia": "RU",
    "Turkey": "TR",
    "Iran": "IR",
    "Syria": "SY",
    "Brunei": "BN",
    "Tanzania": "TZ",
    "Moldova": "MD",
    "Bolivia": "BO",
    "Venezuela": "VE",
    "Ivory Coast": "CI",
    "Czech Republic": "CZ",
    "East Timor": "TL",
    "Cape Verde": "CV",
    "Swaziland": "SZ",
    "Macau": "MO",
    "Palestine": "PS",
    "United States": "US",
    "USA": "US",
    "United Kingdom": "GB",
    "UK": "GB",
    "Great Britain": "GB",
}


# Words of other lists for the same thing, as people bring them from their own spreadsheets.
_OTHER_WORDS: Final = {
    COUNTRIES: _COMMON_NAMES,
    "prs_Gender": {
        "Female": "Feminine", "F": "Feminine", "Woman": "Feminine", "Girl": "Feminine", "ស្ត្រី": "Feminine",
        "Male": "Masculine", "M": "Masculine", "Man": "Masculine", "Boy": "Masculine", "បុរស": "Masculine",
    },
}  # fmt: skip


def find(codelist: str, text: str) -> str | None:
    """The code a person meant by a code or a label, or None."""
    return _keys(codelist).get(_fold(text))


def nearest(codelist: str, text: str) -> str | None:
    """The label that looks most like what was typed, when one is near enough to be worth suggesting."""
    close = difflib.get_close_matches(_fold(text), _keys(codelist), n=1, cutoff=0.72)
    return _labels(codelist)[_keys(codelist)[close[0]]] if close else None


def labels(codelist: str) -> list[str]:
    """Every English label of a list, in its order."""
    return list(_labels(codelist).values())


def label_of(codelist: str, code: str) -> str:
    """The English label of a code, or the code itself."""
    return _labels(codelist).get(code, code)


def _fold(text: str) -> str:
    """Letters, Khmer vowel signs and digits only: spaces, hyphens and apostrophes do not tell items apart."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if c.isalnum() or unicodedata.category(c).startswith("M"))


@cache
def _keys(codelist: str) -> Mapping[str, str]:
    found = {_fold(name): code for name, code in _OTHER_WORDS.get(codelist, {}).items()}
    for row in _rows(codelist):
        spellings = (row["code"], row.get("alpha3", ""), row["name_en"], row["name_km"])
        found |= {_fold(spelling): row["code"] for spelling in spellings if spelling}
    return MappingProxyType(found)


@cache
def _labels(codelist: str) -> Mapping[str, str]:
    return MappingProxyType({row["code"]: row["name_en"] for row in _rows(codelist)})


def _rows(codelist: str) -> list[Mapping[str, str]]:
    if codelist == COUNTRIES:
        return list(rows("countries"))
    return [row for row in rows("code_items") if row["list"] == codelist]
