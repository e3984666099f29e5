"""A row of the former records, kept as it was under its survivor's seal, and read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.people.models import Alias
from ijm.reports.htcds import PartialDay, Row, Value
from ijm.reports.htcds.columns import by_field
from ijm.reports.marking import likeness_of, mark_of
from ijm.reports.models import Former, Import
from ijm.vault.disclosure import disclose

NAMES: Final = ("who", "where", "what")


def kept(row: Row, file: CaseFile, alias: Alias, record: Import | None) -> Former:
    """The row as it will stand on her file, not saved yet."""
    made = Former(file=file, alias=alias, record=record, import_code=record.code if record else "",
                  mark=mark_of(row), likeness=likeness_of(row))
    for name in NAMES:
        part = {field: _plain(value) for field, value in row.values.items() if part_of(field) == name}
        setattr(made, name, json.dumps(part, ensure_ascii=False) if part else None)
    return made


def part_of(field: str) -> str:
    """Under which seal a column of the standard lies."""
    if field.startswith("prs_Mailing"):
        return "where"
    return "who" if field.startswith("prs_") else "what"


def opened(rows: Iterable[Former], *, to: User) -> dict[Any, Mapping[str, Value]]:
    """{file: values by field}; the look at every row is recorded first. What cannot be opened is left out."""
    rows = list(rows)
    shown: dict[Any, Any] = disclose(rows, *NAMES, to=to)
    return {row.file_id: _values(shown[row.pk].values()) for row in rows}


def _plain(value: Value) -> Any:
    if isinstance(value, PartialDay):
        return {"about": str(value)}
    return value.isoformat() if isinstance(value, date) else value


def _values(texts: Iterable[object]) -> Mapping[str, Value]:
    found: dict[str, Value] = {}
    for text in texts:
        if isinstance(text, str):
            found |= {field: _value(field, held) for field, held in json.loads(text).items() if field in by_field()}
    return MappingProxyType(found)


def _value(field: str, held: Any) -> Value:
    if isinstance(held, dict):
        return PartialDay(*map(int, held["about"].split("-")))
    if isinstance(held, list):
        return tuple(held)
    return date.fromisoformat(held) if by_field()[field].kind == "day" else held
