"""What a column is called and what stands in it, in the language of the reader: for the pages about who changed what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ijm.bridges import CODES
from ijm.reference import lists
from ijm.roles.table import Open
from ijm.web import words
from ijm.web.approximate import ApproximateDay

LABELS: dict[str, Promise] = {
    "acts": _("Act"), "age_band": _("Age"), "answer": _("Answer"), "answered_at": _("Answered"),
    "answered_by": _("Answered by"), "approved_at": _("Approved"), "approved_by": _("Approved by"),
    "assessed_at": _("Assessed"), "assessed_by": _("Assessed by"), "at": _("When"), "began_on": _("Since"),
    "cancelled_at": _("Cancelled"), "channel": _("How it reached us"), "checks": _("Checks"),
    "compensation_khr": _("Compensation, riel"), "compensation_usd": _("Compensation, US dollars"),
    "concluded_at": _("Concluded"), "court": _("Court"), "expected_children": _("Children expected"),
    "expected_persons": _("Persons expected"), "exploitation": _("Form of exploitation"), "filed_on": _("Filed"),
    "ends_at": _("Ends"), "sponsor": _("Who answers for her"),
    "form_of_exploitation": _("Form of exploitation"), "information_grade": _("Grade of the information"),
    "is_active": _("May sign in"), "is_aggravated": _("Aggravated"), "is_child": _("A child"),
    "is_child_involved": _("A child among them"), "is_mistaken": _("Recorded by mistake"), "is_small": _("Small office"),
    "is_suspended": _("Suspended"), "kind": _("Kind"), "language": _("Language"), "languages": _("Speaks"),
    "lead": _("Lead"), "means": _("Means"), "measures": _("Protection asked for"), "name": _("Name"),
    "name_en": _("Name in English"), "name_km": _("Name in Khmer"), "occurred": _("When it happened"),
    "offence": _("Offence"), "office": _("Office"), "opened_at": _("Opened"), "outcome": _("Outcome"),
    "people_affected": _("People affected"), "placement": _("Kind of place"), "planned_at": _("Planned"),
    "planned_by": _("Planned by"), "province": _("Province"), "purposes": _("Purpose"), "received_at": _("Received"),
    "recorded_at": _("Recorded"), "recorded_by": _("Recorded by"), "referred_at": _("Referred"),
    "referred_by": _("Referred by"), "returned_on": _("Returned"), "risk": _("Risk"),
    "role_in_process": _("Part in what happened"), "sentence_months": _("Sentence in months"), "sex": _("Sex"),
    "since_on": _("Since"), "source_grade": _("Grade of the source"), "stage": _("Stage"), "stage_since": _("Stage since"),
    "state": _("State"), "state_since": _("State since"), "state_since_on": _("State since"),
    "supported_by": _("Supported by"), "taken_by": _("Taken by"), "until_on": _("Until"), "urgency": _("Danger now"),
    "arranged_at": _("Arranged"), "arranged_by": _("Arranged by"), "companion": _("Goes along"), "days": _("Days"),
    "expires_at": _("Ends"), "form": _("How it was given"), "from_at": _("From"), "giver": _("Who answered"),
    "handed_over_at": _("Handed over"), "hearing_at": _("Hearing"), "is_allowed": _("May be contacted"),
    "needs": _("What is needed"), "proposed_by": _("Proposed by"), "purpose": _("Purpose"), "review_on": _("Ask again on"),
    "revoked_at": _("Taken back"), "revoked_by": _("Taken back by"), "role": _("Role"), "script": _("Script"),
    "starts_at": _("Begins"), "until_at": _("Until"), "user": _("Person"), "ways": _("Ways to reach them"),
    "asked_at": _("Asked"), "asked_by": _("Asked by"), "basis": _("Why"), "certificate": _("Certificate"),
    "done_at": _("Keys destroyed"), "effective_on": _("The last backup of a key expires"), "keys": _("Number of keys"),
    "lifted_at": _("Lifted"), "lifted_by": _("Lifted by"), "placed_at": _("Placed"), "placed_by": _("Placed by"),
    "reason": _("Why"), "refused_at": _("Refused"), "refused_by": _("Refused by"),
    "set_at": _("Set"), "set_by": _("Set by"), "until": _("Until"), "stands_from": _("Stands since"),
    "username": _("Signs in as"), "email": _("Email address"), "worker": _("Worker"), "how": _("How"),
    "about": _("What it is"), "media": _("Kind of file"), "size": _("Size in bytes"), "stored": _("Size as it lies, in bytes"),
    "decided_at": _("Decided"), "decided_by": _("Decided by"), "digest": _("Fingerprint of the thing"),
    "sha256": _("Fingerprint"), "storage": _("Where it lies"), "added_at": _("Attached"), "added_by": _("Attached by"),
}
KINDS: dict[str, Promise] = {
    "people.Person": _("Person"), "people.Name": _("Name"), "people.Identifier": _("Number of theirs"),
    "people.Consent": _("Consent"), "aftercare.Residence": _("Residence"), "aftercare.CourtSupport": _("Court support"),
    "aftercare.SafeContact": _("How to reach them safely"), "investigations.Incident": _("Incident"),
    "investigations.Suspect": _("Suspect"), "investigations.RescueOperation": _("Rescue operation"),
    "investigations.RescuedPerson": _("Rescued person"), "prosecutions.Accused": _("Accused"),
    "prosecutions.VictimWitness": _("Victim-witness"), "prosecutions.Charge": _("Charge"),
    "prosecutions.Hearing": _("Hearing"), "prosecutions.Verdict": _("Verdict"), "aftercare.Survivor": _("Survivor"),
    "accounts.RoleGrant": _("Role"), "accounts.Office": _("Office"), "accounts.User": _("Colleague"),
    "casefiles.CaseFile": _("Case file"), "casefiles.CaseAccess": _("Place on the file"),
    "casefiles.RosterLine": _("Line of the roster"), "casefiles.Transfer": _("Transfer to another office"),
    "accounts.Waiver": _("Exception of a small office"), "people.Alias": _("Code"),
    "notices.Notice": _("Notices"), "notices.Reminder": _("Reminders"), "documents.Paper": _("Paper"),
    "reports.Import": _("Import"), "erasures.Erasure": _("Erasure"), "erasures.LegalHold": _("Legal hold"),
    "aftercare.Referral": _("Referral"), "investigations.Tip": _("Tip"), "investigations.Investigation": _("Investigation"),
    "prosecutions.Prosecution": _("Prosecution"), "audit.Flag": _("Flag"), "audit.Finding": _("Finding"),
    "audit.Package": _("Package"), "approvals.Request": _("Request"),
    "casefiles.Wall": _("Wall"), "casefiles.Seal": _("Name on the list of a sealed file"),
    "documents.StoredFile": _("Attached file"), "documents.Measurement": _("Measurement"),
}
POINTS_AT = ("accounts", "reference")
LISTS = {"form_of_exploitation": "vic_TypeOfExploitation", "exploitation": "vic_TypeOfExploitation",
         "role_in_process": "per_RoleInProcess", "languages": "language", "language": "language"}


def shown(field: models.Field[Any, Any]) -> bool:
    """Whether a page about changes names this column: what is open and means something to a reader."""
    if field.name not in LABELS:  # an unlisted column is left out, so that a new secret is never shown by forgetting
        return False
    return not field.remote_field or field.remote_field.model._meta.app_label in POINTS_AT


def label(name: str) -> str:
    """What a column is called."""
    return str(LABELS[name])


def kind(model: type[models.Model]) -> str:
    """What sort of row it is."""
    return str(KINDS.get(model._meta.label) or str(model._meta.verbose_name).capitalize())


def sealed_label(compartment: str) -> str:
    """What a compartment is called."""
    return str(Open(compartment).label) if compartment in Open else compartment


@cache
def _codes(column: str) -> type[models.TextChoices] | None:
    return import_string(CODES[column]) if column in CODES else None


def value(field: models.Field[Any, Any], raw: Any, people: Mapping[Any, Any]) -> str:
    """What stands in a column, in words; `people` holds the rows that columns point at, by key."""
    if raw in (None, "", []):
        return ""
    if field.remote_field:
        return str(people.get(raw, raw))
    if field.choices:
        return str(dict(field.flatchoices).get(raw, raw))
    if isinstance(raw, bool):
        return gettext("yes") if raw else gettext("no")
    return _plain(field, raw)


def _plain(field: models.Field[Any, Any], raw: Any) -> str:
    if isinstance(raw, dt.datetime):
        return words.moment(raw)
    if isinstance(raw, dt.date):
        return words.day(raw)
    if field.name == "occurred":
        return ApproximateDay.read(str(raw)).spoken()
    if isinstance(raw, int | dt.time):
        return words.number(raw)
    parts = raw if isinstance(raw, list) else str(raw).split(",") if field.name == "languages" else [raw]
    return ", ".join(_word(field, str(part)) for part in parts)


def _word(field: models.Field[Any, Any], code: str) -> str:
    closed = _codes(f"{field.model._meta.app_label}.{field.model._meta.object_name}.{field.name}")
    if closed is not None:
        return str(dict(closed.choices).get(code, code))
    if field.name == "province":
        return dict(lists.provinces()).get(code, code)
    return lists.label(LISTS[field.name], code) if field.name in LISTS else code
