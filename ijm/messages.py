"""Messages between wings: frozen, ids and times only. And the events of the base."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime


class Event:
    """What the base itself records."""

    OFFICE_FOUNDED = "office.founded"
    OFFICE_ADDED = "office.added"
    USER_ADDED = "user.added"
    ROLE_PROPOSED = "role.proposed"
    ROLE_APPROVED = "role.approved"
    ROLE_REVOKED = "role.revoked"
    ROLE_WITHDRAWN = "role.withdrawn"
    WAIVER_PROPOSED = "waiver.proposed"
    WAIVER_AGREED = "waiver.agreed"
    WAIVER_ENDED = "waiver.ended"
    FILE_OPENED = "file.opened"
    FILE_LINKED = "file.linked"
    ACCESS_GRANTED = "access.granted"
    ACCESS_REVOKED = "access.revoked"
    ACCESS_RESTORED = "access.restored"
    ACCESS_CONFIRMED = "access.confirmed"
    ACCESS_NOTED = "access.noted"
    TRANSFER_ASKED = "transfer.asked"
    FILE_TRANSFERRED = "file.transferred"
    FILES_HANDED = "files.handed_over"
    INTERESTS_DECLARED = "interests.declared"
    CONFLICT_ASKED = "conflict.asked"
    WALL_DECLARED = "wall.declared"
    WALL_SET = "wall.set"
    WALL_LIFT_ASKED = "wall.lift_asked"
    WALL_LIFTED = "wall.lifted"
    FILE_SEALED = "file.sealed"
    SEAL_NAME_ASKED = "seal.name_asked"
    SEAL_NAME_ADDED = "seal.name_added"
    SEAL_LIFT_ASKED = "seal.lift_asked"
    SEAL_LIFTED = "seal.lifted"
    DELIVERY_SENT = "delivery.sent"
    DELIVERY_TAKEN = "delivery.taken"
    NOTICE_MADE = "notice.made"
    NOTICE_READ = "notice.read"
    NOTICE_UNREAD = "notice.unread"
    NOTICE_MAILED = "notice.mailed"
    TELLING_CHOSEN = "telling.chosen"
    REMINDER_SET = "reminder.set"
    REMINDER_DONE = "reminder.done"
    REMINDER_PUT_OFF = "reminder.put_off"
    CALENDAR_MADE = "calendar.made"
    CALENDAR_REVOKED = "calendar.revoked"
    CALENDAR_FETCHED = "calendar.fetched"
    CONSENT_RECORDED = "consent.recorded"
    NUMBER_ADDED = "number.added"
    SIGNED_IN = "session.begun"
    SIGNED_OUT = "session.ended"
    SIGN_IN_FAILED = "session.refused"
    FACTOR_CHANGED = "factor.changed"
    PAGE_REFUSED = "page.refused"
    NOT_THERE = "page.not_there"
    LIST_SEEN = "list.seen"
    RECORD_SEEN = "record.seen"
    BUDGET_WARNED = "budget.warned"
    BUDGET_STOPPED = "budget.stopped"
    BUDGET_REFUSED = "budget.refused"
    UNLOCK_ASKED = "unlock.asked"
    BUDGET_UNLOCKED = "budget.unlocked"
    HALT_SET = "halt.set"
    HALT_END_ASKED = "halt.end_asked"
    HALT_LIFTED = "halt.lifted"
    HALT_REFUSED = "halt.refused"
    DECOY_MADE = "decoy.made"
    DECOY_OPENED = "decoy.opened"
    DECOY_TOLD = "decoy.told"
    HISTORY_SEEN = "history.seen"
    SEARCHED = "search.made"
    SEARCH_TOLD = "search.told"
    SEARCH_REFUSED = "search.refused"
    SEARCH_REBUILT = "search.rebuilt"
    AUDIT_ASKED = "audit.asked"
    JOB_CANCELLED = "job.cancelled"
    JOB_ASKED_AGAIN = "job.asked_again"
    KEYS_ASKED = "keys.asked"
    KEYS_BEGUN = "keys.begun"
    KEYS_CHANGED = "keys.changed"
    KEYS_LEFT = "keys.left"
    KEYS_ESCROWED = "keys.escrowed"
    VAULT_REKEYED = "vault.rekeyed"
    LOG_EPOCH = "log.epoch"
    LOG_BEGUN_ANEW = "log.begun_anew"
    OUT_OF_BAND = "record.out_of_band"
    AUDIT_UNLOCKED = "audit.unlocked"
    AUDIT_LOCKED = "audit.locked"
    DEMO_FILLED = "demo.filled"
    BACKUP_MADE = "backup.made"
    DRILL_HELD = "drill.held"
    OFFICE_CHANGED = "office.changed"
    OFFICE_CLOSED = "office.closed"
    USER_CHANGED = "user.changed"
    USER_MOVED = "user.moved"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_LAPSED = "user.lapsed"
    USER_UNLOCKED = "user.unlocked"
    USER_ARRIVED = "user.arrived"
    USER_READY = "user.ready"
    WELCOME_GIVEN = "welcome.given"
    WELCOME_REFUSED = "welcome.refused"
    FIRST_PASSWORD = "first_password.made"  # nosec B105: the name of an event
    RESET_PROPOSED = "reset.proposed"
    RESET_APPROVED = "reset.approved"
    RESET_REFUSED = "reset.declined"
    SETTINGS_CHANGED = "settings.changed"
    SESSIONS_ENDED = "sessions.ended"
    SESSIONS_CUT = "sessions.cut"
    SESSION_MOVED = "session.moved"
    SESSION_ODD = "session.odd"
    CONFIRMED = "session.confirmed"
    KEY_COPIED = "factor.copied"
    ASSURED = "assurance.given"
    LIST_VALUE_ADDED = "list_value.added"
    LIST_VALUE_CHANGED = "list_value.changed"
    LIST_VALUE_RETIRED = "list_value.retired"
    LIST_VALUE_RESTORED = "list_value.restored"
    RULE_CONFIRMED = "rule.confirmed"
    DRAFT_BEGUN = "draft.begun"
    DRAFT_RESUMED = "draft.resumed"
    DRAFT_DISCARDED = "draft.discarded"
    DRAFT_EXPIRED = "draft.expired"
    PAPER_ISSUED = "paper.issued"
    PAPER_CHECKED = "paper.checked"
    PAPER_FETCHED = "paper.fetched"
    COPY_FORGOTTEN = "paper.copy_forgotten"
    PAGE_PRINTED = "page.printed"
    STORED_ADDED = "stored.added"
    STORED_DESCRIBED = "stored.described"
    STORED_FETCHED = "stored.fetched"
    STORED_ASKED = "stored.measurement_asked"
    STORED_MEASURED = "stored.measured"
    STORED_BROKEN = "stored.broken"
    LIST_TAKEN = "list.taken"
    SHEET_WANTED = "sheet.wanted"
    FILTER_KEPT = "filter.kept"
    FILTER_SHARED = "filter.shared"
    FILTER_UNSHARED = "filter.unshared"
    FILTER_REMOVED = "filter.removed"


@dataclass(frozen=True)
class RescuedPerson:
    """One rescued person as the receiving wing needs her: who, and what is openly known."""

    person: uuid.UUID
    rescued: uuid.UUID
    sex: str
    age_band: str
    languages: str
    needs: str


@dataclass(frozen=True)
class PersonsRescued:
    """A rescue operation ended; these persons are handed to aftercare in the same transaction."""

    operation: uuid.UUID
    file: uuid.UUID
    at: datetime
    persons: tuple[RescuedPerson, ...]


@dataclass(frozen=True)
class CaseReferred:
    """An investigation is referred to prosecution: its accused, and the persons who may be heard as witnesses."""

    file: uuid.UUID
    at: datetime
    accused: tuple[uuid.UUID, ...]
    witnesses: tuple[uuid.UUID, ...]
    summary: str


@dataclass(frozen=True)
class HearingScheduled:
    """A hearing is set; each victim-witness may need court support."""

    hearing: uuid.UUID
    at: datetime
    court: str
    witnesses: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class HearingPutOff:
    """A hearing will not be held on its day (`became` says adjourned or cancelled); who was told of it is told of this."""

    hearing: uuid.UUID
    at: datetime
    court: str
    became: str
    witnesses: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class VerdictReturned:
    """A verdict was returned; each victim-witness should hear of it from her own worker."""

    verdict: uuid.UUID
    at: datetime
    witnesses: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class PersonsMerged:
    """Two entries of the register were found to be one human."""

    kept: uuid.UUID
    merged: uuid.UUID


@dataclass(frozen=True)
class SafetyAlarmRaised:
    """A danger that people of other wings must heed without learning more."""

    alias: uuid.UUID
    at: datetime


@dataclass(frozen=True)
class ContactRequested:
    """Somebody of another wing asks for a time to speak with her."""

    alias: uuid.UUID
    at: datetime
