"""Asking for records as a workbook, deciding about it, making it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils import timezone

from ijm.accounts.models import RoleGrant, User
from ijm.jobs.work import enqueue
from ijm.notices.models import NoticeKind
from ijm.notices.telling import tell
from ijm.reports import policy
from ijm.reports.htcds.cells import Value
from ijm.reports.htcds.writing import official
from ijm.reports.models import Export
from ijm.reports.states import Event, ExportState
from ijm.roles.decisions import require
from ijm.roles.table import Can, who_can
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

Rows = Callable[[], Iterable[dict[str, Value]]]


def ask(*, by: User, purpose: str, which: str) -> Export:
    """Ask for the records of one's own files; whoever may decide is told."""
    require(policy.may_ask(by))
    export = Export(asked_by=by, office=by.office, purpose=purpose, which=which)
    with entry(Event.EXPORT_ASKED, by=by, about=export, why=Purpose(purpose)):
        export.save()
        _tell(_deciders(export), NoticeKind.EXPORT_TO_APPROVE, export)
    return export


def _deciders(export: Export) -> list[object]:
    grants = RoleGrant.objects.live().filter(role__in=who_can(Can.EXPORT_APPROVE), office=export.office, user__is_active=True)
    return list(grants.exclude(user=export.asked_by_id).values_list("user_id", flat=True).distinct())


def _tell(users: Iterable[object], kind: NoticeKind, export: Export) -> None:
    tell(users, kind, about=export.code, path=reverse("reports:export-show", args=[export.code]))  # type: ignore[arg-type]


def approve(export: Export, *, by: User) -> None:
    """Let it leave; the asker is told and makes it herself."""
    require(policy.may_decide(by, export))
    export.state, export.approved_by, export.approved_at = ExportState.APPROVED, by, timezone.now()
    with entry(Event.EXPORT_APPROVED, by=by, about=export, why=Purpose.ADMINISTRATION):
        export.save(update_fields=["state", "approved_by", "approved_at"])
        _tell([export.asked_by_id], NoticeKind.EXPORT_APPROVED, export)


def refuse(export: Export, *, by: User) -> None:
    """Do not let it leave."""
    require(policy.may_decide(by, export))
    export.state, export.refused_by, export.refused_at = ExportState.REFUSED, by, timezone.now()
    with entry(Event.EXPORT_REFUSED, by=by, about=export, why=Purpose.ADMINISTRATION):
        export.save(update_fields=["state", "refused_by", "refused_at"])
        _tell([export.asked_by_id], NoticeKind.EXPORT_REFUSED, export)


def withdraw(export: Export, *, by: User) -> None:
    """Take the question back."""
    require(policy.may_withdraw(by, export))
    export.state = ExportState.WITHDRAWN
    with entry(Event.EXPORT_WITHDRAWN, by=by, about=export, why=Purpose(export.purpose)):
        export.save(update_fields=["state"])


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

    content = official(counted())
    export.state, export.made_at, export.rows = ExportState.MADE, timezone.now(), number
    with entry(Event.EXPORT_MADE, by=by, about=export, why=Purpose(export.purpose)) as made:
        made.parts["q"] = {"count": number}
        export.save(update_fields=["state", "made_at", "rows"])
    return content
