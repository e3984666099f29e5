"""How the search learns: with every name and number that is saved, in the same transaction, and forgets as fast."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from ijm.people.indexed import Epoch, Mark, Segment
from ijm.vault import numbers, segments
from ijm.vault.errors import VaultError
from ijm.vault.segments import PERSONS, Line
from ijm.vault.texts import texts

CHANGING = 7_303_014  # the advisory lock that parts those who write an index from whoever begins or ends one


@dataclass(frozen=True)
class Said:
    """What one row of the register says of a person: a name (no kind), or a number of a kind."""

    person: uuid.UUID
    row: uuid.UUID
    kind: str
    text: str


def said(rows: Sequence[Any]) -> list[Said]:
    """What these rows will say once they are saved; what was just assigned costs no decryption."""
    return [of(row, values) for row, values in zip(rows, texts(rows), strict=True)]


def of(row: Any, values: Mapping[str, Any]) -> Said:
    """What a row of the register says that holds these values."""
    if "value" in values:
        return Said(row.person_id, row.pk, row.kind, values["value"] or "")
    return Said(row.person_id, row.pk, "", " ".join(filter(None, (values["family"], values["given"]))))


def learn(what: Sequence[Said], *, epochs: Iterable[int] | None = None, using: str = DEFAULT_DB_ALIAS) -> None:
    """Put these names and numbers into every index in use, in place of what their rows said before."""
    if not what:
        return
    if epochs is None:
        _hold(using)
        epochs = list(Epoch.objects.using(using).values_list("number", flat=True))
    for epoch in epochs:
        if names := [one for one in what if not one.kind]:
            _Lists(epoch, using).put(names)
        if marked := [one for one in what if one.kind]:
            _mark(marked, epoch, using)


def forget(persons: Iterable[uuid.UUID]) -> None:
    """Take everything of these persons out of every index, inside the caller's transaction."""
    gone = list(persons)
    _hold(DEFAULT_DB_ALIAS)
    for epoch in Epoch.objects.values_list("number", flat=True):
        _Lists(epoch, DEFAULT_DB_ALIAS).drop(gone)
    _unmark(DEFAULT_DB_ALIAS, persons=gone)


def _hold(using: str) -> None:
    """Many write at once; while an epoch begins or ends nobody does."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [CHANGING])


def _mark(what: Sequence[Said], epoch: int, using: str) -> None:
    _unmark(using, rows=[one.row for one in what], epoch=epoch)
    Mark.objects.using(using).bulk_create(
        Mark(epoch=epoch, person_id=one.person, row_id=one.row, mark=mark)
        for one in what if (mark := numbers.mark(one.kind, one.text, epoch=epoch)))


def _unmark(using: str, *, rows: Sequence[uuid.UUID] = (), persons: Sequence[uuid.UUID] = (), epoch: int | None = None) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT guard.unmark(%s::uuid[], %s::uuid[], %s)", [list(rows), list(persons), epoch])


class _Lists:
    """The sealed lists of one epoch. A list that does not open is left alone: what is learnt goes into another."""

    def __init__(self, epoch: int, using: str) -> None:
        self.epoch, self.using = epoch, using
        self.rows = Segment.objects.using(using).filter(epoch=epoch)

    def put(self, what: Sequence[Said]) -> None:
        """Write these names in place of what their rows said; nothing where the whole index was lost."""
        if not self.rows.exists():
            return
        held = self._of({one.person for one in what})
        place = {person: segment for segment, _lines in held for person in segment.persons}
        new: dict[Segment, list[Said]] = {}
        for one in what:
            if one.person in place:
                new.setdefault(place[one.person], []).append(one)
        changed = {one.row for one in what}
        for segment, lines in held:
            self._write(segment, [line for line in lines if line.row not in changed] + _lines(new.get(segment, ())))
        self._settle([one for one in what if one.person not in place])

    def drop(self, persons: Sequence[uuid.UUID]) -> None:
        """Write the lists of these persons anew without them; every list is opened, because which says whom is not sealed."""
        gone = set(persons)
        theirs = [segment.pk for segment in self.rows.order_by("id").iterator() if _holds(segment, gone)]
        for segment in self.rows.filter(pk__in=theirs).select_for_update().order_by("id"):
            segment.persons = [person for person in segment.persons if person not in gone]
            self._write(segment, [line for line in opened(segment) or () if line.person not in gone])

    def _of(self, persons: Iterable[uuid.UUID]) -> list[tuple[Segment, list[Line]]]:
        """The lists these persons stand in, locked and opened."""
        found = self.rows.filter(persons__overlap=list(persons)).select_for_update().order_by("id")
        return [(segment, lines) for segment in found if (lines := opened(segment)) is not None]

    def _settle(self, what: Sequence[Said]) -> None:
        """Newcomers: into a list with room that nobody else is writing, the others into lists of their own."""
        by_person: dict[uuid.UUID, list[Said]] = {}
        for one in what:
            by_person.setdefault(one.person, []).append(one)
        left = list(by_person)
        if left and (roomy := self._with_room()) is not None:
            segment, lines = roomy
            taken = left[:PERSONS - len(segment.persons)]
            left = left[len(taken):]
            segment.persons = [*segment.persons, *taken]
            self._write(segment, lines + _lines(one for person in taken for one in by_person[person]))
        for start in range(0, len(left), PERSONS):
            some = left[start:start + PERSONS]
            self._write(Segment(epoch=self.epoch, persons=some),
                        _lines(one for person in some for one in by_person[person]))

    def _with_room(self) -> tuple[Segment, list[Line]] | None:
        free = self.rows.filter(persons__len__lt=PERSONS).select_for_update(skip_locked=True).order_by("id")
        return next(((segment, lines) for segment in free[:2] if (lines := opened(segment)) is not None), None)

    def _write(self, segment: Segment, lines: Iterable[Line]) -> None:
        segment.rev, segment.stamp = segment.rev + 1, uuid.uuid4()
        segment.body, segment.body_key = segments.seal(segment.pk, segment.rev, lines, epoch=self.epoch)
        changed = None if segment._state.adding else ("rev", "stamp", "persons", "body", "body_key")
        segment.save(using=self.using, update_fields=changed)


def opened(segment: Segment) -> list[Line] | None:
    """The names of a list; None when it is not whole."""
    if segment.body is None:
        return []
    try:
        return segments.unseal(segment.pk, segment.rev, bytes(segment.body), epoch=segment.epoch)
    except VaultError:
        return None


def _holds(segment: Segment, persons: set[uuid.UUID]) -> bool:
    lines = opened(segment)
    return lines is not None and bool(persons.intersection(segment.persons) or any(line.person in persons for line in lines))


def _lines(what: Iterable[Said]) -> list[Line]:
    return [line for one in what if (line := Line.of(one.person, one.text, one.row)).words]


__all__ = ("CHANGING", "Said", "forget", "learn", "of", "opened", "said")
