"""Receiving a referred case, protecting its witnesses, closing its file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.utils import timezone

from ijm.accounts.models import Office, User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile, Source, Status
from ijm.ids import new_code
from ijm.notices.models import NoticeKind
from ijm.notices.telling import tell
from ijm.people.models import Alias, Wing
from ijm.roles.decisions import require
from ijm.roles.table import Kind
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from prosecutions import policy
from prosecutions.models import Accused, Prosecution, VictimWitness
from prosecutions.states import Event, Stage


def receive(origin: CaseFile, *, by: User, at: dt.datetime, accused: Iterable[uuid.UUID],
            witnesses: Iterable[uuid.UUID], exploitation: str = "", office: Office | None = None) -> Prosecution:
    """Open a prosecution file for a referred case, as the sender, who can read nothing of it afterwards."""
    require(policy.may_receive(by))
    file = grants.open_file(Kind.PROSECUTION, by=by, source=Source.REFERRAL, office=office)
    made = Prosecution(file=file, code=file.code, referred_at=at, referred_by=by, exploitation=exploitation,
                       state_since_on=timezone.localdate(at))
    with entry(Event.PROSECUTION_RECEIVED, by=by, about=made, why=Purpose.REFERRAL):
        made.save()
        for person in accused:
            Accused(prosecution=made, file=file, alias=_alias(person, "AC", file, opens_identity=True)).save()
        for person in witnesses:
            VictimWitness(prosecution=made, file=file, alias=_alias(person, "VW", file, opens_identity=False)).save()
        grants.link(file, origin, kind="referred", by=by)
        tell(grants.supervisors(Kind.PROSECUTION, file.office), NoticeKind.CASE_REFERRED, about=file.code,
             path=f"/files/{file.code}/")
    return made


def _alias(person: uuid.UUID, prefix: str, file: CaseFile, *, opens_identity: bool) -> Alias:
    made = Alias(wing=Wing.PROSECUTIONS, code=new_code(prefix), file=file, person_id=person,
                 opens_identity=opens_identity)
    made.save()
    return made


def protect(witness: VictimWitness, *, by: User, measures: Sequence[str]) -> VictimWitness:
    """Record how a victim-witness asks to be protected when she is heard."""
    require(policy.may_protect(by, witness))
    with entry(Event.WITNESS_PROTECTED, by=by, about=witness, why=Purpose.COURT):
        witness.measures = list(measures)
        witness.save(update_fields=["measures"])
    return witness


def close(prosecution: Prosecution, *, by: User, on: dt.date) -> Prosecution:
    """Close the file of a case in which every charge has its verdict."""
    require(policy.may_close(by, prosecution))
    with entry(Event.PROSECUTION_CLOSED, by=by, about=prosecution):
        prosecution.move_to(Stage.CLOSED, on=on)
        prosecution.file.move_to(Status.CLOSED)
    return prosecution
