"""All traffic between wings, and everything the base asks of wings, as tables of names. A check resolves each at start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

INBOXES: dict[str, tuple[str, ...]] = {
    "PersonsRescued": ("aftercare.inbox.persons_rescued",),
    "CaseReferred": ("prosecutions.inbox.case_referred",),
    "HearingScheduled": ("aftercare.inbox.hearing_scheduled",),
    "VerdictReturned": ("aftercare.inbox.verdict_returned",),
}
JOBS: dict[str, str] = {
    "announce": "ijm.casefiles.deliveries.announce",
}
PANELS: tuple[str, ...] = ("investigations.panels.work", "aftercare.panels.work", "prosecutions.panels.work", "audit.panels.work")
SEARCHES: tuple[str, ...] = ("investigations.panels.find", "aftercare.panels.find", "prosecutions.panels.find")
FILE_PAGES: dict[str, str] = {
    "intake": "investigations.panels.file_page",
    "investigation": "investigations.panels.file_page",
    "care": "aftercare.panels.file_page",
    "prosecution": "prosecutions.panels.file_page",
}
IMPORTERS: dict[str, tuple[str, ...]] = {"htcds": ("aftercare.imports.import_people",)}
DEMO: tuple[str, ...] = ("ijm.reports.demo.fill", "investigations.demo.fill", "aftercare.demo.fill",
                         "prosecutions.demo.fill", "aftercare.demo.after_court")
BENCHES: tuple[str, ...] = ("ijm.casefiles.bench.measures",)


def send(message: Any, *, by: Any) -> None:
    """Hand a message to every inbox that takes it, in the same transaction, as the same person."""
    for name in INBOXES[type(message).__name__]:
        take: Callable[..., None] = import_string(name)
        take(message, by=by)


def names() -> list[str]:
    """Every dotted name on this page."""
    tables: list[Any] = [*INBOXES.values(), *IMPORTERS.values(), PANELS, SEARCHES, DEMO, BENCHES,
                         tuple(JOBS.values()), tuple(FILE_PAGES.values())]
    return [name for table in tables for name in table]
