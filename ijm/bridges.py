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
    "import.read": "ijm.reports.work.read",
    "import.bring_in": "ijm.reports.work.bring_in",
    "import.forget": "ijm.reports.work.forget",
    "export.make": "ijm.reports.work.make",
    "announce": "ijm.casefiles.deliveries.announce",
    "documents.sheet": "ijm.documents.tasks.make_sheet",
    "keys.change": "ijm.desk.changing.change_keys",
    "erasure.destroy": "ijm.erasures.work.destroy",
    "erasure.search": "ijm.erasures.work.renew_search",
    "documents.measure": "ijm.documents.tasks.measure",
    "package.make": "audit.court.work.make",
}
PANELS: tuple[str, ...] = ("investigations.panels.work", "aftercare.panels.work", "prosecutions.panels.work", "audit.panels.work",
                           "audit.standing.work")
SEARCHES: tuple[str, ...] = ("investigations.panels.find", "aftercare.panels.find", "prosecutions.panels.find",
                             "ijm.desk.staff.find")
# (person, from, until) -> what stands in her days: [dict(at, ends_at, title, code, url, room, kind, about, record)]
APPOINTMENTS: tuple[str, ...] = ("investigations.panels.appointments", "aftercare.panels.appointments",
                                 "prosecutions.panels.appointments")
# Those of them that may leave the house in a calendar file; the hour of a rescue operation never does.
CALENDARS: tuple[str, ...] = ("aftercare.panels.appointments", "prosecutions.panels.appointments")
# (person, code) -> the record itself and its page, for a reminder; nothing for what she may not see
RECORDS: tuple[str, ...] = ("investigations.panels.record", "aftercare.panels.record", "prosecutions.panels.record",
                            "ijm.documents.panels.record")
