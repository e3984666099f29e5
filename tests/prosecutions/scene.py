"""A case as an investigation refers it: accused with names, rescued persons who are in aftercare by now."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.utils import timezone

from ijm.bridges import send
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile
from ijm.messages import CaseReferred
from ijm.people.models import Alias, Name, Person, Script, Wing
from ijm.reference.models import Court, Offence
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from prosecutions.actions import charges, hearings, verdicts
from prosecutions.models import Accused, Charge, Hearing, Prosecution, Verdict, VictimWitness
from prosecutions.states import HearingKind, Outcome
from tests.cast import Cast

EXPLOITATION = "ForcedLabour"


@dataclass
class Scene:
    """A referred case and where its people are known elsewhere."""

    investigation: CaseFile
    care: list[CaseFile] = field(default_factory=list)
    suspects: list[uuid.UUID] = field(default_factory=list)
    rescued: list[uuid.UUID] = field(default_factory=list)


def investigate(cast: Cast, *, accused: int = 1, witnesses: int = 2, named: bool = True) -> Scene:
    """An investigation with suspects and rescued persons, whose care files stand already."""
    by = cast.investigator
    scene = Scene(grants.open_file(Kind.INVESTIGATION, by=by))
    with entry("scene.made", by=by, about=scene.investigation):
        for _ in range(accused):
            scene.suspects.append(_suspect(scene.investigation, named))
        for _ in range(witnesses):
            scene.rescued.append(_rescued(scene, cast))
    return scene


def _suspect(file: CaseFile, named: bool) -> uuid.UUID:
    person = Person(born_on="1979-03-02")
    person.save()
    Alias.begin(person, prefix="SU", wing=Wing.INVESTIGATIONS, file=file, opens_identity=True)
    if named:
        Name(person=person, script=Script.LATIN, family="Prum", given="Vuthy").save()
        Name(person=person, script=Script.KHMER, family="ព្រំ", given="វុទ្ធី").save()
    return person.pk


def _rescued(scene: Scene, cast: Cast) -> uuid.UUID:
    person = Person(born_on="2004-05-06")
    person.save()
    Alias.begin(person, prefix="RP", wing=Wing.INVESTIGATIONS, file=scene.investigation, opens_identity=False)
    Name(person=person, script=Script.LATIN, family="Chhim", given="Kanha").save()
    care = grants.open_file(Kind.CARE, by=cast.investigator)
    Alias.begin(person, prefix="SV", wing=Wing.AFTERCARE, file=care, opens_identity=True)
    scene.care.append(care)
    return person.pk


def refer(cast: Cast, *, days_ago: int = 40, **given: int | bool) -> Scene:
    """The same, referred to prosecution by the investigator."""
    with acting_as(cast.investigator):
        scene = investigate(cast, **given)  # type: ignore[arg-type]
        send(CaseReferred(scene.investigation.pk, timezone.now() - dt.timedelta(days=days_ago), tuple(scene.suspects),
                          tuple(scene.rescued), EXPLOITATION), by=cast.investigator)
    return scene


def referred(cast: Cast, **given: int | bool) -> Prosecution:
    """The prosecution of a case referred just now; read as the liaison, inside a door of hers."""
    refer(cast, **given)  # type: ignore[arg-type]
    with acting_as(cast.liaison, "r"):
        return Prosecution.objects.select_related("file", "file__office", "referred_by").latest("referred_at")


def accused_of(prosecution: Prosecution) -> list[Accused]:
    """The accused, inside an open door; all share one prosecution, so that they see its stage move."""
    rows = list(Accused.objects.select_related("alias", "prosecution__file").filter(prosecution=prosecution))
    for row in rows:
        row.prosecution = rows[0].prosecution
    return rows


def witnesses_of(prosecution: Prosecution) -> list[VictimWitness]:
    """The victim-witnesses, inside an open door."""
    return list(VictimWitness.objects.select_related("alias", "prosecution__file").filter(prosecution=prosecution))


def charge(cast: Cast, accused: Accused, *, offence: str = "TIP2008-10", days_ago: int = 30) -> Charge:
    """A charge filed by the liaison, inside a door of hers."""
    filed_on = timezone.localdate() - dt.timedelta(days=days_ago)
    return charges.file(accused, by=cast.liaison, offence=Offence.objects.get(pk=offence), is_aggravated=True,
                        filed_on=filed_on, note="Filed with the closing order.")


def hearing(cast: Cast, prosecution: Prosecution, *, days: float = 9, kind: HearingKind = HearingKind.TRIAL) -> Hearing:
    """A hearing scheduled by the liaison, inside a door of hers."""
    return hearings.schedule(prosecution, by=cast.liaison, court=Court.objects.get(pk="FI-08"), kind=kind,
                             at=timezone.now() + dt.timedelta(days=days), room_note="Room 2, side door.")


def verdict(cast: Cast, charge: Charge, outcome: Outcome = Outcome.CONVICTED, **given: int | bool | str) -> Verdict:
    """A verdict recorded by the liaison, inside a door of hers."""
    months = 120 if outcome == Outcome.CONVICTED else None
    return verdicts.record(charge, by=cast.liaison, outcome=outcome, returned_on=timezone.localdate(),
                           **{"sentence_months": months, "grounds": "Read in open court.", **given})  # type: ignore[arg-type]
