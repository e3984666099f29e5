"""One record for every `sample` that a page's door names, made by the wings' own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from aftercare.models import Referral, Survivor
from audit.actions import findings as finding_actions
from audit.actions import flags as flag_actions
from audit.actions import saved as saved_questions
from audit.court import subjects
from audit.court.actions import packages
from audit.court.models import Package
from audit.flagged import Flag, SavedQuestion
from audit.flags.found import Found
from audit.found import Finding
from audit.verifying.report import Trouble
from ijm.accounts.actions import offices, people, resets, waivers
from ijm.accounts.models import Office, Reset, ResetKind, RoleGrant, User, Waiver
from ijm.approvals.actions import requests as second
from ijm.approvals.models import Request
from ijm.budgets.actions import halts, stops
from ijm.budgets.models import Halt, Stop
from ijm.casefiles import grants
from ijm.casefiles.models import CaseAccess, CaseFile, Delivery, Seal, Wall
from ijm.desk.actions import filters, key_changes
from ijm.desk.key_changes import ChangeKind, KeyChange
from ijm.desk.models import SavedFilter
from ijm.documents.models import Paper, StoredFile
from ijm.erasures.models import Erasure, LegalHold
from ijm.help.guides import BY_SLUG, Guide
from ijm.jobs import results
from ijm.jobs.models import Job
from ijm.notices.actions import reminders
from ijm.notices.models import Notice, Reminder, Subject
from ijm.reference.models import Clock, CodeItem, CodeList, Offence
from ijm.reports.actions import exports, imports
from ijm.reports.htcds.reading import lines
from ijm.reports.models import Export, Import
from ijm.roles.budgets import Budget
from ijm.roles.table import Kind, Role
from ijm.trail.context import acting_as
from investigations.actions import tips
from investigations.models import Incident, Investigation, RescueOperation, Suspect, Tip
from prosecutions.actions import charges, verdicts
from prosecutions.models import Accused, Charge, Hearing, Prosecution, Verdict, VictimWitness
from tests import stories
from tests.cast import Cast
from tests.ijm import attached, forgetting, papers
from tests.ijm import walls as walling
from tests.ijm.htcds_books import crowd, text_file


@dataclass
class World:
    """Everything that a page may be about. Who stands on what is written beside it, by hand."""

    tip: Tip
    assessed_tip: Tip
    investigation: Investigation
    incident: Incident
    suspect: Suspect
    rescue: RescueOperation
    approved_rescue: RescueOperation
    case_file: CaseFile
    referral: Referral
    survivor: Survivor
    delivery: Delivery
    prosecution: Prosecution
    accused: Accused
    witness: VictimWitness
    charge: Charge
    hearing: Hearing
    verdict: Verdict
    investigator: User
    notice: Notice
    reminder: Reminder
    grant: RoleGrant
    kept_filter: SavedFilter
    place: CaseAccess
    job: Job
    paper: Paper
    stored: StoredFile
    reset: Reset
    key_change: KeyChange
    code_list: CodeList
    code_item: CodeItem
    clock: Clock
    office: Office
    waiver: Waiver
    import_: Import
    export: Export
    approval: Request
    package: Package
    erasure: Erasure
    hold: LegalHold
    guide: Guide
    flag: Flag
    finding: Finding
    kept_question: SavedQuestion
    stop: Stop
    halt: Halt
    wall: Wall
    seal: Seal

    def arguments(self, names: tuple[str, ...], sample: str) -> dict[str, Any]:
        """What fills the address of a page: codes, and ids where an address holds an id."""
        return {name: self._argument(name, sample) for name in names}

    def _argument(self, name: str, sample: str) -> Any:
        if name in ("reminder", "notice", "grant", "delivery", "place", "reset", "kept_filter", "kept_question", "waiver"):
            return getattr(self, name).pk
        if name == "acode":
            return code_of(self.accused)
        if name == "guide":
            return self.guide.slug
        if name == "name":
            return "state"
        if name in ("row", "rev"):
            return {"row": 2, "rev": 1}[name]
        about = getattr(self, sample)
        return code_of(about.prosecution if name == "code" and sample == "accused" else about)


SUPERVISORS = frozenset({"investigation_supervisor", "second_supervisor"})
INVESTIGATING = SUPERVISORS | {"investigator"}
CARING = frozenset({"care_worker", "care_supervisor"})
PROSECUTING = frozenset({"liaison"})
EVERYBODY = None
# Who, of the whole cast, may find each record at all; everybody else is shown a page that is not there.
MEMBERS: dict[str, frozenset[str] | None] = {
    "": EVERYBODY,
    "tip": SUPERVISORS | {"hotline"},
    "assessed_tip": SUPERVISORS | {"hotline"},
    "investigation": INVESTIGATING,
    "incident": INVESTIGATING,
    "suspect": INVESTIGATING,
    "rescue": INVESTIGATING,
    "approved_rescue": INVESTIGATING,
    "case_file": INVESTIGATING,
    "referral": frozenset({"care_supervisor"}),
    "survivor": CARING,
    "delivery": CARING,
    "prosecution": PROSECUTING,
    "accused": PROSECUTING,
    "witness": PROSECUTING,
    "charge": PROSECUTING,
    "hearing": PROSECUTING,
    "verdict": PROSECUTING,
    "investigator": EVERYBODY,
    "notice": frozenset({"care_supervisor"}),
    "reminder": frozenset({"care_worker"}),
    "kept_filter": frozenset({"investigator"}),
    "grant": EVERYBODY,
    "job": PROSECUTING,
    "paper": INVESTIGATING,
    "stored": INVESTIGATING,
    "reset": EVERYBODY,
    "key_change": EVERYBODY,
    "code_list": EVERYBODY,
    "code_item": EVERYBODY,
    "clock": EVERYBODY,
    "office": EVERYBODY,
    "waiver": EVERYBODY,
    "guide": EVERYBODY,
    "import_": frozenset({"care_supervisor"}),
    "export": frozenset({"care_supervisor", "data_protection"}),
    "approval": frozenset({"care_supervisor", "data_protection"}),
    "package": SUPERVISORS | {"investigator", "data_protection"},
    "erasure": CARING | {"data_protection"},
    "hold": PROSECUTING | {"data_protection"},
    "flag": frozenset({"auditor", "data_protection"}),
    "finding": frozenset({"auditor", "data_protection"}),
    "kept_question": frozenset({"auditor"}),
    "stop": SUPERVISORS | {"colleague", "care_supervisor", "data_protection"},
    "halt": EVERYBODY,
    "wall": SUPERVISORS | {"data_protection"},
    "seal": frozenset({"investigator", "data_protection"}),
}


def code_of(record: Any) -> str:
    """The code by which an address names this record."""
    return str(record.code if hasattr(record, "code") else record.alias.code)


def build(cast: Cast) -> World:
    """Walk all five journeys as far as each page needs."""
    investigation = stories.promoted_tip(cast)
    rescue = stories.planned_rescue(cast, investigation)
    approved = stories.approved_rescue(cast)
    prosecution = stories.referred_prosecution(cast)
    survivor = stories.taken_in(cast)
    hearing = stories.hearing_of(cast, prosecution)
    made = _judged(cast, prosecution) | _of_investigations(cast, investigation) | _of_aftercare(cast)
    return World(
        rescue=rescue,
        approved_rescue=approved,
        survivor=survivor,
        investigation=investigation,
        case_file=investigation.file,
        hearing=hearing,
        job=_job(cast),
        paper=papers.issued(cast.investigator, investigation.file),
        stored=attached.attached(cast.investigator, investigation.file),
        investigator=cast.investigator,
        reminder=_reminded(cast, survivor),
        grant=_proposed(cast),
        kept_filter=_kept(cast),
        place=_place(cast, investigation),
        reset=_reset(cast),
        key_change=_key_change(cast),
        code_list=CodeList.objects.get(pk="org_Type"),
        code_item=CodeItem.objects.get(pk="org_Type:NGO"),
        clock=Clock.objects.get(pk="CUSTODY_ADULT"),
        office=cast.office,
        waiver=_waiver(cast),
        import_=_import(cast),
        export=(export := _export(cast)),
        approval=export.request,
        package=packaged(cast, investigation),
        erasure=forgetting.asked(cast, survivor),
        hold=forgetting.held(cast),
        guide=BY_SLUG["care-worker"],
        flag=flagged(cast),
        finding=_finding(cast),
        kept_question=_kept_question(cast),
        stop=_stopped(cast),
        halt=_halted(cast),
        wall=walling.walled(cast.hotline, investigation.code, cast.investigation_supervisor),
        seal=sealed(cast),
        **made,
    )


def _of_investigations(cast: Cast, investigation: Investigation) -> dict[str, Any]:
    tip, assessed = stories.taken_tip(cast), stories.taken_tip(cast)
    boss = cast.investigation_supervisor
    with acting_as(boss):
        assessed = tips.assess(Tip.objects.get(pk=assessed.pk), by=boss, source_grade="B", information_grade="2", reason="Fits")
    with acting_as(cast.investigator, "r"):
        incident = Incident.objects.filter(investigation=investigation)[0]
        suspect = Suspect.objects.select_related("alias").filter(investigation=investigation)[0]
    return {"tip": tip, "assessed_tip": assessed, "incident": incident, "suspect": suspect}


def _of_aftercare(cast: Cast) -> dict[str, Any]:
    with acting_as(cast.care_supervisor, "r"):
        referral = Referral.objects.filter(state="waiting").order_by("code")[0]
        notice = Notice.objects.order_by("made_at")[0]
    with acting_as(cast.care_worker, "r"):
        return {"referral": referral, "notice": notice, "delivery": Delivery.objects.get(kind="HearingScheduled")}


def sealed(cast: Cast) -> Seal:
    """A file that the investigator alone sees."""
    with acting_as(cast.investigator):
        file = grants.open_file(Kind.INVESTIGATION, by=cast.investigator)
    return walling.sealed(file, [cast.investigator], cast.investigator)[0]


def _import(cast: Cast) -> Import:
    """A file with one person, read and waiting to be looked through."""
    boss = cast.care_supervisor
    with acting_as(boss):
        record = imports.receive(text_file(crowd(1)), by=boss)
        imports.take_up(record, by=boss, found=lines(text_file(crowd(1))), tick=lambda share: None)
    return record


def _export(cast: Cast) -> Export:
    """A workbook that waits for approval."""
    with acting_as(cast.care_supervisor):
        return exports.ask(by=cast.care_supervisor, purpose="CASEWORK", which="all")


def _stopped(cast: Cast) -> Stop:
    """A colleague came to the end of a budget."""
    with acting_as(cast.colleague):
        return stops.stop(Budget.PAGES, by=cast.colleague)


def _halted(cast: Cast) -> Halt:
    """A drill: everything that leaves was stopped, and goes on."""
    with acting_as(cast.administrator):
        halt = halts.halt(by=cast.administrator, reason="drill", office=cast.office)
        asked = halts.ask_to_lift(halt, by=cast.administrator)
    with acting_as(cast.data_protection):
        second.approve(asked, by=cast.data_protection)
    return halt


def packaged(cast: Cast, investigation: Investigation) -> Package:
    """A package about an investigation that waits for a second person."""
    with acting_as(cast.investigator):
        subject = subjects.find(cast.investigator, investigation.code, bare=False)
        assert subject is not None
        return packages.ask(subject, by=cast.investigator)


def _reminded(cast: Cast, survivor: Survivor) -> Reminder:
    with acting_as(cast.care_worker):
        return reminders.set_(by=cast.care_worker, file=survivor.file_id, about=survivor.code, subject=Subject.CALL_BACK,
                              path=f"/aftercare/survivors/{survivor.code}/", at=timezone.now() + timedelta(days=3))


def _judged(cast: Cast, prosecution: Prosecution) -> dict[str, Any]:
    """Two charges are filed; one is decided, the other still open."""
    with acting_as(cast.liaison):
        accused = Accused.objects.select_related("alias", "prosecution__file").filter(prosecution=prosecution)[0]
        filed = [
            charges.file(accused, by=cast.liaison, offence=offence, is_aggravated=False, filed_on=timezone.localdate())
            for offence in Offence.objects.filter(is_chargeable=True)[:2]
        ]
        charge = Charge.objects.select_related("accused__prosecution__file").get(pk=filed[0].pk)
        verdict = verdicts.record(
            charge, by=cast.liaison, outcome="convicted", sentence_months=60, returned_on=timezone.localdate()
        )
        witness = VictimWitness.objects.select_related("alias").filter(prosecution=prosecution).order_by("pk")[0]
    return {"prosecution": prosecution, "accused": accused, "charge": charge, "verdict": verdict, "witness": witness}


def _job(cast: Cast) -> Job:
    """The liaison's work, with something to fetch."""
    with acting_as(cast.liaison):
        job = Job.objects.filter(kind="announce").order_by("made_at")[0]
        results.keep(job, "list.csv", "text/csv", b"1,2\n")
        return job


