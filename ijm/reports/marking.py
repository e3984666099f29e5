"""How a row is known again, and how two rows about one person are noticed, without keeping what they say."""

from __future__ import annotations

import json
import unicodedata

from ijm.reports.htcds import PartialDay, Row, Value, as_person
from ijm.vault import marks


def mark_of(row: Row) -> str:
    """The mark of everything the row says; two rows that say the same have one mark, however they were written."""
    said = sorted((field, _plain(value)) for field, value in row.values.items())
    return marks.mark("htcds.row.v1", json.dumps(said, ensure_ascii=False).encode())


def likeness_of(row: Row) -> str:
    """The mark of name and year of birth; empty when the row says too little to point at one person."""
    said = as_person(row)
    named = next((name for name in reversed(said.names)), None)  # Latin letters, where both scripts are there
    parts = sorted(_folded(part) for part in (named.family, named.given) if part) if named else []
    if not parts or (len(parts) < 2 and said.birth is None):
        return ""
    return marks.mark("htcds.likeness.v1", "|".join([*parts, str(said.birth.year if said.birth else "")]).encode())


def _plain(value: Value) -> object:
    if isinstance(value, bool | tuple):
        return value
    return str(value) if not isinstance(value, PartialDay) else f"~{value}"


def _folded(text: str) -> str:
    """Letters and their signs only, in small ones: blanks and hyphens do not tell people apart."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LM")
