"""The names people give for somebody: in Khmer script, in Latin letters, and what she is called."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ijm.people.models import Name, NameKind, Person, Script


@dataclass(frozen=True)
class Names:
    """What is known of somebody's names; every part may be missing."""

    family_km: str = ""
    given_km: str = ""
    family: str = ""
    given: str = ""
    called: str = ""

    def rows(self, person: Person) -> Iterator[Name]:
        """The rows of the register for these names, unsaved."""
        for script, family, given in ((Script.KHMER, self.family_km, self.given_km),
                                      (Script.LATIN, self.family, self.given)):
            if family or given:
                yield _name(person, script, NameKind.LEGAL, family, given)
        if self.called:
            script = Script.LATIN if self.called.isascii() else Script.KHMER
            yield _name(person, script, NameKind.CALLED, "", self.called)

    def save(self, person: Person) -> None:
        """Write them into the register, inside an open entry."""
        for name in self.rows(person):
            name.save()


def _name(person: Person, script: Script, kind: NameKind, family: str, given: str) -> Name:
    name = Name(person=person, script=script, kind=kind)
    name.family, name.given = family or None, given or None
    return name


# Where each part of the names stands in the register: kind, script (any, for what somebody is called), column.
PLACES: dict[str, tuple[NameKind, Script | None, str]] = {
    "family_km": (NameKind.LEGAL, Script.KHMER, "family"),
    "given_km": (NameKind.LEGAL, Script.KHMER, "given"),
    "family": (NameKind.LEGAL, Script.LATIN, "family"),
    "given": (NameKind.LEGAL, Script.LATIN, "given"),
    "called": (NameKind.CALLED, None, "given"),
}


def _row_of(part: str, rows: Iterable[Name]) -> Name | None:
    kind, script, _column = PLACES[part]
    return next((row for row in rows if row.kind == kind and script in (None, row.script)), None)


def parts(rows: Iterable[Name], shown: Mapping[Any, Mapping[str, Any]]) -> dict[str, str]:
    """The parts of the names as a form shows them; `shown` are the opened values by row."""
    rows = list(rows)
    found = {part: _row_of(part, rows) for part in PLACES}
    return {part: str(shown[row.pk][PLACES[part][2]] or "") if row else "" for part, row in found.items()}


def correct(person: uuid.UUID, rows: Iterable[Name], changed: Mapping[str, str]) -> None:
    """Put changed parts into the register, inside an open entry; a part that had no row gets one."""
    held, touched = list(rows), []
    for part, text in changed.items():
        kind, script, column = PLACES[part]
        row = _row_of(part, held)
        if row is None:
            row = Name(person_id=person, kind=kind, script=script or (Script.LATIN if text.isascii() else Script.KHMER))
            held.append(row)
        setattr(row, column, text or None)
        touched += [] if row in touched else [row]
    for row in touched:
        row.save()
