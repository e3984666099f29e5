"""The demonstration's aftercare: an office that brought its records in and went on working with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Protocol

from django.urls import reverse
from django.utils import timezone

from aftercare import policy
from aftercare.actions import consents, contacts, referrals, residences, support, survivors
from aftercare.actions.consents import Said
from aftercare.models import Need, Placement, Referral, Survivor
from aftercare.states import ReferralState, SurvivorState
from ijm.accounts.models import User
from ijm.notices.actions import reminders
from ijm.notices.contact import Way
from ijm.notices.models import Subject
from ijm.people.models import ConsentAnswer, ConsentForm, ConsentGiver, ConsentPurpose
from ijm.trail.context import acting_as, renew

Tick = Callable[[str], None]
RECENT = timedelta(days=21)
STILL_WAITING = 5
TOLD_IN_PERSON, PLANNED = 3, 3


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
REMINDERS = (
    (Subject.VISIT, 1, "Bring the papers for the school"), (Subject.CALL_BACK, 2, ""), (Subject.REVIEW, 6, "Half a year is over"),
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
    """What the courts sent: support planned for the first hearings, verdicts told in person; the rest waits."""
    boss = people.care_supervisor
    with acting_as(boss):
        waiting = policy.waiting_deliveries(boss)
        for hearing in waiting.filter(kind="HearingScheduled")[:PLANNED]:
            survivor = policy.visible_survivors(boss).get(file=hearing.file)
            support.plan(hearing, survivor, by=boss, companion=survivor.worker,
                         needs=[Need.COMPANION, Need.TRANSPORT, Need.WAITING_ROOM])
        for verdict in waiting.filter(kind="VerdictReturned")[:TOLD_IN_PERSON]:
            support.tell(verdict, policy.visible_survivors(boss).get(file=verdict.file), by=boss)
            _step(tick)
    for user in (people.care_worker, people.care_supervisor):
        with acting_as(user):
            _days(user, tick)


def _days(user: User, tick: Tick) -> None:
    """What she wants to be reminded of in the coming days, and how some survivors can be reached safely."""
    rows = list(policy.visible_survivors(user).filter(state=SurvivorState.IN_CARE).order_by("began_on")[:len(REMINDERS)])
    for survivor, (subject, days, note) in zip(rows, REMINDERS, strict=False):
        at = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(9, 30)))
        reminders.set_(by=user, file=survivor.file_id, about=survivor.code, subject=subject, at=at, note=note,
                       path=reverse("aftercare:survivor-show", args=[survivor.code]))
        if policy.safe_contact(user, survivor) is None:
            contacts.record(survivor, by=user, is_allowed=True, ways=[Way.CALL, Way.VISIT], days=[], from_at=time(9),
                            until_at=time(17), review_on=timezone.localdate() + timedelta(days=20 + 30 * days),
                            number="012 555 0" + str(40 + days), never_say="Any word of the court or of this organisation",
                            say_instead="A friend from the sewing course")
        _step(tick)
