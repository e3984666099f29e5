"""The demonstration's aftercare: an office that brought its records in and went on working with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from typing import Protocol

from django.utils import timezone

from aftercare import policy
from aftercare.actions import consents, referrals, residences, support, survivors
from aftercare.actions.consents import Said
from aftercare.models import Need, Placement, Referral, Survivor
from aftercare.states import ReferralState, SurvivorState
from ijm.accounts.models import User
from ijm.people.models import ConsentAnswer, ConsentForm, ConsentGiver, ConsentPurpose
from ijm.trail.context import acting_as, renew

Tick = Callable[[str], None]
RECENT = timedelta(days=21)
STILL_WAITING = 5
TOLD_IN_PERSON = 3


class People(Protocol):
    """Who plays in the demonstration."""

    care_worker: User
    care_worker_two: User
    care_supervisor: User


@dataclass(frozen=True)
class Home:
    """One place in a story: days since she came, what kind, where, why."""

    after: int
    placement: str
    address: str
    reason: str
    directions: str = ""


MOVES = (
    Home(0, Placement.SHELTER, "Transit home, Street 271, Phnom Penh", "First nights, until it was clear where she is safe"),
    Home(24, Placement.KIN, "House 12, Svay Chrum village, Prey Veng", "Her aunt offered a room",
         "Second lane after the pagoda, the house with the blue gate"),
    Home(75, Placement.OWN, "Room 4, above the bakery, Takhmau, Kandal", "Closer to the sewing course, and her own door"),
)
ANSWERS = (
    (ConsentPurpose.PROSECUTION, ConsentAnswer.GIVEN), (ConsentPurpose.POLICE, ConsentAnswer.REFUSED),
    (ConsentPurpose.STORY, ConsentAnswer.REFUSED), (ConsentPurpose.CONTACT_AFTER, ConsentAnswer.GIVEN),
)


def fill(people: People, tick: Tick) -> None:
    """The imported survivors entrusted to workers, referrals answered, one survivor who moved."""
    boss = people.care_supervisor
    with acting_as(boss):
        _entrust(people, tick)
        taken = list(_answer(people, tick))
    _walk(people, taken, tick)


def _step(tick: Tick) -> None:
    """A long fill signs its context anew as it goes."""
    renew()
    tick("survivors")


def _entrust(people: People, tick: Tick) -> None:
    """The supervisor who imported gives each survivor who is still hers to one of two workers."""
    workers = cycle((people.care_worker, people.care_worker_two))
    hers = policy.visible_survivors(people.care_supervisor).filter(worker=people.care_supervisor)
    rows = hers.exclude(state=SurvivorState.CLOSED).order_by("began_on")
    for survivor in rows:
        survivors.entrust(survivor, by=people.care_supervisor, worker=next(workers))
        _step(tick)


def _answer(people: People, tick: Tick) -> Iterator[Survivor]:
    """Older referrals were taken in the day after; the newest wait on the desk."""
    boss, workers = people.care_supervisor, cycle((people.care_worker, people.care_worker_two))
    waiting = list(policy.visible_referrals(boss).filter(state=ReferralState.WAITING).order_by("-received_at", "code"))
    recent = [one for one in waiting if timezone.now() - one.received_at < RECENT] or waiting[:STILL_WAITING]
    for referral in waiting[len(recent[:STILL_WAITING]):]:
        at = min(referral.received_at + timedelta(days=1), timezone.now())
        yield referrals.take_in(referral, by=boss, worker=next(workers), consents=_said(referral), at=at,
                                began_on=timezone.localtime(at).date())
        _step(tick)


def _said(subject: Referral | Survivor) -> list[Said]:
    young = subject.age_band in policy.UNDER_15
    giver = ConsentGiver.CAREGIVER if young else ConsentGiver.SELF
    return [Said(purpose, ConsentAnswer.GIVEN, giver, ConsentForm.THUMBPRINT if young else ConsentForm.SPOKEN)
            for purpose in sorted(policy.NEEDED_CONSENTS)]


def _walk(people: People, taken: list[Survivor], tick: Tick) -> None:
    """Her worker asks, houses and moves her; the other worker is put on her file for the days she is away."""
    worker = people.care_worker
    with acting_as(worker):
        hers = policy.visible_survivors(worker).filter(worker=worker, state=SurvivorState.IN_CARE)
        for survivor in hers:
            _ask(survivor, worker)
            _step(tick)
        moved = hers.filter(pk__in=[one.pk for one in taken]).order_by("began_on").first() or hers[0]
        for home in MOVES:
            _house(moved, home, worker)
    with acting_as(people.care_supervisor):
        survivor = policy.get_survivor(people.care_supervisor, moved.code)
        survivors.add_colleague(survivor, by=people.care_supervisor, colleague=people.care_worker_two)


def _ask(survivor: Survivor, worker: User) -> None:
    known = set(policy.visible_consents(worker, survivor).values_list("purpose", flat=True))
    giver = ConsentGiver.CAREGIVER if survivor.age_band in policy.UNDER_15 else ConsentGiver.SELF
    said = [*_said(survivor), *(Said(purpose, answer, giver) for purpose, answer in ANSWERS)]
    for one in said:
        if one.purpose not in known:
            consents.record(survivor, by=worker, said=one)


def _house(survivor: Survivor, home: Home, worker: User) -> None:
    since: date = min(survivor.began_on + timedelta(days=home.after), timezone.localdate())
    residences.move(survivor, by=worker, placement=home.placement, address=home.address, since_on=since,
                    reason=home.reason, directions=home.directions)


def after_court(people: People, tick: Tick) -> None:
    """What the courts sent: support planned for one hearing, verdicts told in person; the rest waits."""
    boss = people.care_supervisor
    with acting_as(boss):
        waiting = policy.waiting_deliveries(boss)
        hearing = waiting.filter(kind="HearingScheduled").first()
        if hearing is not None:
            survivor = policy.visible_survivors(boss).get(file=hearing.file)
            support.plan(hearing, survivor, by=boss, companion=survivor.worker,
                         needs=[Need.COMPANION, Need.TRANSPORT, Need.WAITING_ROOM])
        for verdict in waiting.filter(kind="VerdictReturned")[:TOLD_IN_PERSON]:
            support.tell(verdict, policy.visible_survivors(boss).get(file=verdict.file), by=boss)
            _step(tick)
