"""The five journeys as steps that any test may start from; made by the wings' own actions, as the cast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import timezone

from aftercare.actions import referrals
from aftercare.actions.consents import Said
from aftercare.models import Referral, Survivor
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.people.models import AgeBand, ConsentAnswer, ConsentPurpose, Sex
from ijm.reference.models import Court
from ijm.trail.context import acting_as
from investigations.actions import incidents, investigations, rescues, suspects, tips
from investigations.actions.rescues import FoundPerson
from investigations.models import Investigation, RescueOperation, Suspect, Tip
from investigations.names import Names
from prosecutions.actions import hearings
from prosecutions.models import Hearing, Prosecution
from tests.cast import Cast

FOUND = tuple(
    FoundPerson(Names(family="Sin", given=given), Sex.FEMALE, AgeBand.ADULT_18_24, ("khm",), "Rest and a doctor")
    for given in ("Chanthy", "Sokha", "Ratha", "Maly", "Thida"))


def taken_tip(cast: Cast) -> Tip:
    """A hotline officer took a tip."""
    with acting_as(cast.hotline):
        return tips.take(by=cast.hotline, channel="hotline", urgency="no", what_was_said="Workers who may not leave",
                         province="12", is_child_involved=False, caller_phone="012 345 678")


def promoted_tip(cast: Cast) -> Investigation:
    """A supervisor assessed it and opened an investigation with an incident and a suspect."""
    tip = taken_tip(cast)
    boss = cast.investigation_supervisor
    with acting_as(boss):
        tip = tips.assess(Tip.objects.get(pk=tip.pk), by=boss, source_grade="B", information_grade="2", reason="Fits")
        investigation = tips.promote(tip, by=boss, lead=cast.investigator, form_of_exploitation="ForcedLabour")
    with acting_as(cast.investigator):
        incidents.record(investigation, by=cast.investigator, acts=["recruitment"], means=["deception"],
                         purposes=["labour"], is_child=False, occurred="2026-05", province="12")
        recorded_suspect(cast, investigation)
        return Investigation.objects.get(pk=investigation.pk)


def recorded_suspect(cast: Cast, investigation: Investigation) -> Suspect:
    """A suspect on that file; inside the investigator's door."""
    return suspects.record(investigation, by=cast.investigator, role_in_process="Exploiter",
                           names=Names(family="Chea", given="Vuthy"))


def planned_rescue(cast: Cast, investigation: Investigation | None = None) -> RescueOperation:
    """An operation waits for approval."""
    investigation = investigation or promoted_tip(cast)
    with acting_as(cast.investigator):
        return rescues.plan(investigation, by=cast.investigator, place="A brick kiln", risk="medium", expected_persons=5,
                            time=(timezone.now() + timedelta(days=2)).isoformat(), plan="Police first, care behind")


def approved_rescue(cast: Cast) -> RescueOperation:
    """A second person approved it."""
    operation = planned_rescue(cast)
    with acting_as(cast.investigation_supervisor):
        requests.approve(Request.objects.get(pk=operation.request_id), by=cast.investigation_supervisor)
    return operation


def concluded_rescue(cast: Cast, found: Sequence[FoundPerson] = FOUND) -> RescueOperation:
    """Five persons were found and handed over to aftercare."""
    operation = approved_rescue(cast)
    with acting_as(cast.investigator):
        rescues.conclude(RescueOperation.objects.get(pk=operation.pk), by=cast.investigator, outcome="reached",
                         persons=found)
    return operation


def taken_in(cast: Cast, referral: Referral | None = None) -> Survivor:
    """One of the persons referred last is taken in with her consent; her worker is on the file."""
    with acting_as(cast.care_supervisor):
        waiting = referral or Referral.objects.filter(state="waiting").order_by("-received_at", "code").first()
        if waiting is None:
            raise AssertionError("no referral waits: conclude a rescue first")
        said = [Said(purpose, ConsentAnswer.GIVEN) for purpose in (ConsentPurpose.SERVICES, ConsentPurpose.STORAGE)]
        return referrals.take_in(waiting, by=cast.care_supervisor, worker=cast.care_worker, consents=said,
                                 began_on=date.today())  # noqa: DTZ011


def referred_prosecution(cast: Cast) -> Prosecution:
    """An investigation with rescued persons was referred; the file waits on the liaison's desk."""
    operation = concluded_rescue(cast)
    with acting_as(cast.investigator):
        investigations.refer(Investigation.objects.get(pk=operation.investigation_id), by=cast.investigator)
    with acting_as(cast.liaison):
        return Prosecution.objects.select_related("file").latest("referred_at")


def hearing_of(cast: Cast, prosecution: Prosecution) -> Hearing:
    """A hearing in three weeks, of which aftercare is told."""
    with acting_as(cast.liaison):
        fresh, court = Prosecution.objects.get(pk=prosecution.pk), Court.objects.order_by("pk")[0]
        return hearings.schedule(fresh, by=cast.liaison, court=court, kind="investigation",
                                 at=timezone.now() + timedelta(days=21))
