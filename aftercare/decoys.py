"""A decoy among the survivors: the records of somebody whom the data-protection officer made up."""

from __future__ import annotations

from django.utils import timezone

from aftercare.models import Survivor
from aftercare.states import Event
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile
from ijm.ids import new_code
from ijm.people.models import Alias, Name, Person, Wing
from ijm.roles.table import Kind
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


class NobodyThere(Exception):
    """No supervisor of aftercare works in this office: nobody would ever see the file."""


def make(*, by: User, family: str, given: str, sex: str, age_band: str) -> CaseFile:
    """Somebody in care on a new file of the officer's own office, with a supervisor as her worker; raises NobodyThere."""
    bosses = grants.supervisors(Kind.CARE, by.office)
    if not bosses:
        raise NobodyThere
    file = grants.open_file(Kind.CARE, by=by, office=by.office)
    person = Person()
    alias = Alias(wing=Wing.AFTERCARE, code=new_code("SV"), file=file, person=person, opens_identity=True)
    survivor = Survivor(file=file, alias=alias, code=alias.code, worker_id=bosses[0], sex=sex, age_band=age_band,
                        began_on=timezone.localdate())
    with entry(Event.PEOPLE_IMPORTED, by=by, about=survivor, why=Purpose.IMPORT):
        person.save()
        alias.save()
        named: dict[str, str] = {"family": family, "given": given}
        Name(person=person, script="latn", **named).save()
        survivor.save()
    return file
