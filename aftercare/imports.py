"""Bringing an office's existing survivors in: the same records that people make one by one, made many at a time.

The rules are those of the wing's policy; the entries are fewer, one for each hundred people, and name each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.models import Placement, Residence, Survivor
from aftercare.states import Event, SurvivorState
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile, Status
from ijm.ids import new_code
from ijm.people.ages import band_of
from ijm.people.models import (
    AgeBand,
    Alias,
    Consent,
    ConsentAnswer,
    ConsentForm,
    ConsentGiver,
    Identifier,
    IdentifierKind,
    Name,
    Person,
    Sex,
    Wing,
)
from ijm.reference.lists import label
from ijm.reports import former, htcds
from ijm.reports.htcds.columns import Column, by_label
from ijm.reports.models import Former, Import
from ijm.roles.decisions import require
from ijm.roles.table import Kind
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

Progress = Callable[[int, int], None]
AT_ONCE = 100  # people in one entry: what the log says of them fits into one event
STEPS = {
    "FollowUp": (SurvivorState.FOLLOWED_UP,),
    "Closed": (SurvivorState.FOLLOWED_UP, SurvivorState.CLOSED),
    "ClosedReferred": (SurvivorState.FOLLOWED_UP, SurvivorState.CLOSED),
}
STEP_EVENTS = {SurvivorState.FOLLOWED_UP: Event.SURVIVOR_FOLLOWED, SurvivorState.CLOSED: Event.SURVIVOR_CLOSED}
KEPT_ELSEWHERE = ("prs_", "con_", "cas_Status", "cas_IncomingReferralDate")
SEXES = {"female": Sex.FEMALE, "male": Sex.MALE}


@dataclass
class Newcomer:
    """Everything that is made of one row, not saved yet."""

    said: htcds.Person
    worker: User
    began_on: date
    file: CaseFile
    person: Person
    alias: Alias
    survivor: Survivor
    former: Former
    names: list[Name]
    identifiers: list[Identifier]
    homes: list[Residence] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)


def import_people(rows: Sequence[htcds.Row], *, by: User, progress: Progress, record: Import | None = None) -> int:
    """A survivor with her care file for each row, all in the caller's transaction; says how many."""
    require(policy.may_import(by))
    workers = {worker.name.casefold(): worker for worker in policy.care_workers(by.office)}
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start:start + AT_ONCE]
        _bring_in([_newcomer(row, workers, record, by=by) for row in part], by=by)
        progress(start + len(part), len(rows))
    return len(rows)


def _newcomer(row: htcds.Row, workers: dict[str, User], record: Import | None, *, by: User) -> Newcomer:
    said = htcds.as_person(row)
    began_on = min(said.referred_on or timezone.localdate(), timezone.localdate())
    worker = workers.get(said.case_owner.casefold(), by)
    person, file = Person(rev=1, **_identity(said)), CaseFile.new(Kind.CARE, by=by)
    file.rev = 1
    alias = Alias(rev=1, wing=Wing.AFTERCARE, code=new_code("SV"), file=file, person=person, opens_identity=True)
    survivor = Survivor(file=file, alias=alias, code=alias.code, worker=worker, began_on=began_on, sex=_sex(said),
                        age_band=age_band(said.birth))
    survivor.account = _account(row)
    new = Newcomer(said, worker, began_on, file, person, alias, survivor, former.kept(row, file, alias, record),
                   list(_names(person, said)), list(_identifiers(person, said)))
    new.homes, new.consents = list(_home(new)), list(_consents(new, by=by))
    return new


def _bring_in(people: list[Newcomer], *, by: User) -> None:
    """Save them all; whoever stood in each row, her file and her papers are named in one entry."""
    survivors = [new.survivor for new in people]
    with entry(Event.PEOPLE_IMPORTED, by=by, about=survivors, why=Purpose.IMPORT) as made:
        made.parts["q"] = {"count": len(people)}
        grants.open_files({new.file: new.worker for new in people}, by=by)
        Person.objects.bulk_create(new.person for new in people)
        Alias.objects.bulk_create(new.alias for new in people)
        Name.objects.bulk_create(name for new in people for name in new.names)
        Identifier.objects.bulk_create(number for new in people for number in new.identifiers)
        Survivor.objects.bulk_create(survivors)
        Residence.objects.bulk_create(home for new in people for home in new.homes)
        Consent.objects.bulk_create(consent for new in people for consent in new.consents)
        Former.objects.bulk_create(new.former for new in people)
    _walk_on(people, by=by)


