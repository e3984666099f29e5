"""Taking, assessing and promoting tips."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.notices.models import NoticeKind
from ijm.notices.telling import tell
from ijm.roles.decisions import require
from ijm.roles.table import Kind
from ijm.trail.entries import entry
from investigations import policy
from investigations.models import Investigation, Tip
from investigations.states import Event, TipState


def take(*, by: User, channel: str, urgency: str, what_was_said: str, received_at: datetime | None = None,
         province: str = "", landmark: str = "", people_affected: int | None = None,
         is_child_involved: bool | None = None, caller_name: str = "", caller_phone: str = "",
         safe_contact: str = "") -> Tip:
    """Write down what somebody reports, on an intake file of its own, and tell who assesses."""
    require(policy.may_take_tip(by))
    file = grants.open_file(Kind.INTAKE, by=by)
    tip = Tip(code=file.code, file=file, taken_by=by, received_at=received_at or timezone.now(), channel=channel,
              urgency=urgency, province=province, people_affected=people_affected, is_child_involved=is_child_involved)
    _seal(tip, what_was_said=what_was_said, landmark=landmark, caller_name=caller_name, caller_phone=caller_phone,
          safe_contact=safe_contact)
    with entry(Event.TIP_TAKEN, by=by, about=tip):
        tip.save()
        assessors = set(grants.supervisors(Kind.INTAKE, file.office)) - {by.pk}
        path = reverse("investigations:tip-show", args=[tip.code])
        tell(assessors, NoticeKind.TIP_TO_ASSESS, about=tip.code, path=path)
    return tip


def _seal(tip: Tip, **told: str) -> None:
    """Only what was told is sealed, so that a page can say that a caller left nothing."""
    for name, text in told.items():
        if text:
            setattr(tip, name, text)


def assess(tip: Tip, *, by: User, source_grade: str, information_grade: str, reason: str,
           at: datetime | None = None) -> Tip:
    """Grade the source and the information apart, and say why."""
    require(policy.may_assess(by, tip))
    with entry(Event.TIP_ASSESSED, by=by, about=tip):
        tip.source_grade, tip.information_grade, tip.reason = source_grade, information_grade, reason
        tip.assessed_by, tip.assessed_at = by, at or timezone.now()
        tip.state = TipState.ASSESSED
        tip.save()
    return tip


def decline(tip: Tip, *, by: User) -> Tip:
    """Decide that an assessed tip is not followed up."""
    require(policy.may_decline(by, tip))
    with entry(Event.TIP_DECLINED, by=by, about=tip):
        tip.state = TipState.DECLINED
        tip.save(update_fields=["state"])
    return tip


def promote(tip: Tip, *, by: User, lead: User, form_of_exploitation: str,
            at: datetime | None = None) -> Investigation:
    """Open an investigation file from a tip, link the two, and put the lead investigator on both."""
    require(policy.may_promote(by, tip))
    require(policy.may_lead(by, tip, lead))
    file = grants.open_file(Kind.INVESTIGATION, by=by)
    opened_at = at or timezone.now()
    investigation = Investigation(
        code=file.code, file=file, form_of_exploitation=form_of_exploitation, province=tip.province, lead=lead,
        opened_at=opened_at, stage_since=opened_at)
    with entry(Event.TIP_PROMOTED, by=by, about=tip):
        tip.state = TipState.PROMOTED
        tip.save(update_fields=["state"])
    with entry(Event.INVESTIGATION_OPENED, by=by, about=investigation):
        investigation.save()
        grants.link(tip.file, file, kind="promoted", by=by)
        if lead.pk != by.pk:
            for place in (tip.file, file):
                grants.seat(place, [lead], by=by, owns=True)
    return investigation