def _kept(cast: Cast) -> SavedFilter:
    with acting_as(cast.investigator):
        return filters.keep("investigations:investigation-list", by=cast.investigator, query="show=closed")


def flagged(cast: Cast) -> Flag:
    """Something for the auditor to look at, about the liaison."""
    with acting_as(cast.auditor):
        flag_actions.raise_([Found("volume", cast.liaison.pk, timezone.localdate(), (1,), number=40, usual=4)], by=cast.auditor)
        return Flag.objects.get(actor=cast.liaison)


def _finding(cast: Cast) -> Finding:
    """Something that the nightly verification found."""
    with acting_as(cast.auditor):
        one = Trouble("differs", "reconciler", "", table="people_name", row=str(cast.auditor.pk))
        finding_actions.raise_([one], by=cast.auditor)
        return Finding.objects.get(row_key=cast.auditor.pk)


def _kept_question(cast: Cast) -> SavedQuestion:
    with acting_as(cast.auditor):
        return saved_questions.keep("refused", by=cast.auditor, query="period=28")


def _proposed(cast: Cast) -> RoleGrant:
    with acting_as(cast.administrator):
        return people.propose(cast.colleague, Role.HOTLINE, by=cast.administrator, office=cast.office)


def _place(cast: Cast, investigation: Investigation) -> CaseAccess:
    with acting_as(cast.investigator, "r"):
        return CaseAccess.objects.get(file=investigation.file, user=cast.investigator)


def _reset(cast: Cast) -> Reset:
    with acting_as(cast.administrator):
        return resets.propose(cast.colleague, ResetKind.FACTOR, by=cast.administrator)


def _waiver(cast: Cast) -> Waiver:
    """What a small office asks to do without."""
    with acting_as(cast.administrator):
        offices.change(cast.far_office, by=cast.administrator, supported_by=cast.office, is_small=True)
        return waivers.propose(cast.far_office, (Role.CARE_WORKER, Role.INVESTIGATOR), by=cast.administrator, reason="few")


def _key_change(cast: Cast) -> KeyChange:
    """A change of keys that waits for a second person."""
    with acting_as(cast.administrator):
        return key_changes.ask(ChangeKind.COMPARTMENT, "legal", by=cast.administrator)
