"""Bringing an office's existing survivors in, by the same actions that its people use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.actions import consents, residences, survivors
from aftercare.models import Placement, Survivor
from aftercare.states import Event, SurvivorState
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.people.models import (
    AgeBand,
    Alias,
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
from ijm.reports import htcds
from ijm.reports.htcds.columns import Column, by_label
from ijm.roles.decisions import require
from ijm.roles.table import Kind
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

Progress = Callable[[int, int], None]
AGES = ((12, AgeBand.CHILD_0_11), (15, AgeBand.CHILD_12_14), (18, AgeBand.CHILD_15_17), (25, AgeBand.ADULT_18_24),
        (35, AgeBand.ADULT_25_34), (50, AgeBand.ADULT_35_49))
STEPS = {
    "FollowUp": (SurvivorState.FOLLOWED_UP,),
    "Closed": (SurvivorState.FOLLOWED_UP, SurvivorState.CLOSED),
    "ClosedReferred": (SurvivorState.FOLLOWED_UP, SurvivorState.CLOSED),
}
KEPT_ELSEWHERE = ("prs_", "con_", "cas_Status", "cas_IncomingReferralDate")
SEXES = {"female": Sex.FEMALE, "male": Sex.MALE}


def import_people(rows: Sequence[htcds.Row], *, by: User, progress: Progress) -> int:
    """A survivor with her care file for each row, all in the caller's transaction; says how many."""
    require(policy.may_import(by))
    with entry(Event.PEOPLE_IMPORTED, by=by, about=None, why=Purpose.IMPORT) as made:
        made.parts["q"] = {"count": len(rows)}
        for done, row in enumerate(rows, start=1):
            _import(row, by=by)
            progress(done, len(rows))
    return len(rows)


def _import(row: htcds.Row, *, by: User) -> None:
    said = htcds.as_person(row)
    began_on = min(said.referred_on or timezone.localdate(), timezone.localdate())
    alias = _register(said, by=by)
    survivor = Survivor(file=alias.file, alias=alias, sex=_sex(said), age_band=age_band(said.birth))
    survivor.account = _account(row)
    survivors.begin(survivor, by=by, worker=_worker(said.case_owner, by), began_on=began_on)
    if said.address is not None:
        residences.move(survivor, by=by, placement=Placement.UNKNOWN, address=_address(said.address),
                        since_on=began_on)
    _consent(survivor, said, began_on, by=by)
    for state in STEPS.get(said.case_status, ()):
        survivors.advance(survivor, by=by, to=state)


def _register(said: htcds.Person, *, by: User) -> Alias:
    """Her place in the register, and a care file of her own."""
    person = Person(**_identity(said))
    file = grants.open_file(Kind.CARE, by=by)
    with entry(Event.PEOPLE_IMPORTED, by=by, about=file, why=Purpose.IMPORT):
        person.save()
        alias = Alias.begin(person, prefix="SV", wing=Wing.AFTERCARE, file=file, opens_identity=True)
        Name.objects.bulk_create(_names(person, said))
        Identifier.objects.bulk_create(_identifiers(person, said))
    return alias


def _identity(said: htcds.Person) -> dict[str, str | None]:
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
    return next((band for limit, band in AGES if age < limit), AgeBand.ADULT_50)


def _precision(born: htcds.PartialDay | None) -> str | None:
    if born is None:
        return None
    return "day" if born.day else "month" if born.month else "year"


def _worker(owner: str, by: User) -> User:
    """The care worker whom the workbook names as owner of the case, else whoever imports."""
    named = policy.care_workers(by.office).filter(name__iexact=owner).first() if owner else None
    return named or by


def _address(address: htcds.Address) -> str:
    place = ", ".join(filter(None, (address.street, address.city, address.province_text)))
    return " ".join(filter(None, (place, address.postal_code, "" if address.country == "KH" else address.country)))


def _consent(survivor: Survivor, said: htcds.Person, on: date, *, by: User) -> None:
    """A workbook that says she agreed means services and keeping her file; who spoke for a child it does not say."""
    if not said.consented:
        return
    giver = ConsentGiver.CAREGIVER if survivor.age_band in policy.UNDER_15 else ConsentGiver.SELF
    at = timezone.make_aware(datetime.combine(on, time(9)))
    for purpose in sorted(policy.NEEDED_CONSENTS):
        consents.record(survivor, by=by, said=consents.Said(
            purpose, ConsentAnswer.GIVEN, giver, ConsentForm.WRITTEN, at=at,
            note=_("As stated in the imported workbook.")))


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
