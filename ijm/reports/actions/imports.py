"""Receiving a file of records, taking up its rows, and what becomes of them in the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from ijm import bridges
from ijm.accounts.models import User
from ijm.jobs.work import enqueue
from ijm.reports import holding, policy
from ijm.reports.holding import AT_ONCE, Held
from ijm.reports.htcds import Row
from ijm.reports.htcds.lines import Lines
from ijm.reports.marking import mark_of
from ijm.reports.models import Former, Import, ImportPart
from ijm.reports.noticing import Noticing
from ijm.reports.states import Event, ImportState
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from ijm.vault import parcels

Tick = Callable[[float], None]


def receive(content: bytes, *, by: User) -> Import:
    """Seal an uploaded file under a key of its own, and ask for it to be read."""
    require(policy.may_import(by))
    record = Import(owner=by)
    with entry(Event.IMPORT_BEGUN, by=by, about=record, why=Purpose.IMPORT):
        record.save()
        _sealed(record, 0, content, {}, by).save()
        enqueue("import.read", owner=by, about=record.pk)
    return record


def take_up(record: Import, *, by: User, found: Lines, tick: Tick) -> None:
    """Keep the rows of the file, sealed, with what was noticed about each; the file itself is thrown away."""
    require(policy.may_move_on(by, record, ImportState.READY))
    today, noticing = timezone.localdate(), Noticing()
    record.source, record.rows, record.state = found.kind, len(found.lines), ImportState.READY
    with entry(Event.IMPORT_READ, by=by, about=record, why=Purpose.IMPORT):
        for number, start in enumerate(range(0, len(found.lines), AT_ONCE), start=1):
            rows = noticing.looked_at(found.lines[start:start + AT_ONCE], today)
            _sealed(record, number, holding.to_bytes(rows), _counted(record, rows, today, noticing.wrong), by).save()
            tick(start / len(found.lines))
        record.parts.filter(number=0).delete()
        record.save()


def _sealed(record: Import, number: int, content: bytes, index: dict[str, list[int]], by: User) -> ImportPart:
    part = ImportPart(owner_id=by.pk, record=record, number=number, index=index)
    part.seal(content)
    return part


def _counted(record: Import, rows: Sequence[Held], today: date, wrong: set[int]) -> dict[str, list[int]]:
    index = holding.index_of(rows, today, wrong)
    record.to_mend += len(index["mend"])
    record.known += len(index["known"])
    record.alike += len(index["alike"])
    record.left_out += len(index["out"])
    return index


def give_up(record: Import, *, by: User, said: bytes) -> None:
    """The file cannot be taken; the sentence that says why takes the place of the file."""
    require(policy.may_move_on(by, record, ImportState.FAILED))
    record.state = ImportState.FAILED
    with entry(Event.IMPORT_UNREADABLE, by=by, about=record, why=Purpose.IMPORT):
        part = record.parts.get(number=0)
        part.seal(said)
        part.save(update_fields=["parcel", "parcel_key"])
        record.save(update_fields=["state"])


def bring_in(record: Import, *, by: User) -> None:
    """Ask for everything that is not left out to be brought in."""
    require(policy.may_bring_in(by, record))
    record.state = ImportState.BRINGING_IN
    with entry(Event.IMPORT_CONFIRMED, by=by, about=record, why=Purpose.IMPORT):
        record.save(update_fields=["state"])
        enqueue("import.bring_in", owner=by, about=record.pk)


def halt(record: Import, *, by: User) -> None:
    """Go back to looking through, after bringing in was cancelled or failed."""
    require(policy.may_move_on(by, record, ImportState.READY))
    record.state = ImportState.READY
    with entry(Event.IMPORT_HALTED, by=by, about=record, why=Purpose.IMPORT):
        record.save(update_fields=["state"])


def complete(record: Import, *, by: User, tick: Tick) -> None:
    """Bring every row in, part by part, in the caller's transaction: all of them, or none; then throw the rows away."""
    require(policy.may_move_on(by, record, ImportState.DONE))
    _one_at_a_time(by.office_id)
    importers, all_ = [import_string(name) for name in bridges.IMPORTERS["htcds"]], max(record.to_bring_in, 1)
    for part in record.parts.filter(number__gt=0).values_list("pk", flat=True):
        rows, before = _wanted(ImportPart.objects.get(pk=part), by), record.brought
        for importer in importers:
            record.brought += importer(rows, by=by, record=record, progress=lambda done, of: tick((before + done) / all_))  # noqa: B023
    record.state, record.done_at = ImportState.DONE, timezone.now()
    record.left_out = record.rows - record.brought
    with entry(Event.IMPORT_DONE, by=by, about=record, why=Purpose.IMPORT) as made:
        made.parts["q"] = {"count": record.brought}
        record.save(update_fields=["state", "done_at", "brought", "left_out"])
        _throw_away(record, by)


def _wanted(part: ImportPart, by: User) -> list[Row]:
    """The rows to bring in; what somebody else has brought in since it was looked through stays out."""
    today = timezone.localdate()
    held = [held for held in holding.from_bytes(part.open(to=by, event=Event.IMPORT_TAKEN_UP)) if not held.out]
    rows = [held.checked(today)[0] for held in held]
    marks = [mark_of(row) for row in rows]
    others = Former.objects.filter(mark__in=marks).exclude(record=part.record_id)
    there = set(others.values_list("mark", flat=True))
    return [row for row, one, mark in zip(rows, held, marks, strict=True) if one.was or mark not in there]


def _one_at_a_time(office: uuid.UUID) -> None:
    """Two imports of one office wait for each other, so that neither brings in what the other just did."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [office.int >> 65])


def discard(record: Import, *, by: User) -> None:
    """Throw the rows away, and the key that opens any copy of them."""
    require(policy.may_move_on(by, record, ImportState.DISCARDED))
    record.state = ImportState.DISCARDED
    with entry(Event.IMPORT_DISCARDED, by=by, about=record, why=Purpose.IMPORT):
        record.save(update_fields=["state"])
        _throw_away(record, by)


def lapse(record: Import, *, by: User) -> None:
    """End an import that nobody finished in time: its rows go, and the key that opens any copy of them."""
    require(policy.may_lapse(by, record))
    with entry(Event.IMPORT_DISCARDED, by=by, about=record, why=Purpose.SYSTEM):
        if record.state == ImportState.BRINGING_IN:
            record.state = ImportState.READY
            record.save(update_fields=["state"])
        record.state = ImportState.DISCARDED
        record.save(update_fields=["state"])
        record.parts.all().delete()
    parcels.shred(record.pk, by=by)


def _throw_away(record: Import, by: User) -> None:
    """The rows go now; their key goes by a job of its own, once it is sure that they are gone."""
    record.parts.all().delete()
    enqueue("import.forget", owner=by, about=record.pk)
