"""Answering a referral."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from aftercare import policy
from aftercare.actions import consents as asking
from aftercare.actions import survivors
from aftercare.models import Referral, Survivor
from aftercare.states import Event, ReferralState
from ijm.accounts.models import User
from ijm.casefiles.models import Status
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def take_in(referral: Referral, *, by: User, worker: User, consents: Sequence[asking.Said], began_on: date,
            at: datetime | None = None) -> Survivor:
    """Take a referred person in: her consents are recorded and her worker is put on the file, in one step."""
    require(policy.may_take_in(by, referral, worker, consents))
    with entry(Event.REFERRAL_TAKEN_IN, by=by, about=referral, why=Purpose.REFERRAL):
        _answered(referral, ReferralState.TAKEN_IN, by, at)
        survivor = survivors.begin(
            Survivor(file=referral.file, alias=referral.alias, referral=referral, sex=referral.sex,
                     age_band=referral.age_band, languages=referral.languages),
            by=by, worker=worker, began_on=began_on)
        for said in consents:
            asking.record(survivor, by=by, said=said)
    return survivor


def decline(referral: Referral, *, by: User, answer: str, at: datetime | None = None) -> None:
    """Say why somebody is not taken in, and what was done for her instead."""
    require(policy.may_answer(by, referral))
    with entry(Event.REFERRAL_DECLINED, by=by, about=referral, why=Purpose.REFERRAL):
        referral.answer = answer
        _answered(referral, ReferralState.DECLINED, by, at)
        referral.file.move_to(Status.CLOSED)


def _answered(referral: Referral, state: ReferralState, by: User, at: datetime | None) -> None:
    referral.state, referral.answered_by, referral.answered_at = state, by, at or timezone.now()
    referral.save(update_fields=["state", "answered_by", "answered_at"])
