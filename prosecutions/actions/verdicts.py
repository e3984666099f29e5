"""Recording what the court decided."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ijm.accounts.models import User
from ijm.bridges import send
from ijm.ids import new_code
from ijm.messages import VerdictReturned
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from prosecutions import policy
from prosecutions.models import Charge, Prosecution, Verdict
from prosecutions.states import Event, Outcome, Stage


def record(charge: Charge, *, by: User, outcome: Outcome, returned_on: dt.date, sentence_months: int | None = None,
           is_suspended: bool = False, compensation_khr: int | None = None, compensation_usd: int | None = None,
           grounds: str = "") -> Verdict:
    """Record verdict and sentence on one charge; the survivors' own workers are told in the same transaction."""
    require(policy.may_judge(by, charge))
    prosecution = charge.accused.prosecution
    made = Verdict(code=new_code("VD"), file=prosecution.file, accused=charge.accused, charge=charge, outcome=outcome,
                   returned_on=returned_on, sentence_months=sentence_months, is_suspended=is_suspended,
                   compensation_khr=compensation_khr, compensation_usd=compensation_usd)
    with entry(Event.VERDICT_RECORDED, by=by, about=made, why=Purpose.COURT):
        if grounds:
            made.grounds = grounds
        made.save()
        _conclude(prosecution, by, returned_on)
        send(VerdictReturned(made.pk, _at(returned_on), prosecution.witness_aliases()), by=by)
    return made


def _conclude(prosecution: Prosecution, by: User, on: dt.date) -> None:
    """With the last charge answered the case is judged."""
    if not policy.open_charges(by, prosecution).exists():
        prosecution.move_to(Stage.JUDGED, on=on)


def _at(day: dt.date) -> dt.datetime:
    """The beginning of that day in the office's own time: the hour of a judgment is not recorded."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
