"""All traffic between wings, and everything the base asks of wings, as tables of names. A check resolves each at start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

INBOXES: dict[str, tuple[str, ...]] = {
    "PersonsRescued": ("aftercare.inbox.persons_rescued",),
    "CaseReferred": ("prosecutions.inbox.case_referred",),
    "HearingScheduled": ("aftercare.inbox.hearing_scheduled",),
    "HearingPutOff": ("aftercare.inbox.hearing_put_off",),
    "VerdictReturned": ("aftercare.inbox.verdict_returned",),
}
JOBS: dict[str, str] = {
    "announce": "ijm.casefiles.deliveries.announce",
}
PANELS: tuple[str, ...] = ("investigations.panels.work", "aftercare.panels.work", "prosecutions.panels.work", "audit.panels.work")
SEARCHES: tuple[str, ...] = ("investigations.panels.find", "aftercare.panels.find", "prosecutions.panels.find")
# (person, from, until) -> what stands in her days: [dict(at, ends_at, title, code, url, room, kind, about, record)]
APPOINTMENTS: tuple[str, ...] = ("investigations.panels.appointments", "aftercare.panels.appointments",
                                 "prosecutions.panels.appointments")
# Those of them that may leave the house in a calendar file; the hour of a rescue operation never does.
CALENDARS: tuple[str, ...] = ("aftercare.panels.appointments", "prosecutions.panels.appointments")
# (person, code) -> the record itself and its page, for a reminder; nothing for what she may not see
RECORDS: tuple[str, ...] = ("investigations.panels.record", "aftercare.panels.record", "prosecutions.panels.record")
FILE_PAGES: dict[str, str] = {
    "intake": "investigations.panels.file_page",
    "investigation": "investigations.panels.file_page",
    "care": "aftercare.panels.file_page",
    "prosecution": "prosecutions.panels.file_page",
}
# How an act is taken back within ten minutes: kind -> (person, what the token names) -> None.
UNDOS: dict[str, str] = {
    "survivor-step": "aftercare.undos.step",
    "survivor-entrusted": "aftercare.undos.entrusted",
    "colleague-added": "ijm.casefiles.undos.added",
    "place-ended": "ijm.casefiles.undos.ended",
    "residence-moved": "aftercare.undos.moved",
    "referral-declined": "aftercare.undos.declined",
    "tip-declined": "investigations.undos.declined",
    "investigation-closed": "investigations.undos.closed",
    "notice-read": "ijm.notices.undos.one",
    "notices-read": "ijm.notices.undos.all_",
    "role-proposed": "ijm.accounts.undos.proposed",
}
# Why somebody is still needed on a file of this kind: (person asking, place) -> reason, or nothing.
NEEDED: dict[str, str] = {"care": "aftercare.policy.needed_on", "investigation": "investigations.policy.needed_on"}
# What a letter about a file of this kind may say openly: (person, file) -> ijm.documents.about.About, or nothing.
LETTERS: dict[str, str] = {
    "intake": "investigations.papers.about",
    "investigation": "investigations.papers.about",
    "care": "aftercare.papers.about",
    "prosecution": "prosecutions.papers.about",
}
# Lists that may be taken along: url name of the list -> (person, its filters) -> ijm.documents.sheets.Sheet, or nothing.
SHEETS: dict[str, str] = {}
IMPORTERS: dict[str, tuple[str, ...]] = {"htcds": ("aftercare.imports.import_people",)}
DEMO: tuple[str, ...] = ("ijm.reports.demo.fill", "investigations.demo.fill", "aftercare.demo.fill",
                         "prosecutions.demo.fill", "aftercare.demo.after_court")
TELL = "ijm.notices.telling.tell"
BENCHES: tuple[str, ...] = ("ijm.casefiles.bench.measures",)


def send(message: Any, *, by: Any) -> None:
    """Hand a message to every inbox that takes it, in the same transaction, as the same person."""
    for name in INBOXES[type(message).__name__]:
        take: Callable[..., None] = import_string(name)
        take(message, by=by)


def tell(users: Any, kind: str, *, about: str, path: str) -> None:
    """Give each of these people a notice, inside an open entry; for floors below the notices."""
    import_string(TELL)(users, kind, about=about, path=path)


def names() -> list[str]:
    """Every dotted name on this page."""
    tables: list[Any] = [*INBOXES.values(), *IMPORTERS.values(), PANELS, SEARCHES, DEMO, BENCHES, APPOINTMENTS, CALENDARS,
                         RECORDS, tuple(JOBS.values()), tuple(FILE_PAGES.values()), tuple(UNDOS.values()), tuple(NEEDED.values()),
                         tuple(LETTERS.values()), tuple(SHEETS.values()), (TELL,)]
    return [name for table in tables for name in table]
