"""The auditor's words for the codes in an event. A code nobody listed is shown as it stands, never left out."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ijm.casefiles.models import Source
from ijm.messages import Event
from ijm.roles.table import Open, Role
from ijm.trail.looks import DISCLOSED
from ijm.trail.purposes import Purpose
from ijm.vault.sealed import SealedModel, compartments

ACTS: dict[str, Promise] = {
    DISCLOSED: _("Opened sealed fields"),
    Event.RECORD_SEEN: _("Opened the page"),
    Event.LIST_SEEN: _("Saw it in a list"),
    Event.SEARCHED: _("Found it by a search"),
    Event.SEARCH_TOLD: _("Searched for somebody of another file; its people were told"),
    Event.SEARCH_REFUSED: _("Searched too often"),
    Event.SEARCH_REBUILT: _("Made the index of names and numbers anew"),
    Event.AUDIT_ASKED: _("Asked who has seen it"),
    Event.FILE_OPENED: _("Opened a case file"),
    Event.FILE_LINKED: _("Linked two case files"),
    Event.ACCESS_GRANTED: _("Put a colleague on the file"),
    Event.ACCESS_REVOKED: _("Took a colleague off the file"),
    Event.CONSENT_RECORDED: _("Recorded a consent"),
    Event.NUMBER_ADDED: _("Recorded a number of somebody"),
    Event.DELIVERY_SENT: _("Sent word to another wing"),
    Event.DELIVERY_TAKEN: _("Took up word from another wing"),
    Event.NOTICE_MAILED: _("Was told by mail: codes and links"),
    Event.TELLING_CHOSEN: _("Chose how to be told"),
    Event.REMINDER_SET: _("Set a reminder about it"),
    Event.REMINDER_DONE: _("Finished a reminder about it"),
    Event.REMINDER_PUT_OFF: _("Put a reminder about it off"),
    Event.CALENDAR_MADE: _("Made a secret address for a calendar"),
    Event.CALENDAR_REVOKED: _("Took a calendar's address back"),
    Event.CALENDAR_FETCHED: _("A calendar program fetched code and time"),
    Event.PAPER_ISSUED: _("Made a paper about it"),
    Event.PAPER_FETCHED: _("Fetched a paper"),
    Event.PAPER_CHECKED: _("Checked a paper"),
    Event.STORED_ADDED: _("Attached a file"),
    Event.STORED_DESCRIBED: _("Described an attached file"),
    Event.STORED_FETCHED: _("Downloaded an attached file"),
    Event.STORED_ASKED: _("Asked whether an attached file is unchanged"),
    Event.STORED_MEASURED: _("Measured an attached file: unchanged"),
    Event.STORED_BROKEN: _("Measured an attached file: not what it was"),
    Event.COPY_FORGOTTEN: _("Destroyed a waiting copy"),
    Event.LIST_TAKEN: _("Downloaded it in a list"),
    Event.SHEET_WANTED: _("Asked for a long list"),
    Event.PAGE_PRINTED: _("Printed the page"),
    Event.NOT_THERE: _("Tried to open a hidden page"),
    Event.PAGE_REFUSED: _("Tried to open a page of another role"),
    Event.DRAFT_BEGUN: _("Began a form"),
    Event.DRAFT_RESUMED: _("Went on with a form"),
    Event.DRAFT_DISCARDED: _("Threw an unfinished form away"),
    Event.DRAFT_EXPIRED: _("An unfinished form was thrown away after thirty days"),
    Event.OFFICE_FOUNDED: _("Founded the office"),
    Event.OFFICE_ADDED: _("Added an office"),
    Event.USER_ADDED: _("Added a person"),
    Event.ROLE_PROPOSED: _("Proposed a role"),
    Event.KEYS_ASKED: _("Asked for a change of keys"),
    Event.KEYS_AGREED: _("Agreed to a change of keys"),
    Event.KEYS_DECLINED: _("Refused a change of keys"),
    Event.KEYS_BEGUN: _("Began a change of keys"),
    Event.KEYS_CHANGED: _("Finished a change of keys"),
    Event.KEYS_LEFT: _("Changed keys; something is left"),
    Event.KEYS_ESCROWED: _("Copied the root key into escrow"),
    Event.VAULT_REKEYED: _("The worker sealed it again under a new key; nothing else changed"),
    Event.ROLE_APPROVED: _("Approved a role"),
    Event.ROLE_REVOKED: _("Took a role back"),
    Event.NOTICE_MADE: _("Made a notice"),
    Event.NOTICE_READ: _("Read a notice"),
    Event.SIGNED_IN: _("Signed in"),
    Event.SIGNED_OUT: _("Signed out"),
    Event.SIGN_IN_FAILED: _("Failed to sign in"),
    Event.FACTOR_CHANGED: _("Changed a second factor"),
    Event.DEMO_FILLED: _("Filled the demonstration"),
    Event.BACKUP_MADE: _("Backed the office up"),
    Event.DRILL_HELD: _("Restored a back-up as a trial"),
    "survivor.followed_up": _("Began the follow-up"),
    "survivor.entrusted": _("Entrusted the survivor to another worker"),
    "colleague.added": _("Put a colleague on the file"),
    "court_support.needed": _("Planned court support"),
    "verdict.told": _("Told the survivor of a verdict"),
    "tip.declined": _("Decided that a tip is not followed up"),
    "investigation.opened": _("Opened an investigation"),
    "investigation.operated": _("Brought an investigation to its operation"),
    "investigation.closed": _("Closed an investigation"),
    "suspect.moved": _("Recorded how a suspect stands"),
    "rescue.cancelled": _("Called a rescue operation off"),
    "prosecution.received": _("Received a case from investigations"),
    "prosecution.closed": _("Closed a prosecution"),
    "witness.protected": _("Recorded the protection of a witness"),
    "hearing.held": _("Recorded that a hearing was held"),
    Event.ACCESS_RESTORED: _("Put a colleague back on the file"),
    Event.HISTORY_SEEN: _("Looked at who changed it"),
    Event.NOTICE_UNREAD: _("Made a notice new again"),
    Event.FILTER_KEPT: _("Kept a filter"),
    Event.FILTER_SHARED: _("Shared a filter with the office"),
    Event.FILTER_UNSHARED: _("Shares a filter no longer"),
    Event.FILTER_REMOVED: _("Removed a filter"),
    Event.ROLE_WITHDRAWN: _("Took back a proposed role"),
    "survivor.step_taken_back": _("Took a step of the care back"),
    "survivor.entrust_taken_back": _("Gave the survivor back to the former worker"),
    "referral.decline_taken_back": _("Let a declined referral wait again"),
    "residence.taken_back": _("Recorded a residence as a mistake"),
    "tip.decline_taken_back": _("Took back that a tip is not followed up"),
    "investigation.closing_taken_back": _("Opened a closed investigation again"),
    Event.OFFICE_FOUNDED: _("Founded the office"),
    Event.OFFICE_ADDED: _("Opened another office"),
    Event.OFFICE_CHANGED: _("Changed what is written about an office"),
    Event.OFFICE_CLOSED: _("Closed an office"),
    Event.USER_CHANGED: _("Changed an account"),
    Event.USER_MOVED: _("Moved a colleague to another office"),
    Event.USER_DISABLED: _("Closed an account"),
    Event.USER_ENABLED: _("Opened a closed account again"),
    Event.USER_UNLOCKED: _("Let somebody try to sign in again"),
    Event.USER_ARRIVED: _("Chose a password of her own"),
    Event.USER_READY: _("Set up a second factor"),
    Event.WELCOME_GIVEN: _("Gave somebody her code"),
    Event.WELCOME_REFUSED: _("Typed a code that was not the one given"),
    Event.FIRST_PASSWORD: _("Made another first password"),
    Event.RESET_PROPOSED: _("Proposed a reset of a password or second factor"),
    Event.RESET_APPROVED: _("Approved a reset of a password or second factor"),
    Event.RESET_REFUSED: _("Refused a reset of a password or second factor"),
    Event.SETTINGS_CHANGED: _("Changed her own settings"),
    Event.SESSIONS_ENDED: _("Ended her other sessions"),
    Event.ASSURED: _("Said what was done outside this system"),
    Event.LIST_VALUE_ADDED: _("Added a value to a list"),
    Event.LIST_VALUE_CHANGED: _("Changed a value of a list"),
    Event.LIST_VALUE_RETIRED: _("Retired a value of a list"),
    Event.LIST_VALUE_RESTORED: _("Brought a value of a list back"),
    Event.RULE_CONFIRMED: _("Recorded that a lawyer confirmed a rule"),
    "erasure.asked": _("Asked that a survivor be forgotten"),
    "erasure.approved": _("Approved an erasure; took the names out of the search"),
    "erasure.begun": _("Had an approved erasure finished"),
    "erasure.declined": _("Refused an erasure"),
    "erasure.withdrawn": _("Took an asked erasure back"),
    "erasure.done": _("Destroyed the keys of a person"),
    "erasure.halted": _("Stopped an erasure because of a hold"),
    "erasure.certified": _("Printed a certificate of erasure"),
    "hold.placed": _("Placed a legal hold"),
    "hold.lifted": _("Lifted a legal hold"),
    "import.begun": _("Uploaded a file of existing records"),
    "import.read": _("Had the rows of a file read"),
    "import.unreadable": _("Uploaded a file that could not be read"),
    "import.rows_seen": _("Looked through the rows of an import"),
    "import.names_seen": _("Opened the names of an import"),
    "import.taken_up": _("Worked on the rows of an import"),
    "import.mended": _("Mended rows of an import"),
    "import.sorted": _("Left rows of an import out, or took them in"),
    "import.confirmed": _("Said that an import shall be brought in"),
    "import.halted": _("Went back to looking through an import"),
    "import.done": _("Brought an import in"),
    "import.discarded": _("Threw an import away"),
    "export.asked": _("Asked for records as a workbook"),
    "export.approved": _("Approved a workbook of records"),
    "export.refused": _("Refused a workbook of records"),
    "export.withdrawn": _("Took back the question for a workbook"),
    "export.begun": _("Had a workbook of records made"),
    "export.made": _("Took records out as a workbook"),
    "act.refused": _("Tried something that was not allowed"),
    "field.refused": _("Tried to open sealed fields"),
    "tip.taken": _("Took a tip"),
    "tip.corrected": _("Corrected a tip"),
    "investigation.corrected": _("Corrected an investigation"),
    "incident.corrected": _("Corrected an incident"),
    "suspect.corrected": _("Corrected a suspect"),
    "survivor.corrected": _("Corrected a survivor’s page"),
    "tip.assessed": _("Assessed a tip"),
    "tip.promoted": _("Opened an investigation from a tip"),
    "incident.recorded": _("Recorded an incident"),
    "suspect.recorded": _("Recorded a suspect"),
    "rescue.planned": _("Planned a rescue operation"),
    "rescue.approved": _("Approved a rescue operation"),
    "rescue.concluded": _("Concluded a rescue operation"),
    "rescued_person.handed_over": _("Handed a rescued person over"),
    "referral.received": _("Handed a referral to aftercare"),
    "referral.taken_in": _("Took the person in"),
    "referral.declined": _("Declined a referral"),
    "survivor.begun": _("Began the care"),
    "survivor.closed": _("Closed the care"),
    "residence.changed": _("Changed where the person lives"),
    "court_support.arranged": _("Arranged court support"),
    "court_support.called_off": _("Called court support off"),
    "safe_contact.recorded": _("Wrote down how the person can be reached safely"),
    "contact.refused": _("Wanted a number when calling was not safe"),
    "job.cancelled": _("Stopped long work"),
    "job.asked_again": _("Asked for long work again"),
    "job.fetched": _("Fetched the result of long work"),
    "people.imported": _("Brought in existing records"),
    "investigation.referred": _("Referred the case to prosecution"),
    "charge.filed": _("Filed a charge"),
    "hearing.scheduled": _("Scheduled a hearing"),
    "hearing.adjourned": _("Put a hearing off"),
    "hearing.cancelled": _("Cancelled a hearing"),
    "verdict.returned": _("Recorded a verdict"),
    "verdict.recorded": _("Recorded a verdict"),
}
REASONS: dict[str, Promise] = {
    "role": _("No role for this"),
    "hidden-or-missing": _("Hidden, or not there"),
    "compartment": _("The role does not open these fields"),
    "permission": _("Not permitted"),
    "policy": _("A rule of the record"),
    "self": _("Nobody decides about themselves"),
    "refused": _("Refused"),
}
TITLES: dict[str, tuple[Promise, Promise]] = {
    "SV": (_("Survivor"), _("Who has seen this survivor's records")),
    "RP": (_("Rescued person"), _("Who has seen this rescued person's records")),
    "SU": (_("Suspect"), _("Who has seen this suspect's records")),
    "AC": (_("Accused"), _("Who has seen this accused person's records")),
    "VW": (_("Victim-witness"), _("Who has seen this witness's records")),
    "CR": (_("Care file"), _("Who has seen this care file")),
    "IV": (_("Investigation file"), _("Who has seen this investigation file")),
    "PF": (_("Prosecution file"), _("Who has seen this prosecution file")),
    "TP": (_("Tip"), _("Who has seen this tip")),
}
OTHER = (_("Record"), _("Who has seen this record"))


def kind_of_code(code: str) -> Promise:
    """What sort of record a code names."""
    return TITLES.get(code[:2], OTHER)[0]


def title_of(code: str) -> Promise:
    """The heading of an answer: the sort of record, never a name."""
    return TITLES.get(code[:2], OTHER)[1]


def act(code: str) -> str:
    """What somebody did, in words."""
    if code in ACTS:
        return str(ACTS[code])
    if code.endswith(".refused"):
        return _now("Tried: %(what)s") % {"what": plain(code.removesuffix(".refused"))}
    return plain(code)


def plain(code: str) -> str:
    """A code read as words: `court_support.needed` as "Court support needed"."""
    said = code.replace(".", " ").replace("_", " ").strip()
    return said[:1].upper() + said[1:]


def purpose(code: str) -> str:
    """Why somebody looked, or why she was refused."""
    if code in Purpose:
        return str(Purpose(code).label)
    return str(REASONS.get(code, plain(code)))


def roles(codes: Iterable[str]) -> str:
    """The roles somebody held at that time."""
    return ", ".join(str(Role(code).label) if code in Role else code for code in codes)


def source(code: str) -> str:
    """Where a place on a file came from."""
    return str(Source(code).label) if code in Source else code


def _sealed(model: str) -> dict[str, str]:
    """{sealed name: compartment} of a model, by its label; nothing for a model that is not there any more."""
    try:
        found = apps.get_model(model)
    except (LookupError, ValueError):
        return {}
    if not issubclass(found, SealedModel):
        return {}
    return {name: field.compartment for field in compartments(found) for name in field.names}


def compartments_of(model: str, names: Iterable[str]) -> tuple[str, ...]:
    """The compartments that these sealed names of a model lie in."""
    owner = _sealed(model)
    return tuple(sorted({owner[name] for name in names if name in owner}))


def fields(model: str, names: Iterable[str]) -> list[str]:
    """Field names, never values, behind the compartment they lie in: "Identity: family, given"."""
    owner, found = _sealed(model), dict[str, list[str]]()
    for name in names:
        found.setdefault(owner.get(name, ""), []).append(name.replace("_", " "))
    return [f"{Open(compartment).label}: {', '.join(said)}" if compartment else ", ".join(said)
            for compartment, said in sorted(found.items())]


def tables(names: Iterable[str]) -> list[str]:
    """Which kinds of rows were changed."""
    known = {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}
    return sorted({known.get(name, name).capitalize() for name in names})
