"""Finding people by name or number: in memory over sealed lists, and by marks that only the database compares.

Who searches finds persons of her own files. Of others she learns only that a unit of her own wings knows one, when the name
is nearly the same or the number is the same; those who stand on that file are told that she asked.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from ijm.accounts.models import User
from ijm.messages import Event
from ijm.people import policy
from ijm.people.indexed import Epoch, EpochState, Segment
from ijm.people.learning import opened
from ijm.people.models import IdentifierKind
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.vault import numbers
from ijm.vault.likeness import Listed, Names
from ijm.vault.skeletons import plain

MOST, FEWEST_LETTERS = 20, 2
SAME = 88  # out of 100: so near that another unit's file may be meant
LIFE = 300.0  # seconds for which opened names stay in this process, as its keys do


@dataclass(frozen=True)
class Unit:
    """Whom to ask about a match that may not be shown: an office and the kind of its file."""

    office: uuid.UUID
    kind: str


@dataclass(frozen=True)
class Found:
    """What a name or number led to: persons of her own with how near they are, 0 to 100, and units that know another."""

    persons: dict[uuid.UUID, float] = field(default_factory=dict)
    units: Sequence[Unit] = ()
    marks: Sequence[bytes] = ()
    near: Sequence[uuid.UUID] = ()
    is_whole: bool = True


@dataclass
class _Opened:
    """The lists of one epoch as this process has read them, and all their names together."""

    lists: dict[uuid.UUID, tuple[uuid.UUID, Listed | None]]
    names: Names
    until: float

    @property
    def is_whole(self) -> bool:
        return bool(self.lists) and all(listed is not None for _stamp, listed in self.lists.values())


_held: dict[tuple[str, int], _Opened] = {}
_lock = threading.Lock()


def find(user: User, text: str) -> Found:
    """Everybody near this name or with this number, as far as she may know; nothing for who opens no identity."""
    if not policy.may_search(user):
        return Found()
    epoch = active()
    marks = [mark for kind in IdentifierKind.values if (mark := numbers.mark(kind, text, epoch=epoch))]
    everybody = names(epoch)
    mine = _mine()
    persons, near = dict[uuid.UUID, float](), list[uuid.UUID]()
    if len(plain(text).replace(" ", "")) >= FEWEST_LETTERS:
        persons = {match.person: match.score for match in everybody.names.partly(text, among=mine, limit=MOST)}
        near = [match.person for match in everybody.names.nearest(text, but=mine, limit=10 * MOST) if match.score >= SAME]
    same, units = _known(marks, near)
    return Found(dict.fromkeys(same, 100.0) | persons, units, marks, near, everybody.is_whole)


def tell(found: Found, *, by: User) -> None:
    """Let those who stand on the files of what she may not see know that she asked; once a day and file."""
    if not found.units:
        return
    require(policy.may_ask(by))
    with entry(Event.SEARCH_TOLD, by=by, about=None), connection.cursor() as cursor:
        cursor.execute("SELECT guard.tell_asked(%s::bytea[], %s::uuid[])", [list(found.marks), list(found.near)])


def active() -> int:
    """The number of the index in use."""
    return Epoch.objects.values_list("number", flat=True).get(state=EpochState.ACTIVE)


def names(epoch: int) -> _Opened:
    """All names of an index: read once a process, and again only the lists that changed since."""
    place = (str(connection.settings_dict["NAME"]), epoch)
    stamps = dict(Segment.objects.filter(epoch=epoch).values_list("id", "stamp"))
    with _lock:
        held = _held.get(place)
        if held is None or held.until < time.monotonic():
            held = _Opened({}, Names(), time.monotonic() + LIFE)
        if {one: stamp for one, (stamp, _listed) in held.lists.items()} != stamps:
            held = _refreshed(held, stamps)
        _held.clear()
        _held[place] = held
        return held


def _refreshed(held: _Opened, stamps: dict[uuid.UUID, uuid.UUID]) -> _Opened:
    kept = {one: known for one, known in held.lists.items() if stamps.get(one) == known[0]}
    changed = Segment.objects.filter(id__in=stamps.keys() - kept.keys())
    lists = kept | {segment.pk: (segment.stamp, _listed(segment)) for segment in changed}
    return _Opened(lists, Names(listed for _stamp, listed in lists.values() if listed is not None), held.until)


def _listed(segment: Segment) -> Listed | None:
    lines = opened(segment)
    return None if lines is None else Listed(lines)


def _mine() -> set[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.my_people()")
        return {row[0] for row in cursor.fetchall()}


def _known(marks: Sequence[bytes], near: Sequence[uuid.UUID]) -> tuple[list[uuid.UUID], list[Unit]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guard.known(%s::bytea[], %s::uuid[])", [list(marks), list(near)])
        rows = cursor.fetchall()
    units = [Unit(office, kind) for person, office, kind in rows if person is None]
    return [person for person, _office, _kind in rows if person], sorted(units, key=lambda one: (str(one.office), one.kind))


__all__ = ("Found", "Unit", "find", "tell")
