"""What the tests of this wing begin with: handed-over persons, a survivor, news from the court."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from aftercare import inbox, policy
from aftercare.actions import referrals, residences
from aftercare.actions.consents import Said
from aftercare.models import Referral, Residence, Survivor
from ijm.casefiles import grants
from ijm.casefiles.models import Delivery
from ijm.messages import HearingScheduled, PersonsRescued, RescuedPerson, VerdictReturned
from ijm.people.models import Alias, ConsentAnswer, ConsentGiver, ConsentPurpose, Identifier, Name, Person, Wing
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests.cast import Cast

LONG_AGO = date(2024, 3, 4)
ADDRESS = "House 12, Svay Chrum village"
GIVEN = tuple(Said(purpose, ConsentAnswer.GIVEN) for purpose in sorted(policy.NEEDED_CONSENTS))
BY_CAREGIVER = tuple(Said(said.purpose, said.answer, ConsentGiver.CAREGIVER) for said in GIVEN)
OUTSIDERS = ("hotline", "investigator", "investigation_supervisor", "liaison", "partner", "auditor", "administrator",
             "data_protection", "care_worker_two", "far_care_worker", "far_care_supervisor")


def rescued(cast: Cast, *, age_band: str = "18-24", number: int = 1) -> list[Referral]:
    """The investigator hands persons over; what the care supervisor then finds waiting."""
    with acting_as(cast.investigator):
        file = grants.open_file(Kind.INVESTIGATION, by=cast.investigator)
        with entry("rescue.concluded", by=cast.investigator, about=file):
            found = tuple(_found(cast, age_band) for _ in range(number))
            inbox.persons_rescued(PersonsRescued(file.pk, file.pk, timezone.now(), found), by=cast.investigator)
    with acting_as(cast.care_supervisor, "r"):
        return list(policy.visible_referrals(cast.care_supervisor))


def _found(cast: Cast, age_band: str) -> RescuedPerson:
    made: dict[str, Any] = {"family": "Sin", "given": "Chanthy"}
    phone: dict[str, Any] = {"value": "012 555 018"}
    person = Person()
    person.save()
    Name(person=person, script="latn", **made).save()
    Identifier(person=person, kind="phone", **phone).save()
    return RescuedPerson(person.pk, person.pk, "female", age_band, "khm,vie", "Rest and a doctor")


def taken_in(cast: Cast, *, age_band: str = "18-24") -> Survivor:
    """One of them is in care; care_worker is her worker."""
    referral = rescued(cast, age_band=age_band)[0]
    with acting_as(cast.care_supervisor):
        return referrals.take_in(referral, by=cast.care_supervisor, worker=cast.care_worker, began_on=LONG_AGO,
                                 consents=BY_CAREGIVER if age_band in policy.UNDER_15 else GIVEN)


def housed(cast: Cast) -> tuple[Survivor, Residence]:
    """Her worker recorded where she lives."""
    survivor = taken_in(cast)
    with acting_as(cast.care_worker):
        return survivor, residences.move(survivor, by=cast.care_worker, placement="kin", address=ADDRESS,
                                         since_on=LONG_AGO, reason="Her aunt offered a room")


def news(cast: Cast, survivor: Survivor, *, verdict: bool = False) -> Delivery:
    """The liaison's wing sends the time of a hearing, or of a verdict."""
    at = timezone.now() + timedelta(days=-1 if verdict else 21)
    with acting_as(cast.care_supervisor, "r"):
        person = Person.objects.get(pk=survivor.alias.person_id)
    with acting_as(cast.liaison):
        file = grants.open_file(Kind.PROSECUTION, by=cast.liaison)
        with entry("case.referred", by=cast.liaison, about=file):
            witness = Alias.begin(person, prefix="VW", wing=Wing.PROSECUTIONS, file=file, opens_identity=False)
        if verdict:
            inbox.verdict_returned(VerdictReturned(witness.pk, at, (witness.pk,)), by=cast.liaison)
        else:
            inbox.hearing_scheduled(HearingScheduled(witness.pk, at, "FI-12", (witness.pk,)), by=cast.liaison)
    with acting_as(cast.care_supervisor, "r"):
        sent = policy.visible_deliveries(cast.care_supervisor).filter(kind="VerdictReturned" if verdict else "HearingScheduled")
        return sent.order_by("-sent_at").first() or Delivery()


def purposes() -> list[str]:
    """Every purpose that can be asked about."""
    return list(ConsentPurpose.values)
