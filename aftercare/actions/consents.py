"""What a survivor agrees to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from aftercare import policy
from aftercare.models import Referral, Survivor
from aftercare.states import Event
from ijm.accounts.models import User
from ijm.ids import new_code
from ijm.people.models import Consent, ConsentForm, ConsentGiver
from ijm.roles.decisions import require
from ijm.trail.entries import entry


@dataclass(frozen=True)
class Said:
    """One answer to one purpose: who gave it, how, in which language, until when."""

    purpose: str
    answer: str
    giver: str = ConsentGiver.SELF
    form: str = ConsentForm.SPOKEN
    language: str = "khm"
    until_on: date | None = None
    witness: str = ""
    note: str = ""
    at: datetime | None = None


def record(subject: Referral | Survivor, *, by: User, said: Said) -> Consent:
    """Record what she, or who speaks for her, answered about one purpose."""
    consent = policy.visible_consents(by, subject).filter(purpose=said.purpose).first()
    require(policy.may_record_consent(by, subject, said, consent.answer if consent else ""))
    if consent is None:
        consent = Consent(code=new_code("CS"), file=subject.file, alias=subject.alias, purpose=said.purpose)
    consent.answer, consent.giver, consent.form, consent.language = said.answer, said.giver, said.form, said.language
    consent.until_on, consent.recorded_by, consent.recorded_at = said.until_on, by, said.at or timezone.now()
    for sealed in ("witness", "note"):
        setattr(consent, sealed, getattr(said, sealed))
    with entry(Event.CONSENT_RECORDED, by=by, about=consent):
        consent.save()
    return consent
