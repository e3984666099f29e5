"""Who may see and do what in aftercare. Row-level security narrows every list here to the files she stands on."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models import CourtSupport, Referral, Residence, SafeContact, Survivor
from aftercare.states import SURVIVOR_STEPS, ReferralState, SupportState, SurvivorState
from ijm.accounts.models import Office, RoleGrant, User
from ijm.casefiles import walls
from ijm.casefiles.models import CaseAccess, CaseFile, Delivery
from ijm.casefiles.models.deliveries import DeliveryState
from ijm.guard.states import may_move as may_go
from ijm.notices.contact import Way, may_contact
from ijm.people import conflicts
from ijm.people.models import AgeBand, Consent, ConsentAnswer, ConsentGiver, ConsentPurpose
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can, Kind, Role, may
from ijm.web.codes import get_by_code

UNDER_15 = (AgeBand.CHILD_0_11, AgeBand.CHILD_12_14)
NEEDED_CONSENTS = frozenset({ConsentPurpose.SERVICES, ConsentPurpose.STORAGE})
CLOSED = _("This file is closed.")
Row = TypeVar("Row", bound=Model)
Subject = Referral | Survivor


class Answer(Protocol):
    """What somebody said about one purpose."""

    @property
    def purpose(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def giver(self) -> str: ...


def visible_referrals(user: User) -> QuerySet[Referral]:
    """The referrals on her files, newest first."""
    return Referral.objects.select_related("file", "file__office", "alias", "answered_by")


def get_referral(user: User, code: str) -> Referral:
    """One referral by its code, however it was typed."""
    return get_by_code(visible_referrals(user), code)


def visible_survivors(user: User) -> QuerySet[Survivor]:
    """The survivors on her files, newest first."""
    return Survivor.objects.select_related("file", "file__office", "alias", "worker", "referral")


def get_survivor(user: User, code: str) -> Survivor:
    """One survivor by her code, however it was typed."""
    return get_by_code(visible_survivors(user), code)


def visible_deliveries(user: User) -> QuerySet[Delivery]:
    """What other wings left on her care files, as long as there is a survivor to do it for."""
    taken_in = Exists(Survivor.objects.filter(file=OuterRef("file")))
    return Delivery.objects.filter(taken_in, file__kind=Kind.CARE).select_related("file", "sent_by", "sent_by__office")


def waiting_deliveries(user: User) -> QuerySet[Delivery]:
    """Those that nobody has taken up."""
    return visible_deliveries(user).filter(state=DeliveryState.WAITING).order_by("sent_at")


def get_delivery(user: User, pk: uuid.UUID) -> Delivery:
    """One delivery that lies on a file of hers."""
    found = visible_deliveries(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def visible_support(user: User) -> QuerySet[CourtSupport]:
    """Court support on her files, the next hearing first."""
    return CourtSupport.objects.select_related("survivor", "survivor__alias", "companion")


def get_support(user: User, survivor: Survivor, pk: str) -> CourtSupport:
    """The support of this survivor for one hearing."""
    try:
        return visible_support(user).get(survivor=survivor, pk=pk)
    except (CourtSupport.DoesNotExist, ValidationError):
        raise Http404 from None


def visible_residences(user: User, survivor: Survivor) -> QuerySet[Residence]:
    """Where she lives and has lived, latest first."""
    return Residence.objects.filter(survivor=survivor).select_related("survivor__alias")


def current_residence(user: User, survivor: Survivor) -> Residence | None:
    """Where she lives now, if that is recorded."""
    return visible_residences(user, survivor).filter(until_on__isnull=True).first()


def get_residence(user: User, code: str) -> Residence:
    """One residence by its code."""
    return get_by_code(Residence.objects.select_related("survivor__alias", "survivor__file", "file"), code)


def visible_consents(user: User, subject: Subject) -> QuerySet[Consent]:
    """What she was asked and answered."""
    return Consent.objects.filter(alias=subject.alias).select_related("alias", "recorded_by")


def on_file(file: CaseFile) -> QuerySet[CaseAccess]:
    """Who stands on this file now, and until when."""
    now = timezone.now()
    return CaseAccess.objects.filter(
        file=file, revoked_at__isnull=True, starts_at__lte=now, expires_at__gt=now,
    ).select_related("user").order_by("source", "user__name")


def stands_on(user: User, file: CaseFile) -> bool:
    """Whether somebody stands on this file now."""
    return on_file(file).filter(user=user).exists()


def needed_on(by: User, place: CaseAccess) -> str:
    """Why somebody cannot be taken off a care file: she is the worker of the person in care."""
    hers = Survivor.objects.filter(file=place.file, worker=place.user_id).exists()
    return str(_("She is the worker on this file; entrust it to somebody else first.")) if hers else ""


def is_worker_on(user: User, file: uuid.UUID) -> bool:
    """Whether she is the worker of the survivor whose file this is."""
    return Survivor.objects.filter(file_id=file, worker=user).exists()


def care_workers(office: Office) -> QuerySet[User]:
    """The people of this office who work on care files."""
    roles = [role for role in Role if may([role], Can.SURVIVOR_CARE)]
    grants = RoleGrant.objects.live().filter(role__in=roles, user=OuterRef("pk"))
    return User.objects.filter(Exists(grants), Q(office=office), is_active=True).order_by("name")


def may_take_in(by: User, referral: Referral, worker: User, answers: Collection[Answer]) -> Decision:
    """A waiting referral is taken in once she, or who speaks for her, agreed to services and to keeping this file."""
    given = {said.purpose for said in answers if said.answer == ConsentAnswer.GIVEN}
    decision = (may_answer(by, referral)
            .and_(care_workers(referral.file.office).filter(pk=worker.pk).exists(),
                  _("The worker is somebody of this office who works on care files."), "worker")
            .and_(given >= NEEDED_CONSENTS,
                  _("Nobody is taken in without agreeing to services and to keeping their information."), "consent"))
    return decision and _free(decision, by, referral.file, worker)


def may_answer(by: User, referral: Referral) -> Decision:
    """Whoever receives referrals answers one that waits."""
    return role_decision(by, Can.REFERRAL_TAKE_IN, referral).and_(
        referral.state == ReferralState.WAITING, _("This referral was answered already."), "answered")


def may_import(by: User) -> Decision:
    """A supervisor brings in the existing records of an office."""
    return role_decision(by, Can.RECORDS_IMPORT)


def may_begin(by: User, survivor: Survivor) -> Decision:
    """Somebody is in care because she was taken in, or because the office brought in its records."""
    taken_in = survivor.referral is not None and survivor.referral.state == ReferralState.TAKEN_IN
    return role_decision(by, Can.REFERRAL_TAKE_IN if survivor.referral else Can.RECORDS_IMPORT, survivor).and_(
        taken_in or survivor.referral is None, _("The referral was not taken in."), "referral")


def may_advance(by: User, survivor: Survivor, to: str) -> Decision:
    """From care to follow-up to closure, and back from follow-up when she needs it."""
    return role_decision(by, Can.SURVIVOR_CARE, survivor).and_(
        may_go(SURVIVOR_STEPS, survivor.state, to), _("That is not the next step."), "step")


def may_move(by: User, survivor: Survivor) -> Decision:
    """Whoever works on her file records where she lives."""
    return role_decision(by, Can.RESIDENCE_MOVE, survivor).and_(
        survivor.state != SurvivorState.CLOSED, CLOSED, "closed")


def may_correct(by: User, survivor: Survivor) -> Decision:
    """Whoever works on her file corrects what is written wrongly on her page."""
    return role_decision(by, Can.SURVIVOR_CARE, survivor).and_(
        survivor.state != SurvivorState.CLOSED, CLOSED, "closed")


def may_move_since(by: User, survivor: Survivor, current: Residence | None, since_on: date) -> Decision:
    """A new residence begins no earlier than the one it follows, and not in the future."""
    return (may_move(by, survivor)
            .and_(current is None or since_on >= current.since_on,
                  _("Nobody can have moved before they came to where they live now."), "before")
            .and_(since_on <= timezone.localdate(), _("This day is in the future."), "future"))


def may_record_consent(by: User, subject: Subject, said: Answer, before: str) -> Decision:
    """Each purpose has one answer; a child under fifteen does not answer alone."""
    alone = said.answer == ConsentAnswer.GIVEN and said.giver == ConsentGiver.SELF
    moves = Consent.transitions["answer"]
    return (role_decision(by, Can.CONSENT_RECORD, subject)
            .and_(not (alone and subject.age_band in UNDER_15),
                  _("Under fifteen a caregiver or a guardian agrees together with the child."), "child")
            .and_(said.answer == before or may_go(moves, before, said.answer),
                  _("That answer cannot follow the one that is recorded."), "answer"))


def may_add_colleague(by: User, survivor: Survivor, colleague: User) -> Decision:
    """A supervisor puts colleagues of this office on the file."""
    decision = (may_open_file_to_others(by, survivor)
                .and_(care_workers(survivor.file.office).filter(pk=colleague.pk).exists(),
                      _("Only people of this office who work on care files are put on one."), "colleague")
                .and_(not stands_on(colleague, survivor.file), _("This colleague is on the file already."), "already"))
    return decision and _free(decision, by, survivor.file, colleague)


def may_entrust(by: User, survivor: Survivor, worker: User) -> Decision:
    """A supervisor entrusts her to another worker of this office."""
    decision = (may_open_file_to_others(by, survivor)
                .and_(care_workers(survivor.file.office).filter(pk=worker.pk).exists(),
                      _("The worker is somebody of this office who works on care files."), "worker")
                .and_(survivor.worker_id != worker.pk, _("That is the worker already."), "already"))
    return decision and _free(decision, by, survivor.file, worker)


def _free(decision: Decision, by: User, file: CaseFile, worker: User) -> Decision:
    """Nobody comes onto a file from which a wall or earlier work keeps her, or on which the vault finds somebody she knows."""
    return decision.and_(stands_on(worker, file) or conflicts.is_free(worker, file, by=by), walls.ANOTHER, "conflict")


def may_open_file_to_others(by: User, survivor: Survivor) -> Decision:
    """Whether this person puts colleagues on files at all."""
    return role_decision(by, Can.FILE_GRANT, survivor)


def may_take_delivery(by: User, delivery: Delivery) -> Decision:
    """Whoever works on the file takes up what waits there."""
    return role_decision(by, Can.COURT_SUPPORT, delivery).and_(
        delivery.state == DeliveryState.WAITING, _("This was taken up already."), "taken")


def may_plan_support(by: User, delivery: Delivery, companion: User) -> Decision:
    """Court support is planned from a hearing that waits, and goes with somebody who stands on her file."""
    return (may_take_delivery(by, delivery)
            .and_(delivery.kind == "HearingScheduled", _("This is not about a hearing."), "kind")
            .and_(stands_on(companion, delivery.file), _("Who goes along stands on the file."), "companion"))


def may_call_off(by: User, delivery: Delivery) -> Decision:
    """Whoever works on the file sees to it that nobody prepares for a hearing that is off."""
    return may_take_delivery(by, delivery).and_(
        delivery.kind == "HearingPutOff", _("This is not about a hearing that is off."), "kind")


def safe_contact(user: User, survivor: Survivor) -> SafeContact | None:
    """What she said about being reached, if anybody asked her."""
    return SafeContact.objects.filter(survivor=survivor).select_related("survivor__alias", "recorded_by").first()


def visible_contacts(user: User) -> QuerySet[SafeContact]:
    """What the survivors on her files said about being reached."""
    return SafeContact.objects.select_related("survivor", "survivor__alias").exclude(survivor__state=SurvivorState.CLOSED)


def ending_consents(user: User) -> QuerySet[Consent]:
    """Consents of survivors on her files that hold until a day."""
    cared_for = Survivor.objects.filter(alias=OuterRef("alias")).exclude(state=SurvivorState.CLOSED)
    return Consent.objects.filter(Exists(cared_for), answer=ConsentAnswer.GIVEN, until_on__isnull=False).select_related("alias")


def may_record_contact(by: User, survivor: Survivor) -> Decision:
    """Whoever works on her file writes down how she can be reached safely."""
    return role_decision(by, Can.SURVIVOR_CARE, survivor)


def may_reach(by: User, survivor: Survivor, way: Way, *, at: datetime | None = None) -> Decision:
    """Whether she may be called, written to or visited at this moment, by what she herself said; asked before every such step."""
    known = safe_contact(by, survivor)
    return may_contact(by, known.facts if known else None, way, at=at, about=survivor)


def may_tell_verdict(by: User, delivery: Delivery) -> Decision:
    """Her own people tell her of the verdict."""
    return may_take_delivery(by, delivery).and_(
        delivery.kind == "VerdictReturned", _("This is not about a verdict."), "kind")


def may_arrange(by: User, support: CourtSupport) -> Decision:
    """Whoever works on the file says that everything is arranged."""
    return role_decision(by, Can.COURT_SUPPORT, support).and_(
        support.state == SupportState.NEEDED, _("This is arranged already."), "arranged")
