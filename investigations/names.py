"""The names people give for somebody: in Khmer script, in Latin letters, and what she is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
