"""The auditor's question and its answer: who looked at or changed anything about one human, grouped by person."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from audit import deeds, policy, queries, words
from audit.deeds import Deed
from ijm.accounts.models import Office, User
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail import context, events
from ijm.trail.errors import NoDoor
from ijm.trail.purposes import Purpose


@dataclass
class Person:
    """Somebody who works here and what she did to the record, as far as the auditor may know it."""

    key: str
    code: str
    name: str
    office: str
    deeds: list[Deed] = field(default_factory=list)

    @property
    def duty(self) -> str:
        """The roles in which she did it, at that time."""
        return words.roles(dict.fromkeys(role for deed in self.deeds for role in deed.roles))

    @property
    def looks(self) -> int:
        """How often she looked."""
        return sum(deed.kind == "look" for deed in self.deeds)

    @property
    def changes(self) -> int:
        """How often she changed something."""
        return sum(deed.kind == "change" for deed in self.deeds)

    @property
    def first(self) -> datetime:
        """When she did it first."""
        return self.deeds[0].at

    @property
    def last(self) -> datetime:
        """When she did it last."""
        return self.deeds[-1].at

    @property
    def fields(self) -> list[str]:
        """Names of the fields she opened, each compartment once."""
        opened: dict[str, None] = {}
        for deed in self.deeds:
            opened.update(dict.fromkeys(words.fields(deed.model, (name for name in deed.fields if name != "list"))))
        return list(opened)

    @property
    def acts(self) -> list[str]:
        """What she did, the most frequent first."""
        return [words.act(code) for code, _n in Counter(deed.act for deed in self.deeds).most_common()]

    @property
    def reasons(self) -> list[str]:
        """The purposes she gave, or the reasons for which she was refused."""
        return [words.purpose(code) for code, _n in Counter(deed.reason for deed in self.deeds).most_common()]

    @property
    def places(self) -> list[tuple[str, datetime]]:
        """What explains it: each kind of place on the file, with the day since when she held it."""
        held: dict[str, datetime] = {}
        for deed in self.deeds:
            if deed.place is not None:
                since = held.get(deed.place.source, deed.place.since)
                held[deed.place.source] = min(since, deed.place.since)
        return [(words.source(code), since) for code, since in held.items()]

    @property
    def is_at_odd_hours(self) -> bool:
        """Whether any of it happened outside office hours."""
        return any(deed.is_at_odd_hours for deed in self.deeds)


@dataclass(frozen=True)
class Answer:
    """The whole answer to one question, and how far the log was read for it."""

    meant: queries.Meaning
    deeds: list[Deed]
    state: queries.LogState
    indexed: int

    @property
    def counted(self) -> list[Deed]:
        """Looks and changes."""
        return [deed for deed in self.deeds if deed.counts]

    @property
    def explained(self) -> list[Deed]:
        """Looks and changes by somebody who stood on a file at that time."""
        return [deed for deed in self.counted if deed.is_explained]

    @property
    def unexplained(self) -> list[Deed]:
        """Looks and changes that no place on a file accounts for."""
        return [deed for deed in self.counted if not deed.is_explained]

    @property
    def refused(self) -> list[Deed]:
        """What was tried and refused."""
        return [deed for deed in self.deeds if deed.kind == "refused"]

    @property
    def asked(self) -> list[Deed]:
        """Questions like this one, this one among them."""
        return [deed for deed in self.deeds if deed.kind == "asked"]


def ask(code: str, *, by: User, since: datetime, until: datetime, kind: str = "who-saw", taken: str = "") -> Answer:
    """Who looked at or changed anything about the human behind this code in [since, until).

    The question is recorded before the log is read, on a connection of its own, so that it stays even if the answer
    fails, and stands in its own answer; `taken` says in which form the answer leaves. Raises Refused for everybody but
    the auditor and the data-protection officer.
    """
    require(policy.may_ask(by))
    meant = queries.meaning(code)
    about = {"subjects": sorted(meant.persons), "files": sorted(meant.whole), "codes": [meant.code]}
    record(kind, by=by, since=since, until=until, about=about, code=meant.code, taken=taken)
    queries.bring_up_to_date()
    recorded = queries.events(meant, since=since, until=until)
    state = queries.state()
    stays = queries.standing(meant.files or _files(recorded))
    return Answer(meant, deeds.read(recorded, stays), state, sum(event.indexed for event in recorded))


def record(kind: str, *, by: User, since: datetime, until: datetime, about: dict[str, list[str]] | None = None,
           **asked: str) -> None:
    """Write down a question before it is answered: its kind, its time and the codes it names, on a connection of its own.

    Raises NoDoor for anybody but the person in the door.
    """
    opened = context.standing()
    if str(by.pk) != opened.who.user:
        raise NoDoor("a question is asked by the person who stands in the door")
    told = {"kind": kind, "since": since.isoformat(), "until": until.isoformat(), **asked}
    events.write(events.body(
        Event.AUDIT_ASKED, "look", who=opened.who, source=opened.source, why={"code": Purpose.AUDIT.value},
        obj=events.compact(about or {}), q=events.compact(told)), using=events.TRAIL)


def _files(recorded: Iterable[queries.Recorded]) -> set[str]:
    """The files that the events of a record without a person name."""
    return {file for event in recorded for file in deeds.files_of(event.body) if queries.is_key(file)}


def people(found: Iterable[Deed], *, key: Callable[[Deed], object] = lambda deed: deed.user) -> list[Person]:
    """The deeds grouped by who did them (or more finely), the latest first, with the names of those who work here."""
    groups: dict[object, list[Deed]] = {}
    for deed in found:
        groups.setdefault(key(deed), []).append(deed)
    staff = User.objects.select_related("office").in_bulk(
        {uuid.UUID(mine[0].user) for mine in groups.values() if queries.is_key(mine[0].user)})
    offices = {office.code: office.name for office in Office.objects.all()}
    made = [_person(staff.get(uuid.UUID(mine[0].user)) if queries.is_key(mine[0].user) else None, mine, offices)
            for mine in groups.values()]
    return sorted(made, key=lambda person: person.last, reverse=True)


def _person(user: User | None, mine: list[Deed], offices: dict[str, str]) -> Person:
    first = mine[0]
    office = offices.get(first.office, first.office)
    return Person(first.user, first.user_code, user.display_name if user else first.user_code or "?", office, mine)
