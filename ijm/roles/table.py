"""The ten roles: what each may do, which compartments each may open, in which wings each may stand on a file.

This table is the policy: pages, actions, row-level security, the permission page and the tests read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A duty that a person holds in an office for a time."""

    HOTLINE = "HOTLINE", _("Hotline officer")
    INVESTIGATOR = "INVESTIGATOR", _("Investigator")
    INVESTIGATION_SUPERVISOR = "INVESTIGATION_SUPERVISOR", _("Investigation supervisor")
    CARE_WORKER = "CARE_WORKER", _("Aftercare social worker")
    CARE_SUPERVISOR = "CARE_SUPERVISOR", _("Aftercare supervisor")
    LIAISON = "LIAISON", _("Prosecution liaison")
    PARTNER = "PARTNER", _("Partner guest")
    AUDITOR = "AUDITOR", _("Auditor")
    DATA_PROTECTION = "DATA_PROTECTION", _("Data-protection officer")
    ADMINISTRATOR = "ADMINISTRATOR", _("System administrator")


class Kind(TextChoices):
    """A case file belongs to one wing; its kind says which."""

    INTAKE = "intake", _("Intake")
    INVESTIGATION = "investigation", _("Investigation")
    CARE = "care", _("Care")
    PROSECUTION = "prosecution", _("Prosecution")


class Open(TextChoices):
    """A compartment: encryption key, reading permission and unit of the answer to "who has seen"."""

    IDENTITY = "identity", _("Identity")
    WHEREABOUTS = "whereabouts", _("Whereabouts")
    CLINICAL = "clinical", _("Clinical")
    INTELLIGENCE = "intelligence", _("Intelligence")
    SOURCE = "source", _("Source")
    WITNESS = "witness", _("Witness")
    LEGAL = "legal", _("Legal")
    NARRATIVE = "narrative", _("Narrative")


class Can(TextChoices):
    """One thing a role may do, in the words of the page where it is done."""

    TIP_TAKE = "TIP_TAKE", _("Take a tip")
    TIP_ASSESS = "TIP_ASSESS", _("Assess a tip and open an investigation from it")
    INVESTIGATION_WORK = "INVESTIGATION_WORK", _("Work on an investigation file: incidents and suspects")
    INVESTIGATION_REFER = "INVESTIGATION_REFER", _("Refer an investigation to prosecution")
    RESCUE_PLAN = "RESCUE_PLAN", _("Plan a rescue operation")
    RESCUE_APPROVE = "RESCUE_APPROVE", _("Approve a rescue operation planned by someone else")
    RESCUE_CONCLUDE = "RESCUE_CONCLUDE", _("Conclude a rescue operation and hand over the rescued persons")
    REFERRAL_TAKE_IN = "REFERRAL_TAKE_IN", _("Take a referred person in, with her consent")
    SURVIVOR_CARE = "SURVIVOR_CARE", _("Work on a care file")
    RESIDENCE_MOVE = "RESIDENCE_MOVE", _("Record where a survivor lives")
    CONSENT_RECORD = "CONSENT_RECORD", _("Record a consent")
    COURT_SUPPORT = "COURT_SUPPORT", _("Arrange court support for a survivor")
    CHARGE_FILE = "CHARGE_FILE", _("File a charge")
    HEARING_SCHEDULE = "HEARING_SCHEDULE", _("Schedule a hearing")
    VERDICT_RECORD = "VERDICT_RECORD", _("Record a verdict and sentence")
    RECORDS_IMPORT = "RECORDS_IMPORT", _("Bring in existing records from a workbook")
    RECORDS_EXPORT = "RECORDS_EXPORT", _("Ask for the records of one's own files as a workbook")
    EXPORT_APPROVE = "EXPORT_APPROVE", _("Approve a workbook of records asked for by someone else")
    PACKAGE_ASK = "PACKAGE_ASK", _("Ask for a package for a court about a record of one's own files")
    PACKAGE_AGREE = "PACKAGE_AGREE", _("Agree to a package for a court asked for by someone else")
    ERASURE_ASK = "ERASURE_ASK", _("Ask that a survivor be forgotten")
    ERASURE_APPROVE = "ERASURE_APPROVE", _("Approve an erasure asked for by someone else")
    HOLD_PLACE = "HOLD_PLACE", _("Place and lift a legal hold on a person's records")
    FILE_GRANT = "FILE_GRANT", _("Put a colleague on a file")
    FILE_TRANSFER = "FILE_TRANSFER", _("Ask that a file of one's office go to another office")
    TRANSFER_AGREE = "TRANSFER_AGREE", _("Agree that a file goes to another office")
    WALL_SET = "WALL_SET", _("Keep a colleague from a file or a person: a wall for a conflict of interest")
    WALL_LIFT = "WALL_LIFT", _("Agree that a wall is lifted, or a sealed file shown to one more, asked for by someone else")
    FILE_SEAL = "FILE_SEAL", _("Seal a file for a list of people")
    ROLE_PROPOSE = "ROLE_PROPOSE", _("Propose a role for someone")
    ROLE_APPROVE = "ROLE_APPROVE", _("Approve a role proposed by someone else")
    BUDGET_ASK = "BUDGET_ASK", _("Ask for two more hours when a budget of one's own is spent")
    BUDGET_UNLOCK = "BUDGET_UNLOCK", _("Give a colleague who came to the end of a budget two more hours")
    DOWNLOADS_HALT = "DOWNLOADS_HALT", _("Stop all downloads and exports at once")
    DECOY_MAKE = "DECOY_MAKE", _("Make a decoy file that gives alarm when it is opened")
    AUDIT_ASK = "AUDIT_ASK", _("Ask who has seen a record, without its content")
    RULE_CONFIRM = "RULE_CONFIRM", _("Record that a lawyer confirmed a rule of law")
    KEYS_AGREE = "KEYS_AGREE", _("Agree to a change of keys asked for by someone else")
    OFFICE_RUN = "OFFICE_RUN", _("Run the system: accounts, offices, jobs; no content")


