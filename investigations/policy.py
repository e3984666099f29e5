"""Who may see what in this wing, and who may do what."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.states import RequestState
from ijm.casefiles import walls
from ijm.casefiles.models import CaseAccess, CaseFile, FileLink
from ijm.guard.states import may_move
from ijm.people import conflicts
from ijm.people.models import Identifier, Name
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can, Kind, Role
from ijm.web.codes import get_by_code
from investigations.models import Incident, Investigation, RescuedPerson, RescueOperation, Suspect, Tip
from investigations.states import TRANSITIONS, RescueState, Stage, SuspectState, TipState

NOT_ON_FILE = _("You are not on this file, or your time on it is over.")
CLOSED = _("This investigation is closed.")


def visible_tips(user: User) -> QuerySet[Tip]:
    """The tips of the intake files she stands on; the database narrows them."""
    return Tip.objects.select_related("file__office", "taken_by", "assessed_by")


def visible_investigations(user: User) -> QuerySet[Investigation]:
    """The investigations she stands on."""
    return Investigation.objects.select_related("file__office", "lead")


def visible_incidents(user: User) -> QuerySet[Incident]:
    """The incidents of her investigations."""
    return Incident.objects.select_related("recorded_by", "investigation")


def visible_suspects(user: User) -> QuerySet[Suspect]:
    """The suspects of her investigations."""
    return Suspect.objects.select_related("alias", "investigation__file")


def visible_rescues(user: User) -> QuerySet[RescueOperation]:
    """The rescue operations of her investigations."""
    return RescueOperation.objects.select_related("investigation__file__office", "request__asked_by", "request__decided_by")


def visible_rescued_persons(user: User) -> QuerySet[RescuedPerson]:
    """The persons brought to safety in her investigations: codes, no names."""
    return RescuedPerson.objects.select_related("alias", "operation")


def accused(user: User, investigation: Investigation) -> QuerySet[Suspect]:
    """Who goes to prosecution with this investigation: every suspect who was not cleared."""
    return visible_suspects(user).filter(investigation=investigation).exclude(state=SuspectState.CLEARED)


def witnesses(user: User, investigation: Investigation) -> QuerySet[RescuedPerson]:
    """Who may be heard as a witness: every person rescued in this investigation."""
    return visible_rescued_persons(user).filter(operation__investigation=investigation)


def visible_names(user: User, suspect: Suspect) -> QuerySet[Name]:
    """The names of a suspect, while her file opens them."""
    return Name.objects.filter(person_id=suspect.alias.person_id).order_by("script")


def visible_numbers(user: User, suspect: Suspect) -> QuerySet[Identifier]:
    """The numbers of a suspect, while her file opens them."""
    return Identifier.objects.filter(person_id=suspect.alias.person_id).order_by("kind", "pk")


def get_tip(user: User, code: str) -> Tip:
    """The tip of this code, or the page that is not there."""
    return get_by_code(visible_tips(user), code)


def get_investigation(user: User, code: str) -> Investigation:
    """The investigation of this code, or the page that is not there."""
    return get_by_code(visible_investigations(user), code)


def get_incident(user: User, code: str) -> Incident:
    """The incident of this code, or the page that is not there."""
    return get_by_code(visible_incidents(user), code)


def get_suspect(user: User, code: str) -> Suspect:
    """The suspect of this code, or the page that is not there."""
    return get_by_code(visible_suspects(user), code, column="alias__code")


def get_rescue(user: User, code: str) -> RescueOperation:
    """The rescue operation of this code, or the page that is not there."""
    return get_by_code(visible_rescues(user), code)


def linked_file(file: CaseFile, kind: Kind) -> CaseFile | None:
    """The file of this wing that tells the same story, when she stands on both."""
    pairs = FileLink.objects.select_related("a", "b").filter(kind="promoted")
    files = [pair.b if pair.a_id == file.pk else pair.a for pair in pairs.filter(a=file) | pairs.filter(b=file)]
    return next((other for other in files if other.kind == kind), None)


def possible_leads(by: User) -> QuerySet[User]:
    """Who may lead an investigation of her office."""
    now = timezone.now()
    return User.objects.filter(
        is_active=True, office=by.office, grants__role__in=(Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR),
        grants__approved_by__isnull=False, grants__revoked_at__isnull=True,
        grants__starts_at__lte=now, grants__expires_at__gt=now,
    ).distinct().order_by("name")


def stands_on(user: User, file: Any) -> bool:
    """Whether she has a place on this file at this moment."""
    now = timezone.now()
    return CaseAccess.objects.filter(user=user, file=file, revoked_at__isnull=True, starts_at__lte=now,
                                     expires_at__gt=now).exists()


def needed_on(by: User, place: CaseAccess) -> str:
    """Why somebody cannot be taken off an investigation: she leads it."""
    leads = Investigation.objects.filter(file=place.file, lead=place.user_id).exists()
    return str(_("She leads this investigation; it needs another lead first.")) if leads else ""


def _on_file(by: User, what: Can, record: Any) -> Decision:
    return role_decision(by, what, record).and_(stands_on(by, record.file_id), NOT_ON_FILE, "file")


def may_take_tip(by: User) -> Decision:
    """Who answers the hotline, and every investigator, may take a tip."""
    return role_decision(by, Can.TIP_TAKE)


def may_correct_tip(by: User, tip: Tip) -> Decision:
    """Whoever takes tips and stands on this one corrects it, until it has become an investigation or was declined."""
    return _on_file(by, Can.TIP_TAKE, tip).and_(
        tip.state in (TipState.RECEIVED, TipState.ASSESSED), _("What became of this tip is decided already."), "state")


def may_assess(by: User, tip: Tip) -> Decision:
    """A supervisor grades a tip once."""
    return _on_file(by, Can.TIP_ASSESS, tip).and_(
        tip.state == TipState.RECEIVED, _("This tip was assessed already."), "state")


def may_decline(by: User, tip: Tip) -> Decision:
    """A supervisor may decide that a graded tip is not followed up."""
    return may_promote(by, tip)


def may_take_decline_back(by: User, tip: Tip) -> Decision:
    """The supervisor who declined a tip may let it wait for an investigation again."""
    return _on_file(by, Can.TIP_ASSESS, tip).and_(
        tip.state == TipState.DECLINED, _("This tip is not declined."), "state")


def may_promote(by: User, tip: Tip) -> Decision:
    """A supervisor opens an investigation from a tip she or a colleague has graded, once."""
    return _on_file(by, Can.TIP_ASSESS, tip).and_(
        tip.state == TipState.ASSESSED, _("Only an assessed tip can become an investigation, and only once."), "state")


def may_lead(by: User, tip: Tip, lead: User) -> Decision:
    """An investigation is led by an investigator of the office that opens it, who knows nobody in the tip."""
    decision = role_decision(by, Can.TIP_ASSESS, tip).and_(
        possible_leads(by).filter(pk=lead.pk).exists(), _("Choose an investigator of your own office."), "lead")
    return decision and decision.and_(lead.pk == by.pk or conflicts.is_free(lead, tip.file, by=by), walls.ANOTHER, "conflict")


def may_give(by: User, investigation: Investigation, lead: User) -> Decision:
    """A supervisor on the file gives an investigation to another lead of her office."""
    return (_on_file(by, Can.FILE_GRANT, investigation)
            .and_(possible_leads(by).filter(pk=lead.pk).exists(), _("Choose an investigator of your own office."), "lead"))


def may_work(by: User, investigation: Investigation) -> Decision:
    """Whoever works the file records incidents and suspects while it is not closed."""
    return _on_file(by, Can.INVESTIGATION_WORK, investigation).and_(
        investigation.stage != Stage.CLOSED, CLOSED, "state")


def may_move_suspect(by: User, suspect: Suspect, state: str) -> Decision:
    """Whoever works the file says how a suspect stands, along the permitted moves."""
    return _on_file(by, Can.INVESTIGATION_WORK, suspect).and_(
        may_move(TRANSITIONS["suspect"], suspect.state, state), _("The suspect cannot go from one to the other."),
        "state")


def may_refer(by: User, investigation: Investigation) -> Decision:
    """An investigation with an incident and a suspect is referred to prosecution once."""
    return (_on_file(by, Can.INVESTIGATION_REFER, investigation)
            .and_(investigation.stage in (Stage.ENQUIRY, Stage.OPERATION),
                  _("This investigation was referred or closed already."), "state")
            .and_(investigation.incidents.exists() and accused(by, investigation).exists(),
                  _("Record an incident and a suspect first."), "incomplete"))


def may_close(by: User, investigation: Investigation) -> Decision:
    """Who may refer an investigation may also close it, once no operation is still to come."""
    ahead = investigation.rescues.filter(state__in=(RescueState.PLANNED, RescueState.APPROVED))
    return (_on_file(by, Can.INVESTIGATION_REFER, investigation)
            .and_(investigation.stage != Stage.CLOSED, CLOSED, "state")
            .and_(not ahead.exists(), _("A rescue operation is still to come; conclude or cancel it first."), "rescue"))


def may_take_closing_back(by: User, investigation: Investigation) -> Decision:
    """Whoever closed an investigation may open it again, within the minutes in which that can be taken back."""
    return _on_file(by, Can.INVESTIGATION_REFER, investigation).and_(
        investigation.stage == Stage.CLOSED, _("This investigation is not closed."), "state")


def may_plan(by: User, investigation: Investigation) -> Decision:
    """Whoever works the file plans a rescue operation while it is not closed."""
    return _on_file(by, Can.RESCUE_PLAN, investigation).and_(
        investigation.stage != Stage.CLOSED, CLOSED, "state")


def may_begin(by: User, operation: RescueOperation) -> Decision:
    """Whoever has just approved what somebody else planned lets it go ahead."""
    request = operation.request
    return (_on_file(by, Can.RESCUE_APPROVE, operation)
            .and_(operation.state == RescueState.PLANNED, _("This operation was decided already."), "state")
            .and_(request.state == RequestState.APPROVED and request.decided_by_id == by.pk,
                  _("Another person has not approved it."), "approved"))


def may_cancel(by: User, operation: RescueOperation) -> Decision:
    """Whoever may plan an operation may call it off before it happens."""
    return _on_file(by, Can.RESCUE_PLAN, operation).and_(
        operation.state in (RescueState.PLANNED, RescueState.APPROVED), _("This operation is over."), "state")


def may_conclude(by: User, operation: RescueOperation) -> Decision:
    """An approved operation is concluded once, by whoever works the file."""
    return _on_file(by, Can.RESCUE_CONCLUDE, operation).and_(
        operation.state == RescueState.APPROVED, _("Only an approved operation can be concluded."), "state")
