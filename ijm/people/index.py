"""The index of the search as a whole: learning and forgetting a person, and making all of it anew.

An index is made anew after a restore, after a crash of the database (its tables are unlogged), and when its keys are renewed.
That is one work: a new epoch is filled beside the one in use, everything that is saved meanwhile goes into both, then the new
one takes its place and the old one is dropped with its keys. People go on working and searching.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.models import Max

from ijm.messages import Event
from ijm.people import learning
from ijm.people.indexed import Epoch, EpochState, Segment
from ijm.people.learning import CHANGING, forget
from ijm.people.models import Identifier, Name
from ijm.trail import events
from ijm.trail.context import Source, Who
from ijm.trail.purposes import Purpose
from ijm.vault.epochs import drop_keys
from ijm.vault.errors import KeyDestroyed, VaultError
from ijm.vault.segments import PERSONS
from ijm.vault.texts import each

ROTOR = "rotor"  # the worker's own login: it reads every sealed name, and no page of anybody uses it
MAKING = CHANGING + 1  # the advisory lock of whoever makes an index: one at a time
COLUMNS = ("id", "person_id", "identity", "identity_rev", "identity_key")
MODELS: tuple[tuple[Any, tuple[str, ...]], ...] = ((Name, COLUMNS), (Identifier, (*COLUMNS, "kind")))
Progress = Callable[[int, int], None]


class Busy(Exception):
    """Somebody else is making the index anew."""


@dataclass(frozen=True)
class Made:
    """How many rows were learnt under the new keys, how many are still to do, how many could not be read."""

    rotated: int = 0
    remaining: int = 0
    failed: int = 0

    def __add__(self, other: Made) -> Made:
        return Made(self.rotated + other.rotated, self.remaining + other.remaining, self.failed + other.failed)


def is_whole() -> bool:
    """Whether the index in use is there; a crash of the database or a restore leaves nothing of it."""
    return Segment.objects.using(ROTOR).filter(epoch__in=Epoch.objects.using(ROTOR).filter(
        state=EpochState.ACTIVE).values("number")).exists()


def learn(persons: Iterable[uuid.UUID]) -> Made:
    """Learn again what the register says of these persons, as the worker's own login: nobody's page does this."""
    wanted = list(persons)
    with transaction.atomic(using=ROTOR):
        return sum((_learnt(model.objects.using(ROTOR).filter(person_id__in=wanted).only(*columns), None)
                    for model, columns in MODELS), Made())


def rebuild(progress: Progress | None = None) -> Made:
    """Make the index anew from the register, under new keys.

    `progress` is told (rows done, rows in all). Persons whose keys were destroyed are passed over; a row that does not open
    counts as failed, and the index is taken into use without it. Raises Busy while somebody else does the same.
    """
    with _alone():
        epoch = _begin()
        total, made = sum(model.objects.using(ROTOR).count() for model, _columns in MODELS), Made()
        for rows in _portions():
            with transaction.atomic(using=ROTOR):
                made += _learnt(rows, epoch)
            if progress is not None:
                progress(made.rotated + made.failed, total)
        _take_into_use(epoch)
    _tell(epoch, made)
    return made


renew_epoch = rebuild


def _portions() -> Iterator[Any]:
    """The rows of the register, those of 256 persons at a time: so each list of names is written once."""
    for model, columns in MODELS:
        rows, last = model.objects.using(ROTOR), uuid.UUID(int=0)
        while some := list(rows.filter(person_id__gt=last).order_by("person_id").values_list("person_id", flat=True)
                           .distinct()[:PERSONS]):
            yield rows.filter(person_id__in=some).only(*columns)
            last = some[-1]


def _learnt(rows: Any, epoch: int | None) -> Made:
    """Learn these rows; each stays locked meanwhile, so that nobody's newer words are written over."""
    read = list(each(list(rows.select_for_update().order_by("id"))))
    said = [learning.of(row, values) for row, values in read if not isinstance(values, VaultError)]
    learning.learn(said, epochs=None if epoch is None else [epoch], using=ROTOR)
    gone = sum(isinstance(values, KeyDestroyed) for _row, values in read)
    return Made(len(said) + gone, 0, len(read) - len(said) - gone)


@contextmanager
def _alone() -> Iterator[None]:
    with connections[ROTOR].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [MAKING])
        if not cursor.fetchone()[0]:
            raise Busy("The index is being made anew already.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MAKING])


@contextmanager
def _nobody_writes() -> Iterator[Any]:
    """A transaction in which no other writes an index: it waits for those who do."""
    with transaction.atomic(using=ROTOR), connections[ROTOR].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHANGING])
        yield cursor


def _begin() -> int:
    """A new epoch, filled from now on by everybody who saves; what an interrupted making left is dropped."""
    _drop_unused()
    with _nobody_writes():
        number: int = (Epoch.objects.using(ROTOR).aggregate(most=Max("number"))["most"] or 0) + 1
        Epoch.objects.using(ROTOR).create(number=number, state=EpochState.FILLING)
        Segment.objects.using(ROTOR).create(epoch=number)
        return number


def _take_into_use(epoch: int) -> None:
    with _nobody_writes():
        Epoch.objects.using(ROTOR).filter(state=EpochState.ACTIVE).update(state=EpochState.FILLING)
        Epoch.objects.using(ROTOR).filter(number=epoch).update(state=EpochState.ACTIVE)
    _drop_unused()


def _drop_unused() -> None:
    for old in Epoch.objects.using(ROTOR).exclude(state=EpochState.ACTIVE).values_list("number", flat=True):
        with _nobody_writes() as cursor:
            cursor.execute("SELECT guard.drop_epoch(%s)", [old])
        drop_keys(old)


def _tell(epoch: int, made: Made) -> None:
    events.write(events.body(
        Event.SEARCH_REBUILT, "system", who=Who(""), source=Source(), why={"code": Purpose.SYSTEM.value},
        q={"epoch": epoch, "count": made.rotated, "failed": made.failed}), using=events.TRAIL)


__all__ = ("Busy", "Made", "forget", "is_whole", "learn", "rebuild", "renew_epoch")