@dataclass(frozen=True)
class Row:
    """One line of the role table."""

    about: Promise
    can: frozenset[Can] = frozenset()
    opens: frozenset[Open] = frozenset()
    stands: frozenset[Kind] = frozenset()
    excludes: frozenset[Role] = frozenset()


INVESTIGATION_KINDS = frozenset({Kind.INTAKE, Kind.INVESTIGATION})
CONTENT = frozenset(set(Role) - {Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR, Role.PARTNER})
CARE = frozenset({Role.CARE_WORKER, Role.CARE_SUPERVISOR})
INVESTIGATION = frozenset({Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR})
INTERNAL = frozenset(set(Role) - {Role.PARTNER})

TABLE: dict[Role, Row] = {
    Role.HOTLINE: Row(
        _("Answers the hotline and takes tips; reads the tips she took."),
        frozenset({Can.TIP_TAKE}),
        frozenset({Open.NARRATIVE, Open.SOURCE}),
        frozenset({Kind.INTAKE}),
    ),
    Role.INVESTIGATOR: Row(
        _("Works the investigation files she is put on: incidents, suspects, rescue operations."),
        frozenset({Can.TIP_TAKE, Can.INVESTIGATION_WORK, Can.INVESTIGATION_REFER, Can.RESCUE_PLAN,
                   Can.RESCUE_CONCLUDE, Can.PACKAGE_ASK, Can.FILE_SEAL}),
        frozenset({Open.IDENTITY, Open.INTELLIGENCE, Open.SOURCE, Open.NARRATIVE}),
        INVESTIGATION_KINDS,
        CARE | {Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR, Role.PARTNER},
    ),
    Role.INVESTIGATION_SUPERVISOR: Row(
        _("Assesses tips, supervises the investigations of an office, approves rescue operations of others."),
        frozenset({Can.TIP_TAKE, Can.TIP_ASSESS, Can.INVESTIGATION_WORK, Can.INVESTIGATION_REFER, Can.RESCUE_PLAN,
                   Can.RESCUE_APPROVE, Can.RESCUE_CONCLUDE, Can.FILE_GRANT, Can.PACKAGE_ASK, Can.PACKAGE_AGREE,
                   Can.FILE_TRANSFER, Can.BUDGET_UNLOCK,
                   Can.WALL_SET, Can.FILE_SEAL}),
        frozenset({Open.IDENTITY, Open.INTELLIGENCE, Open.SOURCE, Open.NARRATIVE}),
        INVESTIGATION_KINDS,
        CARE | {Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR, Role.PARTNER},
    ),
    Role.CARE_WORKER: Row(
        _("Walks with the survivors whose care files she is put on."),
        frozenset({Can.REFERRAL_TAKE_IN, Can.SURVIVOR_CARE, Can.RESIDENCE_MOVE, Can.CONSENT_RECORD, Can.COURT_SUPPORT,
                   Can.RECORDS_EXPORT, Can.ERASURE_ASK, Can.PACKAGE_ASK, Can.FILE_SEAL}),
        frozenset({Open.IDENTITY, Open.WHEREABOUTS, Open.NARRATIVE}),
        frozenset({Kind.CARE}),
        INVESTIGATION | {Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR, Role.PARTNER},
    ),
    Role.CARE_SUPERVISOR: Row(
        _("Supervises the care of an office, receives referrals, puts workers on files."),
        frozenset({Can.REFERRAL_TAKE_IN, Can.SURVIVOR_CARE, Can.RESIDENCE_MOVE, Can.CONSENT_RECORD, Can.COURT_SUPPORT,
                   Can.FILE_GRANT, Can.RECORDS_IMPORT, Can.RECORDS_EXPORT, Can.EXPORT_APPROVE, Can.ERASURE_ASK,
                   Can.ERASURE_APPROVE, Can.PACKAGE_ASK, Can.PACKAGE_AGREE, Can.FILE_TRANSFER, Can.BUDGET_UNLOCK,
                   Can.WALL_SET, Can.FILE_SEAL}),
        frozenset({Open.IDENTITY, Open.WHEREABOUTS, Open.CLINICAL, Open.NARRATIVE}),
        frozenset({Kind.CARE}),
        INVESTIGATION | {Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR, Role.PARTNER},
    ),
    Role.LIAISON: Row(
        _("Carries cases through court: charges, hearings, verdicts."),
        frozenset({Can.CHARGE_FILE, Can.HEARING_SCHEDULE, Can.VERDICT_RECORD, Can.RULE_CONFIRM, Can.HOLD_PLACE,
                   Can.FILE_TRANSFER, Can.PACKAGE_ASK, Can.PACKAGE_AGREE,
                   Can.WALL_SET, Can.FILE_SEAL}),
        frozenset({Open.IDENTITY, Open.LEGAL, Open.WITNESS, Open.NARRATIVE}),
        frozenset({Kind.PROSECUTION}),
        frozenset({Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR, Role.PARTNER}),
    ),
    Role.PARTNER: Row(
        _("A guest of another organisation; sees only what is referred to her."),
        excludes=INTERNAL,
    ),
    Role.AUDITOR: Row(
        _("Asks who saw and changed what, when and why; reads no content."),
        frozenset({Can.AUDIT_ASK, Can.PACKAGE_ASK}),
        excludes=frozenset(set(Role) - {Role.AUDITOR}),
    ),
    Role.DATA_PROTECTION: Row(
        _("Guards the rights of the persons in the files; approves roles; reads no content."),
        frozenset({Can.ROLE_APPROVE, Can.AUDIT_ASK, Can.EXPORT_APPROVE, Can.RULE_CONFIRM, Can.ERASURE_ASK,
                   Can.ERASURE_APPROVE, Can.HOLD_PLACE, Can.PACKAGE_AGREE, Can.KEYS_AGREE,
                   Can.BUDGET_UNLOCK, Can.DOWNLOADS_HALT, Can.DECOY_MAKE, Can.TRANSFER_AGREE,
                   Can.WALL_SET, Can.WALL_LIFT, Can.FILE_SEAL}),
        excludes=CONTENT | {Role.PARTNER, Role.AUDITOR, Role.ADMINISTRATOR},
    ),
    Role.ADMINISTRATOR: Row(
        _("Keeps the system running; proposes roles, never approves them; reads no content."),
        frozenset({Can.OFFICE_RUN, Can.ROLE_PROPOSE, Can.KEYS_AGREE, Can.DOWNLOADS_HALT}),
        excludes=frozenset(set(Role) - {Role.ADMINISTRATOR}),
    ),
}
EVERYBODY = frozenset({Can.BUDGET_ASK})
TABLE = {role: replace(row, can=row.can | EVERYBODY) for role, row in TABLE.items()}