# What needs two people: code of the kind -> its ijm.approvals.kinds.Kind, which says who asks, who decides and what happens then.
FOUR_EYES: dict[str, str] = {
    "export": "ijm.reports.four_eyes.EXPORT",
    "wall.lift": "ijm.casefiles.wall_requests.LIFT",
    "seal.add": "ijm.casefiles.wall_requests.ADD",
    "seal.lift": "ijm.casefiles.wall_requests.OPEN",
    "keys": "ijm.desk.four_eyes.KEYS",
    "rescue": "investigations.four_eyes.RESCUE",
    **{f"package-{wing}": f"audit.court.four_eyes.{wing.upper()}" for wing in ("intake", "investigation", "care", "prosecution")},
    "erasure": "ijm.erasures.four_eyes.ERASURE",
    "budget.unlock": "ijm.budgets.kinds.UNLOCK",
    "halt.lift": "ijm.budgets.kinds.LIFT",
    "transfer": "ijm.casefiles.four_eyes.TRANSFER",
}
# What waits for a second person: (person) -> [dict(part="decide"|"asked"|"back", title, url, code, by, at, about, why, kind)].
APPROVALS: tuple[str, ...] = ("ijm.approvals.panels.approvals", "ijm.desk.second.approvals", "ijm.desk.small.approvals")
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
    "survivors-handed-over": "aftercare.undos.handed_over",
    "colleague-added": "ijm.casefiles.undos.added",
    "place-ended": "ijm.casefiles.undos.ended",
    "residence-moved": "aftercare.undos.moved",
    "referral-declined": "aftercare.undos.declined",
    "tip-declined": "investigations.undos.declined",
    "investigation-closed": "investigations.undos.closed",
    "notice-read": "ijm.notices.undos.one",
    "notices-read": "ijm.notices.undos.all_",
    "reminder-done": "ijm.notices.undos.reminder",
    "role-proposed": "ijm.accounts.undos.proposed",
}
# Whose history a code leads to: prefix -> (person, code) -> the record, by the wing's own rule of who may see it.
HISTORIES: dict[str, str] = {
    "TP": "investigations.policy.get_tip",
    "IV": "investigations.policy.get_investigation",
    "IC": "investigations.policy.get_incident",
    "SU": "investigations.policy.get_suspect",
    "RO": "investigations.policy.get_rescue",
    "RF": "aftercare.policy.get_referral",
    "SV": "aftercare.policy.get_survivor",
    "RS": "aftercare.policy.get_residence",
    "PF": "prosecutions.policy.get_prosecution",
    "AC": "prosecutions.policy.accused_of",
    "VW": "prosecutions.policy.get_witness",
    "CH": "prosecutions.policy.get_charge",
    "HR": "prosecutions.policy.get_hearing",
    "VD": "prosecutions.policy.get_verdict",
    "US": "ijm.accounts.finding.get_person",
    "OF": "ijm.accounts.finding.get_office",
    "FL": "ijm.documents.policy.get_stored",
    "ER": "ijm.erasures.policy.get_erasure",
    "LH": "ijm.erasures.policy.get_hold",
    "AQ": "ijm.approvals.policy.get_request",
    "WL": "ijm.casefiles.walls.get_wall",
    "SL": "ijm.casefiles.walls.get_seal",
}
# Where a record of this prefix is corrected; an earlier version of it is put back there too, as a new change.
CORRECTIONS: dict[str, str] = {
    "TP": "investigations:tip-correct",
    "IV": "investigations:investigation-correct",
    "IC": "investigations:incident-correct",
    "SU": "investigations:suspect-correct",
    "SV": "aftercare:survivor-correct",
    "FL": "stored:describe",
}
# Closed lists whose codes lie in a column without choices: "app.Model.column" -> the list.
CODES: dict[str, str] = {
    "investigations.Incident.acts": "investigations.codes.Act",
    "investigations.Incident.means": "investigations.codes.Means",
    "investigations.Incident.purposes": "investigations.codes.Aim",
    "investigations.RescueOperation.checks": "investigations.codes.Check",
    "aftercare.CourtSupport.needs": "aftercare.models.support.Need",
    "aftercare.SafeContact.ways": "ijm.notices.contact.Way",
    "aftercare.SafeContact.days": "ijm.notices.contact.Weekday",
    "prosecutions.VictimWitness.measures": "prosecutions.states.Measure",
}
# What an event is called: its code -> words.
ACT_WORDS = "audit.words.act"
# Why somebody is still needed on a file of this kind: (person asking, place) -> reason, or nothing.
NEEDED: dict[str, str] = {"care": "aftercare.policy.needed_on", "investigation": "investigations.policy.needed_on"}
# How a wing gives a file of this kind to another colleague: (file, by=, to=) -> None.
ENTRUST: dict[str, str] = {"care": "aftercare.panels.entrust", "investigation": "investigations.panels.entrust"}
# Whether somebody is the worker of the person whose file of this kind it is: (person asking, file id) -> bool.
WORKERS: dict[str, str] = {"care": "aftercare.policy.is_worker_on"}
# What a letter about a file of this kind may say openly: (person, file) -> ijm.documents.about.About, or nothing.
LETTERS: dict[str, str] = {
    "intake": "investigations.papers.about",
    "investigation": "investigations.papers.about",
    "care": "aftercare.papers.about",
    "prosecution": "prosecutions.papers.about",
}
# Lists that may be taken along as a sheet: url name of the list -> (person) -> her rows, and what dresses them.
SHEETS: dict[str, str] = {
    "investigations:tip-list": "investigations.papers.tips",
    "investigations:investigation-list": "investigations.papers.files",
    "aftercare:referral-list": "aftercare.papers.referrals",
    "aftercare:survivor-list": "aftercare.papers.survivors",
    "aftercare:support-list": "aftercare.papers.support",
    "prosecutions:prosecution-list": "prosecutions.papers.files",
    "prosecutions:hearing-list": "prosecutions.papers.hearings",
}
IMPORTERS: dict[str, tuple[str, ...]] = {"htcds": ("aftercare.imports.import_people",)}
EXPORTERS: dict[str, tuple[str, ...]] = {"htcds": ("aftercare.exports.people",)}
DEMO: tuple[str, ...] = ("ijm.reports.demo.fill", "investigations.demo.fill", "aftercare.demo.fill",
                         "prosecutions.demo.fill", "aftercare.demo.after_court")
TELL = "ijm.notices.telling.tell"
# What the doors of pages ask of the budgets: the page of who is stopped, and the alarm when a decoy is opened.
BUDGETS: dict[str, str] = {"refused": "ijm.budgets.stopping.refused", "alarm": "ijm.budgets.decoys.alarm"}
# A wing that makes the records of somebody who does not exist: (by=, family=, given=, sex=, age_band=) -> their case file.
DECOY = "aftercare.decoys.make"
# What gives the search new keys: (progress=) -> how many entries were rotated, remain, failed.
INDEX = "ijm.people.index.renew_epoch"
# What our ways cost, by the name of a room in `manage.py bench ROOM`: (superuser's address) -> parts, each with its measures.
BENCHES: dict[str, str] = {
    "access": "ijm.people.bench.parts",
    "reports": "ijm.reports.bench.parts",
    "documents": "ijm.documents.bench.parts",
    "vault": "ijm.vault.bench.parts",
    "audit": "audit.bench.parts",
}


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
    groups: list[Any] = [INBOXES, IMPORTERS, EXPORTERS]
    single: list[dict[str, str]] = [JOBS, BUDGETS, FILE_PAGES, UNDOS, NEEDED, ENTRUST, WORKERS, HISTORIES, CODES, LETTERS, SHEETS,
                                     BENCHES]
    tables: list[Any] = [PANELS, SEARCHES, DEMO, APPOINTMENTS, CALENDARS, RECORDS, APPROVALS, (ACT_WORDS, TELL, INDEX, DECOY),
                         *(names for group in groups for names in group.values()), *(table.values() for table in single)]
    return [name for table in tables for name in table]
