"""The demonstration's courts: what became of the cases that its investigations referred, over three years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Protocol

from django.utils import timezone

from ijm.accounts.models import User
from ijm.reference.models import Court, Offence
from ijm.trail.context import acting_as, renew
from ijm.trail.purposes import Purpose
from prosecutions import policy
from prosecutions.actions import charges, hearings, prosecutions, verdicts
from prosecutions.models import Charge, Prosecution
from prosecutions.states import HearingKind, Measure, Outcome, Stage

Tick = Callable[[str], None]
DAY = dt.timedelta(days=1)
AT_EIGHT = dt.time(8, 0)
AHEAD = (5, 8, 12, 19)  # days from the first look at the demonstration


class People(Protocol):
    """Who plays in the demonstration."""

    liaison: User


@dataclass(frozen=True)
class Story:
    """What became of a case, in days since it was referred."""

    court: str
    offences: tuple[str, ...]
    charged: int
    trial: int
    judged: int
    outcomes: tuple[Outcome, ...] = (Outcome.CONVICTED,)
    months: int = 120
    khr: int = 0
    usd: int = 0
    closed: bool = False


STORIES: tuple[Story, ...] = (
    Story("FI-12", ("TIP2008-10",), 24, 160, 190, months=120, khr=24_000_000, closed=True),
    Story("FI-02", ("TIP2008-17", "TIP2008-12"), 31, 210, 260, (Outcome.CONVICTED, Outcome.ACQUITTED), 96, usd=4_500),
    Story("FI-17", ("TIP2008-26",), 18, 120, 150, months=30, closed=True),
    Story("FI-08", ("TIP2008-12",), 27, 240, 300, (Outcome.ACQUITTED,), closed=True),
    Story("FI-12", ("TIP2008-15", "TIP2008-19"), 40, 280, 330, months=180, khr=60_000_000, usd=12_000),
    Story("FI-18", ("TIP2008-32",), 22, 190, 230, months=48, khr=8_000_000),
)
MEASURES: tuple[tuple[Measure, ...], ...] = (
    (Measure.SCREEN, Measure.PSEUDONYM), (Measure.VIDEO,), (), (Measure.SUPPORT_PERSON, Measure.WAITING_ROOM),
    (Measure.RECORDED, Measure.BREAKS),
)


def fill(people: People, tick: Tick) -> None:
    """Carry every referred case as far through court as its age allows; the newest waits for its first charge."""
    by, measures = people.liaison, cycle(MEASURES)
    with acting_as(by, "w", Purpose.COURT):
        cases = list(policy.visible_prosecutions(by).order_by("referred_at"))
        for case, story in zip(cases, cycle(STORIES), strict=False):
            tick("court")
            renew()
            for witness in policy.visible_witnesses(by).filter(prosecution=case):
                prosecutions.protect(witness, by=by, measures=next(measures))
            if case != cases[-1] or len(cases) == 1:
                _tell(Case(case, story, by))
        _ahead(by, cases)


def _ahead(by: User, cases: Sequence[Prosecution]) -> None:
    """Days in court in the coming weeks, so that somebody has to be accompanied."""
    still_open = [case for case in cases if case.state != Stage.CLOSED][-len(AHEAD):]
    for case, days in zip(still_open, AHEAD, strict=False):
        at = dt.datetime.combine(timezone.localdate() + days * DAY, AT_EIGHT)
        hearings.schedule(case, by=by, court=Court.objects.get(pk="FI-12"), kind=HearingKind.INVESTIGATION,
                          at=timezone.make_aware(at), room_note="Room 4, second floor.")


@dataclass
class Case:
    """One case while its story is told."""

    prosecution: Prosecution
    story: Story
    by: User

    def day(self, after: int) -> dt.date:
        """So many days after the referral, on a day when courts sit."""
        day = timezone.localdate(self.prosecution.referred_at) + after * DAY
        return day + DAY * (7 - day.weekday()) if day.weekday() > 4 else day

    def is_over(self, after: int) -> bool:
        """Whether that day lies behind us."""
        return self.day(after) < timezone.localdate()

    def at(self, after: int) -> dt.datetime:
        """Eight in the morning of that day, when courts begin."""
        return timezone.make_aware(dt.datetime.combine(self.day(after), AT_EIGHT))


def _tell(case: Case) -> None:
    story = case.story
    if not case.is_over(story.charged):
        return
    filed = _charge(case)
    _hear(case, HearingKind.INVESTIGATION, story.charged + 20, "The investigating judge heard the accused.")
    _hear(case, HearingKind.TRIAL, story.trial, "Reading of the charges; one witness was heard behind the screen.")
    if case.is_over(story.judged):
        _hear(case, HearingKind.JUDGMENT, story.judged, "The judgment was read.")
        _judge(case, filed)


def _charge(case: Case) -> list[Charge]:
    """Each accused under each article of the story."""
    rows = policy.visible_accused(case.by).filter(prosecution=case.prosecution).order_by("alias__code")
    made = []
    for accused in rows:
        accused.prosecution = case.prosecution  # one object for the whole story: its stage moves
        for code in case.story.offences:
            offence = Offence.objects.get(pk=code)
            made.append(charges.file(accused, by=case.by, offence=offence, filed_on=case.day(case.story.charged),
                                     is_aggravated=bool(offence.aggravated_penalty) and accused == rows[0],
                                     note="Filed on the closing order of the investigating judge."))
    return made


def _hear(case: Case, kind: HearingKind, after: int, note: str) -> None:
    """A day in court: over and recorded, or set for a day of the coming weeks."""
    court = Court.objects.get(pk=case.story.court)
    at = case.at(after)
    if at > timezone.now() + 60 * DAY:
        return
    made = hearings.schedule(case.prosecution, by=case.by, court=court, kind=kind, at=at,
                             room_note="Room 2. Witnesses use the side door behind the clerk's office.")
    if case.is_over(after):
        hearings.hold(made, by=case.by, outcome_note=note)


def _judge(case: Case, filed: Sequence[Charge]) -> None:
    story = case.story
    for charge, outcome in zip(filed, cycle(story.outcomes), strict=False):
        convicted = outcome == Outcome.CONVICTED
        verdicts.record(charge, by=case.by, outcome=outcome, returned_on=case.day(story.judged),
                        sentence_months=story.months if convicted else None,
                        compensation_khr=story.khr or None if convicted else None,
                        compensation_usd=story.usd or None if convicted else None,
                        grounds="Read out in open court; the written judgment is with the clerk.")
    if story.closed and filed and case.is_over(story.judged + 45):
        prosecutions.close(case.prosecution, by=case.by, on=case.day(story.judged + 45))
