"""Asking for records as a workbook, and making it once another person has approved it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone

from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.jobs import results
from ijm.jobs.models import JobResult
from ijm.jobs.results import File
from ijm.jobs.work import enqueue
from ijm.reports import policy
from ijm.reports.htcds.cells import Value
from ijm.reports.htcds.writing import official
from ijm.reports.models import Export
from ijm.reports.serials import serial
from ijm.reports.states import Event
from ijm.roles.budgets import Budget
from ijm.roles.decisions import require
from ijm.trail import spending
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

Rows = Callable[[], Iterable[dict[str, Value]]]


def ask(*, by: User, purpose: str, which: str) -> Export:
    """Ask for the records of one's own files; whoever may decide is told."""
    require(policy.may_ask(by))
    export = Export(purpose=purpose, which=which)
    spending.some(Budget.EXPORTS)
    with entry(Event.EXPORT_ASKED, by=by, about=export, why=Purpose(purpose)):
        export.request = requests.ask("export", about=export.code, thing=export.thing, office=by.office, by=by)
        export.save()
    return export


def begin(export: Export, *, by: User) -> None:
    """Ask for the approved workbook to be made."""
    require(policy.may_make(by, export))
    with entry(Event.EXPORT_BEGUN, by=by, about=export, why=Purpose(export.purpose)):
        enqueue("export.make", owner=by, about=export.pk)


def make(export: Export, *, by: User, rows: Rows) -> bytes:
    """The workbook; every row was recorded as read by the asker when it was opened."""
    require(policy.may_make(by, export))
    number = 0

    def counted() -> Iterable[dict[str, Value]]:
        nonlocal number
        for row in rows():
            number += 1
            yield row

    content = official(counted(), foot=serial(export.code, 1, by.code))
    export.made_at, export.rows = timezone.now(), number
    with entry(Event.EXPORT_MADE, by=by, about=export, why=Purpose(export.purpose)) as made:
        made.parts["q"] = {"count": number}
        export.save(update_fields=["made_at", "rows"])
        requests.used(export.request, by=by)
    return content


def fetch(export: Export, *, by: User, result: JobResult) -> File:
    """Give it out, once: its key is destroyed as soon as this is committed."""
    require(policy.may_fetch(by, export))
    with entry(Event.EXPORT_FETCHED, by=by, about=export, why=Purpose(export.purpose)):
        file = results.fetch(result, by=by)
        JobResult.objects.filter(pk=result.pk).update(expires_at=timezone.now())
    transaction.on_commit(lambda: results.throw_away(result.pk, by), robust=True)
    return file
