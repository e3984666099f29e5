"""What a row of the workbook means for an aftercare intake, in the words of the house."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from ijm.reference.tables import rows
from ijm.reports.htcds.columns import by_label
from ijm.reports.htcds.days import PartialDay
from ijm.reports.htcds.reading import Row

Script = Literal["km", "latn"]

_KHMER: Final = re.compile("[\u1780-\u17ff]")
_SEX: Final = MappingProxyType({"Feminine": "female", "Masculine": "male"})


@dataclass(frozen=True)
class PersonName:
    """One form of a name in one script; family name first, and either part may be unknown."""

    script: Script
    family: str
    given: str

    def __str__(self) -> str:
        return f"{self.family} {self.given}".strip()


@dataclass(frozen=True)
class Address:
    """An address as written, with the province's code where its name was recognised."""

    street: str
    city: str
    province: str | None
    province_text: str
    postal_code: str
    country: str


@dataclass(frozen=True)
class Person:
    """A survivor as a workbook describes her; codes are those of HTCDS, empty means not said."""

    number: int
    names: tuple[PersonName, ...]
    gender: str
    sex: str
    birth: PartialDay | None
    citizenships: tuple[str, ...]
    salutation: str
    title: str
    phones: tuple[str, ...]
    email: str
    address: Address | None
    consented: bool | None
    trafficking_status: str
    decided_by: str
    exploitation: tuple[str, ...]
    sex_exploitation: tuple[str, ...]
    industry: str
    control: tuple[str, ...]
    recruitment: tuple[str, ...]
    recruited_at: str
    exploited_at: str
    case_status: str
    case_owner: str
    referred_by: str
    referring_worker: str
    referred_on: date | None
    referral_reason: str
    referred_to: str
    receiving_worker: str
    referred_out_on: date | None
    referral_out_reason: str
    closure_reason: str
    narrative: str


def as_person(row: Row) -> Person:
    """Say what a checked row means; a row with problems left in it gives what could be read."""
    said = _Said(row)
    gender = said.text("prs_Gender")
    return Person(
        number=row.number,
        names=_names(said.text("prs_SecondName"), said.text("prs_FirstName")),
        gender=gender,
        sex=_SEX.get(gender, ""),
        birth=said.birth("prs_Birthdate"),
        citizenships=said.codes("prs_Citizenship"),
        salutation=said.text("prs_Salutation"),
        title=said.text("prs_Title"),
        phones=tuple(filter(None, dict.fromkeys(map(said.text, ("prs_MobilePhone", "prs_HomePhone"))))),
        email=said.text("prs_Email"),
        address=_address(said),
        consented=said.yes("con_Consent"),
        trafficking_status=said.text("vic_TraffickingStatus"),
        decided_by=said.text("vic_TraffickingStatusDecisionMakingOrg"),
        exploitation=said.codes("vic_TypeOfExploitation"),
        sex_exploitation=said.codes("vic_TypeOfSexExploitation"),
        industry=said.text("vic_ForcedLabourIndustry"),
        control=said.codes("vic_MethodsOfControl"),
        recruitment=said.codes("vic_MethodOfRecruitment"),
        recruited_at=said.text("vic_LocationOfRecruitment"),
        exploited_at=said.text("vic_LocationOfExploitation"),
        case_status=said.text("cas_Status"),
        case_owner=said.text("cas_CaseOwner"),
        referred_by=said.text("cas_ReferringOrganisation"),
        referring_worker=said.text("cas_ReferringPrimaryCaseWorker"),
        referred_on=said.day("cas_IncomingReferralDate"),
        referral_reason=said.text("cas_ReasonForIncomingReferral"),
        referred_to=said.text("cas_ReferredOrganisation"),
        receiving_worker=said.text("cas_ReferredPrimaryCaseWorker"),
        referred_out_on=said.day("cas_OutgoingReferralDate"),
        referral_out_reason=said.text("cas_ReasonForOutgoingReferral"),
        closure_reason=said.text("cas_ReasonForCaseClosure"),
        narrative=_narrative(said),
    )


@dataclass(frozen=True)
class _Said:
    """The values of a row by what a reader expects of them; what is missing is empty."""

    row: Row

    def text(self, field: str) -> str:
        value = self.row.values.get(field)
        return value if isinstance(value, str) else ""

    def codes(self, field: str) -> tuple[str, ...]:
        value = self.row.values.get(field)
        return value if isinstance(value, tuple) else ()

    def day(self, field: str) -> date | None:
        value = self.row.values.get(field)
        return value if isinstance(value, date) else None

    def birth(self, field: str) -> PartialDay | None:
        value = self.row.values.get(field)
        return value if isinstance(value, PartialDay) else None

    def yes(self, field: str) -> bool | None:
        value = self.row.values.get(field)
        return value if isinstance(value, bool) else None


def _names(family: str, given: str) -> tuple[PersonName, ...]:
    """One name a script: a cell may hold both forms, as `សុខ / Sok`."""
    families, givens = _by_script(family), _by_script(given)
    scripts: tuple[Script, ...] = ("km", "latn")
    return tuple(
        PersonName(script, families.get(script, ""), givens.get(script, ""))
        for script in scripts
        if script in families or script in givens
    )


def _by_script(text: str) -> Mapping[Script, str]:
    parts = [part for part in re.split(r"\s*[/|\n]\s*", text) if part]
    found = {_script(part): part for part in parts}
    if len(found) == len(parts):
        return found
    # Two forms in one script are an alias or a spelling we must not drop: keep the words as they stand.
    whole = " / ".join(parts)
    return {_script(whole): whole} if whole else {}


def _script(text: str) -> Script:
    return "km" if _KHMER.search(text) else "latn"


def _address(said: _Said) -> Address | None:
    parts = {
        "street": said.text("prs_MailingStreet"),
        "city": said.text("prs_MailingCity"),
        "province_text": said.text("prs_MailingState"),
        "postal_code": said.text("prs_MailingPostalCode"),
        "country": said.text("prs_MailingCountry"),
    }
    if not any(parts.values()):
        return None
    here = parts["country"] in ("", "KH")
    return Address(province=_provinces().get(_place_key(parts["province_text"])) if here else None, **parts)


@cache
def _provinces() -> Mapping[str, str]:
    names = {}
    for row in rows("provinces"):
        for spelling in (row["code"], row["iso"], row["name_en"], row["name_km"]):
            names[_place_key(spelling)] = row["code"]
    return MappingProxyType(names)


def _place_key(text: str) -> str:
    plain = text.casefold().translate({ord("é"): "e"})
    plain = re.sub(r"\b(province|capital|city|municipality)\b|^ខេត្ត|^រាជធានី", "", plain)
    return re.sub(r"[\s'\-\u200b]", "", plain)


def _narrative(said: _Said) -> str:
    """The free texts of the row, each under its label."""
    wanted = ("cas_IncomingReferralDetails", "cas_OutgoingReferralDetails")
    labels = {column.field: column.label for column in by_label().values()}
    return "\n\n".join(f"{labels[field]}: {said.text(field)}" for field in wanted if said.text(field))
