"""What other wings may hand in. The sender writes into files opened in the same transaction and reads none of it."""

from __future__ import annotations

from django.urls import reverse

from aftercare.models import Referral
from aftercare.states import Event
from ijm.accounts.models import Office, User
from ijm.casefiles import deliveries, grants
from ijm.casefiles.models import CaseFile
from ijm.ids import new_code
from ijm.messages import Event as BaseEvent
from ijm.messages import HearingPutOff, HearingScheduled, PersonsRescued, RescuedPerson, VerdictReturned
from ijm.notices.models import NoticeKind
from ijm.notices.telling import tell
from ijm.people.models import Alias, Wing
from ijm.roles.table import Kind
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def persons_rescued(message: PersonsRescued, *, by: User) -> None:
    """Each rescued person becomes a referral that waits on a care file of her own."""
    origin = CaseFile.objects.get(pk=message.file)
    for found in message.persons:
        _receive(found, message, origin, by=by)


def _receive(found: RescuedPerson, message: PersonsRescued, origin: CaseFile, *, by: User) -> None:
    office = receiving_office(by.office)
    file = grants.open_file(Kind.CARE, by=by, office=office)
    alias = Alias(wing=Wing.AFTERCARE, code=new_code("SV"), file=file, person_id=found.person, opens_identity=True)
    referral = Referral(code=new_code("RF"), file=file, alias=alias, sex=found.sex, age_band=found.age_band,
                        languages=found.languages, received_at=message.at)
    referral.needs = found.needs
    with entry(Event.REFERRAL_RECEIVED, by=by, about=referral, why=Purpose.REFERRAL):
        alias.save()
        referral.save()
        # where no supervisor is appointed yet, the file waits for the first who is
        tell(grants.supervisors(Kind.CARE, office), NoticeKind.REFERRAL_WAITING, about=referral.code,
             path=reverse("aftercare:referral-show", args=[referral.code]))
    grants.link(origin, file, kind="rescued", by=by)


def receiving_office(office: Office) -> Office:
    """This office, or the one that supports it where only that one has a supervisor of aftercare."""
    upper = office.supported_by
    if upper is not None and not grants.supervisors(Kind.CARE, office) and grants.supervisors(Kind.CARE, upper):
        return upper
    return office


def hearing_scheduled(message: HearingScheduled, *, by: User) -> None:
    """A hearing lies on the care file of each witness until her worker takes it up."""
    payload = {"at": message.at.isoformat(), "court": message.court, "hearing": str(message.hearing)}
    with entry(BaseEvent.DELIVERY_SENT, by=by, about=None):
        deliveries.deliver(message.witnesses, wing=Wing.AFTERCARE, kind="HearingScheduled", payload=payload, by=by)


def hearing_put_off(message: HearingPutOff, *, by: User) -> None:
    """That a hearing is off lies on the care file of each witness until her worker has seen to what was prepared."""
    payload = {"at": message.at.isoformat(), "court": message.court, "hearing": str(message.hearing), "became": message.became}
    with entry(BaseEvent.DELIVERY_SENT, by=by, about=None):
        deliveries.deliver(message.witnesses, wing=Wing.AFTERCARE, kind="HearingPutOff", payload=payload, by=by)


def verdict_returned(message: VerdictReturned, *, by: User) -> None:
    """A verdict lies on the care file of each witness until her own worker has told her."""
    payload = {"at": message.at.isoformat(), "verdict": str(message.verdict)}
    with entry(BaseEvent.DELIVERY_SENT, by=by, about=None):
        deliveries.deliver(message.witnesses, wing=Wing.AFTERCARE, kind="VerdictReturned", payload=payload, by=by)
