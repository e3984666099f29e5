"""The survivors of somebody's files in the words of the HTCDS workbook.

What a former record said stays as it was said, as long as nothing here says otherwise; what was changed since is taken
from here. So a list that was brought in leaves as the same list.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from aftercare import policy
from aftercare.imports import STEPS, address_line
from aftercare.models import Residence, Survivor
from aftercare.states import SurvivorState
from ijm.accounts.models import User
from ijm.budgets import decoys
from ijm.people.models import Consent, ConsentAnswer, Identifier, IdentifierKind, Name, Person
from ijm.reports import former, htcds
from ijm.reports.models import Former
from ijm.vault.disclosure import disclose

AT_ONCE = 100
STATUS = {SurvivorState.IN_CARE: "Active", SurvivorState.FOLLOWED_UP: "FollowUp", SurvivorState.CLOSED: "Closed"}
Values = dict[str, htcds.Value]


@dataclass
class Facts:
    """What the house knows of one survivor now."""

    survivor: Survivor
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    identity: Mapping[str, Any] = field(default_factory=dict)
    phones: list[str] = field(default_factory=list)
    email: str = ""
    address: str = ""
    account: str = ""
    consents: dict[str, str] = field(default_factory=dict)


def people(which: str, *, by: User) -> Iterator[Values]:
    """One row for each survivor on her files, in portions whose every opening is recorded first."""
    rows = policy.visible_survivors(by).order_by("began_on", "code")
    chosen = rows.filter(state=which) if which in SurvivorState.values else rows
    real = decoys.real([one.file_id for one in chosen])
    source = iter([one for one in chosen if one.file_id in real])
    while part := list(islice(source, AT_ONCE)):
        before = former.opened(Former.objects.filter(file__in=[one.file_id for one in part]).select_related("alias"), to=by)
        for facts in _facts(part, by):
            yield merged(before.get(facts.survivor.file_id), facts)


def _facts(part: list[Survivor], by: User) -> list[Facts]:
    """Everything about these survivors, with one look at each kind of record."""
    found = {one.alias.person_id: Facts(one) for one in part}
    _registered(found, by)
    _lived(found, part, by)
    for row in Consent.objects.filter(alias__in=[one.alias_id for one in part]).select_related("alias"):
        found[row.alias.person_id].consents[row.purpose] = row.answer
    for pk, shown in disclose(part, "account", to=by).items():
        survivor = next(one for one in part if one.pk == pk)
        found[survivor.alias.person_id].account = str(shown["account"] or "")
    return list(found.values())


def _registered(found: dict[uuid.UUID, Facts], by: User) -> None:
    names = list(Name.objects.filter(person__in=found, kind="legal").order_by("id"))
    opened: Any = disclose(names, "family", "given", to=by)
    for name in names:
        said = opened[name.pk]
        found[name.person_id].names.setdefault(name.script, (said["family"] or "", said["given"] or ""))
    for pk, identity in disclose(Person.objects.filter(pk__in=found), "born_on", "nationality", "sex_at_record", to=by).items():
        found[pk].identity = identity
    numbers = list(Identifier.objects.filter(person__in=found))
    values: Any = disclose(numbers, "value", to=by)
    for number in numbers:
        value = values[number.pk]["value"] or ""
        if number.kind == IdentifierKind.PHONE:
            found[number.person_id].phones.append(value)
        elif "@" in value:
            found[number.person_id].email = value


def _lived(found: dict[uuid.UUID, Facts], part: list[Survivor], by: User) -> None:
    homes = list(Residence.objects.filter(survivor__in=part, until_on__isnull=True).select_related("survivor__alias"))
    opened: Any = disclose(homes, "address", to=by)
    for home in homes:
        found[home.survivor.alias.person_id].address = opened[home.pk]["address"] or ""


def merged(before: Mapping[str, htcds.Value] | None, now: Facts) -> Values:
    """The row: what was said before, but for what has changed."""
    said = htcds.as_person(htcds.Row(0, before or {}))
    made: Values = dict(before or {})
    for change in (_name, _born, _who, _reached, _where, _consent, _case):
        for name, value in change(said, now, before is None).items():
            made.pop(name, None)
            if value not in (None, "", ()):
                made[name] = value
    return made


def _name(said: htcds.Person, now: Facts, fresh: bool) -> dict[str, Any]:
    if {name.script: (name.family, name.given) for name in said.names} == now.names:
        return {}
    scripts = [now.names[script] for script in ("km", "latn") if script in now.names]
    return {"prs_SecondName": " / ".join(family for family, _given in scripts if family),
            "prs_FirstName": " / ".join(given for _family, given in scripts if given)}


def _born(said: htcds.Person, now: Facts, fresh: bool) -> dict[str, Any]:
    born = str(now.identity.get("born_on") or "").lstrip("~")
    if born == str(said.birth or ""):
        return {}
    parts = [int(part) for part in born.split("-") if part.isdecimal()]
    return {"prs_Birthdate": htcds.PartialDay(*parts) if parts else None}


def _who(said: htcds.Person, now: Facts, fresh: bool) -> dict[str, Any]:
    nationality, gender = now.identity.get("nationality") or "", now.identity.get("sex_at_record") or ""
    found: dict[str, Any] = {}
    if nationality != " ".join(said.citizenships):
        found["prs_Citizenship"] = tuple(code for code in nationality.split() if len(code) == 2)
    if gender != said.gender:
        found["prs_Gender"] = gender
    elif fresh:
        found["prs_Gender"] = {"female": "Feminine", "male": "Masculine"}.get(now.survivor.sex, "")
    return found


def _reached(said: htcds.Person, now: Facts, fresh: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if set(now.phones) != set(said.phones):
        found |= dict(zip(("prs_MobilePhone", "prs_HomePhone"), (*now.phones, "", "")[:2], strict=True))
    if now.email != said.email:
        found["prs_Email"] = now.email
    return found


def _where(said: htcds.Person, now: Facts, fresh: bool) -> dict[str, Any]:
    if now.address == (address_line(said.address) if said.address else ""):
        return {}
    gone = dict.fromkeys(("prs_MailingCity", "prs_MailingState", "prs_MailingPostalCode", "prs_MailingCountry"), "")
    return {**gone, "prs_MailingStreet": " ".join(now.address.split())[:200]}


def _consent(said: htcds.Person, now: Facts, fresh: bool) -> dict[str, Any]:
    answers = {now.consents.get(purpose) for purpose in policy.NEEDED_CONSENTS}
    if answers == {ConsentAnswer.GIVEN}:
        return {} if said.consented else {"con_Consent": True}
    if answers & {ConsentAnswer.REFUSED, ConsentAnswer.WITHDRAWN}:
        return {"con_Consent": False}
    return {}


def _case(said: htcds.Person, now: Facts, fresh: bool) -> dict[str, Any]:
    survivor, found = now.survivor, dict[str, Any]()
    came_as = (STEPS.get(said.case_status) or (SurvivorState.IN_CARE,))[-1]
    if fresh or came_as != survivor.state:
        found["cas_Status"] = STATUS[SurvivorState(survivor.state)]
    worker, opener = survivor.worker, survivor.file.opened_by_id
    same_worker = worker.name.casefold() == said.case_owner.casefold() or worker.pk == opener
    if fresh or not same_worker:
        found["cas_CaseOwner"] = worker.name
    if fresh:
        found["cas_IncomingReferralDate"] = survivor.began_on
    if now.account and (fresh or survivor.narrative_rev > 1):
        found["cas_IncomingReferralDetails"] = now.account[:10_000]
    return found


__all__ = ("Facts", "merged", "people")