# The only exclusions that a small office may do without, one pair of roles each; everything else holds everywhere.
WAIVABLE: frozenset[tuple[Role, Role]] = frozenset((min(pair), max(pair)) for pair in product(INVESTIGATION, CARE))

WING_SUPERVISORS: dict[Kind, tuple[Role, ...]] = {
    Kind.INTAKE: (Role.INVESTIGATION_SUPERVISOR,),
    Kind.INVESTIGATION: (Role.INVESTIGATION_SUPERVISOR,),
    Kind.CARE: (Role.CARE_SUPERVISOR,),
    Kind.PROSECUTION: (Role.LIAISON,),
}


def may(roles: Iterable[str], what: Can) -> bool:
    """Whether any of the roles may do this; unknown role codes may nothing."""
    return any(what in TABLE[Role(role)].can for role in roles if role in TABLE)


def opens(roles: Iterable[str], compartment: str) -> bool:
    """Whether any of the roles may open values of this compartment; unknown role codes open nothing."""
    return any(compartment in TABLE[Role(role)].opens for role in roles if role in TABLE)


def standing_on(kind: str) -> list[Role]:
    """The roles whose holders may stand on files of this kind."""
    return [role for role, row in TABLE.items() if kind in row.stands]


def who_can(what: Can) -> tuple[Role, ...]:
    """The roles that may do this, in the order of the table."""
    return tuple(role for role, row in TABLE.items() if what in row.can)


def who_opens(compartment: str) -> tuple[Role, ...]:
    """The roles that may open values of this compartment, in the order of the table."""
    return tuple(role for role, row in TABLE.items() if compartment in row.opens)


def exclusions() -> set[tuple[Role, Role]]:
    """Every pair of roles that one person may not hold at a time, in both orders."""
    one_way = {(role, other) for role, row in TABLE.items() for other in row.excludes if other != role}
    return one_way | {(other, role) for role, other in one_way}
