"""The wing's part of the demonstration: three invented years of tips, files and rescues. No one in it is real."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from ijm.approvals.actions import requests
from ijm.trail.context import acting_as
from investigations import policy
from investigations.actions import incidents, investigations, rescues, suspects, tips
from investigations.codes import Check
from investigations.invented import NOT_FOLLOWED, PLAN, STORIES, TIPS, Story, Told
from investigations.models import Investigation, Tip
from investigations.states import SuspectState

Tick = Callable[[str], None]


def fill(people: Any, tick: Tick) -> None:
    """Tell three years: each story from its tip to where it stands today."""
    now = timezone.now().replace(minute=10, second=0, microsecond=0)
    for story in STORIES:
        tick(f"an investigation, {story.occurred}")
        _tell(people, story, now)
    for told in (NOT_FOLLOWED, *TIPS):
        tick("a tip")
        tip = _take(people, told, now)
        if told.grade:
            _assess(people, tip, told, now)
    tick("an operation to approve")
    _plan_another(people, now)


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=max(days, 0))


def _take(people: Any, told: Told, now: datetime) -> Tip:
    with acting_as(people.hotline):
        return tips.take(
            by=people.hotline, channel=told.channel, urgency=told.urgency, what_was_said=told.words,
            received_at=_ago(now, told.days), province=told.province, landmark=told.landmark,
            people_affected=told.people, is_child_involved=told.child, caller_name=told.caller,
            caller_phone=told.phone, safe_contact=told.safe)


def _assess(people: Any, tip: Tip, told: Told, now: datetime) -> Tip:
    """Graded a day later; the weakest tips are not followed up."""
    by = people.investigation_supervisor
    source, information = told.grade[0], told.grade[1]
    with acting_as(by):
        tip = tips.assess(policy.get_tip(by, tip.code), by=by, source_grade=source, information_grade=information,
                          reason="Compared with what two others told us.", at=_ago(now, told.days - 1))
        return tips.decline(tip, by=by) if source == "E" else tip


def _tell(people: Any, story: Story, now: datetime) -> None:
    by, days = people.investigation_supervisor, story.told.days
    tip = _assess(people, _take(people, story.told, now), story.told, now)
    with acting_as(by):
        opened = tips.promote(tip, by=by, lead=people.investigator, form_of_exploitation=story.form,
                              at=_ago(now, days - 2))
    with acting_as(people.investigator):
        _work(people.investigator, opened.code, story, now)
    if story.found:
        _rescue(people, opened.code, story, now)
    if story.referred:
        with acting_as(people.investigator):
            one = policy.get_investigation(people.investigator, opened.code)
            investigations.refer(one, by=people.investigator, at=_ago(now, days - 120))


def _work(by: Any, code: str, story: Story, now: datetime) -> None:
    """What the investigator writes down in the first weeks."""
    one, days = policy.get_investigation(by, code), story.told.days
    incidents.record(one, by=by, acts=story.acts, means=story.means, purposes=story.aims, is_child=story.is_child,
                     occurred=story.occurred, province=one.province, account=story.account, at=_ago(now, days - 9))
    for part, names in story.suspects:
        suspect = suspects.record(one, by=by, role_in_process=part, names=names, at=_ago(now, days - 14))
        if story.arrested:
            suspects.move(suspect, by=by, state=SuspectState.ARRESTED, at=_ago(now, days - 60))


def _planned(by: Any, one: Investigation, found: int, begins: datetime, at: datetime) -> str:
    return rescues.plan(
        one, by=by, place="The place named in the file, rear entrance", time=begins.isoformat(), plan=PLAN, risk="high",
        expected_persons=found, expected_children=1, languages=["khm", "vie"],
        checks=[Check.AUTHORITY, Check.DECONFLICTED, Check.RECEPTION, Check.ROOM, Check.DOCTOR], at=at).code


def _rescue(people: Any, code: str, story: Story, now: datetime) -> None:
    """Planned by one, approved by another, concluded; the persons go to aftercare."""
    by, second, days = people.investigator, people.investigation_supervisor, story.told.days
    day = _ago(now, days - 55)
    with acting_as(by):
        made = _planned(by, policy.get_investigation(by, code), len(story.found), day, _ago(now, days - 50))
    with acting_as(second):
        requests.approve(policy.get_rescue(second, made).request, by=second, at=_ago(now, days - 52))
    with acting_as(by):
        rescues.conclude(policy.get_rescue(by, made), by=by, outcome="reached", persons=story.found, at=day)


def _plan_another(people: Any, now: datetime) -> None:
    """On the newest file an operation waits for the second person."""
    by = people.investigator
    with acting_as(by):
        one = policy.visible_investigations(by)[0]
        _planned(by, one, 9, now + timedelta(days=3), _ago(now, 1))
