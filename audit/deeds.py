"""One thing somebody did to a record, as the auditor may know it: never what was seen, never whose name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils import timezone

from audit import queries, words
from audit.queries import Body, Recorded, Stay
from ijm.messages import Event

Kind = Literal["look", "change", "refused", "asked", "own"]
OPENS, CLOSES = 7, 19  # office hours, local; Saturday and Sunday are outside them
FRIDAY = 4


@dataclass(frozen=True)
class Deed:
    """Who did what, when, with which purpose, and whether a place on the file explains it."""

    number: int
    at: datetime
    kind: Kind
    act: str
    user: str
    user_code: str
    roles: tuple[str, ...]
    office: str
    reason: str
    model: str
    rows: int
    fields: tuple[str, ...]
    tables: tuple[str, ...]
    place: Stay | None
    codes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    asked: str = ""  # the code that was asked about, searched or knocked with
    homes: tuple[str, ...] = ()  # the files on which the persons it names are known
    found: int | None = None  # how many records a search or a question found

    @property
    def is_explained(self) -> bool:
        """Somebody who stood on the file at that time needs no further reason to look."""
        return self.place is not None

    @property
    def counts(self) -> bool:
        """Looks and changes are explained or not; refusals and questions are listed apart."""
        return self.kind in ("look", "change")

    @property
    def about(self) -> str:
        """The one record it was about; nothing for several."""
        return self.codes[0] if len(self.codes) == 1 else ""

    @property
    def is_casework(self) -> bool:
        """Whether it touches a file or a person of the register; what somebody does with her own things does not."""
        return bool(self.files or self.subjects)

    @property
    def is_at_odd_hours(self) -> bool:
        """Before seven, after nineteen, or at the weekend."""
        here = timezone.localtime(self.at)
        return not OPENS <= here.hour < CLOSES or here.weekday() > FRIDAY

    @property
    def compartments(self) -> tuple[str, ...]:
        """The compartments whose fields were opened."""
        return words.compartments_of(self.model, self.fields)


def kind_of(body: Body) -> Kind:
    """What sort of deed an event tells of; whatever is neither look nor refusal counts as a change."""
    if body.get("act") == Event.AUDIT_ASKED:
        return "asked"
    return {"look": "look", "refusal": "refused"}.get(_text(body, "cat"), "change")  # type: ignore[return-value]


Homes = Mapping[str, set[str]]


def read(recorded: Iterable[Recorded], stays: Sequence[Stay], homes: Homes | None = None) -> list[Deed]:
    """The deeds of these events, one for each: an id that a body claims for itself could hide another event.

    `homes` says on which files each person is known; it is needed where the events are about many persons, since a look
    may name the person alone.
    """
    return [_deed(event, stays, homes or {}) for event in recorded]


def gathered(recorded: Sequence[Recorded]) -> tuple[list[Deed], set[str]]:
    """The deeds of events about many persons and files, and all those files; two questions to the database."""
    homes = queries.homes({person for event in recorded for person in subjects_of(event.body) if queries.is_key(person)})
    files = {file for event in recorded for file in files_of(event.body) if queries.is_key(file)}
    files |= {file for mine in homes.values() for file in mine}
    return read(recorded, queries.standing(files), homes), files


def subjects_of(body: Body) -> tuple[str, ...]:
    """The persons an event names."""
    return _texts(_part(body, "obj"), "subjects")


def _deed(event: Recorded, stays: Sequence[Stay], homes: Homes) -> Deed:
    who, about, kind = _part(event.body, "who"), _part(event.body, "obj"), kind_of(event.body)
    user = _text(who, "ref")
    known = {file for person in subjects_of(event.body) for file in homes.get(person, ())}
    files = (files_of(event.body) or known) if kind == "look" else set()
    return Deed(
        number=event.id, at=event.at, kind=kind, act=_text(event.body, "act"),
        user=user, user_code=_text(who, "code"), roles=tuple(filter(None, _text(who, "role").split(","))),
        office=_text(who, "office"), reason=_text(_part(event.body, "why"), "code"), model=_text(about, "model"),
        rows=max(1, len(_texts(about, "rows"))), fields=_texts(event.body, "fields"),
        tables=_tables(event.body), place=_place(user, event.at, files, stays), codes=_texts(about, "codes"),
        files=tuple(sorted(files_of(event.body))), subjects=_texts(about, "subjects"), asked=asked_about(event.body),
        found=_count(event.body), homes=tuple(sorted(known)),
    )


def files_of(body: Body) -> set[str]:
    """The files an event names."""
    about = _part(body, "obj")
    return {*_texts(about, "files"), *filter(None, [_text(about, "file")])}


def asked_about(body: Body) -> str:
    """The code that a question of an auditor was about."""
    return _text(_part(body, "q"), "code")


def _place(user: str, at: datetime, files: set[str], stays: Sequence[Stay]) -> Stay | None:
    """The place on which she stood then: on a file of the look; where it names none, on any file of this person.

    A change may also be made from another file of the same person: a hand-over writes into a file that its
    sender cannot read, and the database has already refused whoever stood nowhere.
    """
    mine = [stay for stay in stays if stay.user == user and stay.since <= at < stay.until]
    known = {stay.file for stay in stays}
    here = [stay for stay in mine if stay.file in files] if files & known else mine
    return min(here, key=lambda stay: stay.since, default=None)


def _tables(body: Body) -> tuple[str, ...]:
    rows = body.get("hist")
    names = {str(row[0]) for row in rows if isinstance(row, list) and row} if isinstance(rows, list) else set()
    return tuple(sorted(names))


def _part(body: Body, key: str) -> Body:
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def _text(body: Body, key: str) -> str:
    value: Any = body.get(key, "")
    return value if isinstance(value, str) else ""


def _count(body: Body) -> int | None:
    value: Any = _part(body, "q").get("count")
    return value if isinstance(value, int) else None


def _texts(body: Body, key: str) -> tuple[str, ...]:
    values = body.get(key)
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