def _walk_on(people: list[Newcomer], *, by: User) -> None:
    """Those whom the list calls followed up or closed take the same steps as everybody, in the same order."""
    for step, event in STEP_EVENTS.items():
        going = [new.survivor for new in people if step in STEPS.get(new.said.case_status, ())]
        if going:
            with entry(event, by=by, about=going, why=Purpose.IMPORT):
                Survivor.objects.filter(pk__in=[survivor.pk for survivor in going]).update(state=step)
                if step == SurvivorState.CLOSED:
                    CaseFile.objects.filter(pk__in=[survivor.file_id for survivor in going]).update(status=Status.CLOSED)


def _identity(said: htcds.Person) -> dict[str, Any]:
    """What is sealed under her own key."""
    return {"born_on": str(said.birth) if said.birth else None, "born_precision": _precision(said.birth),
            "nationality": " ".join(said.citizenships) or None, "sex_at_record": said.gender or None}


def _names(person: Person, said: htcds.Person) -> Iterator[Name]:
    for spoken in said.names:
        parts: dict[str, Any] = {"family": spoken.family or None, "given": spoken.given or None}
        yield Name(person=person, script=spoken.script, **parts)


def _identifiers(person: Person, said: htcds.Person) -> Iterator[Identifier]:
    for kind, value in (*((IdentifierKind.PHONE, phone) for phone in said.phones), (IdentifierKind.OTHER, said.email)):
        if value:
            sealed: dict[str, Any] = {"value": value}
            yield Identifier(person=person, kind=kind, **sealed)


def _sex(said: htcds.Person) -> Sex:
    if said.gender in ("", "NonSpecifiedUnknown"):
        return Sex.UNKNOWN
    return SEXES.get(said.sex, Sex.OTHER)


def age_band(born: htcds.PartialDay | None) -> AgeBand:
    """How old she is today; where only the year is known she is taken to be as young as she can be."""
    if born is None:
        return AgeBand.UNKNOWN
    today, latest = timezone.localdate(), born.latest
    age = today.year - latest.year - ((today.month, today.day) < (latest.month, latest.day))
    return band_of(age)


def _precision(born: htcds.PartialDay | None) -> str | None:
    if born is None:
        return None
    return "day" if born.day else "month" if born.month else "year"


def _home(new: Newcomer) -> Iterator[Residence]:
    if new.said.address is not None:
        home = Residence(code=new_code("RS"), file=new.file, survivor=new.survivor, placement=Placement.UNKNOWN,
                         since_on=new.began_on)
        home.address = address_line(new.said.address)
        yield home


def address_line(address: htcds.Address) -> str:
    """The address as one line, the way our people write it."""
    place = ", ".join(filter(None, (address.street, address.city, address.province_text)))
    return " ".join(filter(None, (place, address.postal_code, "" if address.country == "KH" else address.country)))


def _consents(new: Newcomer, *, by: User) -> Iterator[Consent]:
    """A list that says she agreed means services and keeping her file; who spoke for a child it does not say."""
    if not new.said.consented:
        return
    giver = ConsentGiver.CAREGIVER if new.survivor.age_band in policy.UNDER_15 else ConsentGiver.SELF
    at = timezone.make_aware(datetime.combine(new.began_on, time(9)))
    for purpose in sorted(policy.NEEDED_CONSENTS):
        consent = Consent(code=new_code("CS"), file=new.file, alias=new.alias, purpose=purpose, answer=ConsentAnswer.GIVEN,
                          giver=giver, form=ConsentForm.WRITTEN, language="khm", recorded_by=by, recorded_at=at)
        consent.note = _("As stated in the imported workbook.")
        yield consent


def _account(row: htcds.Row) -> str | None:
    """Every other column under its label, so that nothing of the workbook is lost."""
    lines = [f"{column.label}: {_written(column, row.values[column.field])}" for column in by_label().values()
             if column.field in row.values and not column.field.startswith(KEPT_ELSEWHERE)]
    return "\n".join(lines) or None


def _written(column: Column, value: htcds.Value) -> str:
    if column.kind in ("code", "codes"):
        codes = value if isinstance(value, tuple) else (str(value),)
        return "; ".join(label(column.field, code) for code in codes)
    return str(value)
