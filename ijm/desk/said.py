"""A few words for what the trail calls by a code; an unknown code is read as words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.messages import Event
from ijm.trail.looks import DISCLOSED

ACTS: dict[str, Promise] = {
    DISCLOSED: _("Opened sealed fields"),
    Event.RECORD_SEEN: _("Opened a record"),
    Event.LIST_SEEN: _("Looked through a list"),
    Event.SEARCHED: _("Searched"),
    Event.AUDIT_ASKED: _("Asked who has seen a record"),
    Event.NOT_THERE: _("A page that is not there"),
    Event.PAGE_REFUSED: _("A page of another role"),
    Event.NOTICE_READ: _("Read a notice"),
    Event.PAPER_ISSUED: _("Made a paper"),
    Event.PAPER_FETCHED: _("Fetched a paper"),
    Event.PAPER_CHECKED: _("Checked a paper"),
    Event.COPY_FORGOTTEN: _("Destroyed a waiting copy"),
    Event.LIST_TAKEN: _("Downloaded a list"),
    Event.SHEET_WANTED: _("Asked for a long list"),
    Event.PAGE_PRINTED: _("Printed a page"),
    Event.FILTER_KEPT: _("Kept a filter"),
    Event.FILTER_SHARED: _("Shared a filter with the office"),
    Event.FILTER_UNSHARED: _("Shares a filter no longer"),
    Event.FILTER_REMOVED: _("Removed a filter"),
    Event.DRAFT_BEGUN: _("Began a form"),
    Event.DRAFT_RESUMED: _("Went on with a form"),
    Event.DRAFT_DISCARDED: _("Threw an unfinished form away"),
    Event.NOTICE_MAILED: _("Was told by mail"),
    Event.TELLING_CHOSEN: _("Chose how to be told"),
    Event.REMINDER_SET: _("Set a reminder"),
    Event.REMINDER_DONE: _("Finished a reminder"),
    Event.REMINDER_PUT_OFF: _("Put a reminder off"),
    Event.CALENDAR_MADE: _("Made an address for a calendar"),
    Event.CALENDAR_REVOKED: _("Took a calendar's address back"),
    Event.CALENDAR_FETCHED: _("A calendar program fetched the days"),
    Event.USER_ADDED: _("Added a person"),
    Event.ROLE_PROPOSED: _("Proposed a role"),
    Event.ROLE_APPROVED: _("Approved a role"),
    "job.cancelled": _("Stopped long work"),
    "job.asked_again": _("Asked for long work again"),
    "job.fetched": _("Fetched the result of long work"),
    Event.ROLE_REVOKED: _("Took a role back"),
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
    Event.ROLE_WITHDRAWN: _("Took back a proposed role"),
    Event.NOTICE_UNREAD: _("Made a notice new again"),
    Event.ACCESS_RESTORED: _("Put a colleague back on a file"),
    Event.HISTORY_SEEN: _("Looked at who changed a record"),
    Event.OFFICE_ADDED: _("Opened another office"),
    Event.OFFICE_CHANGED: _("Changed what is written about an office"),
    Event.OFFICE_CLOSED: _("Closed an office"),
    Event.USER_CHANGED: _("Changed an account"),
    Event.USER_MOVED: _("Moved a colleague to another office"),
    Event.USER_DISABLED: _("Closed an account"),
    Event.USER_ENABLED: _("Opened a closed account again"),
    Event.USER_UNLOCKED: _("Let somebody try to sign in again"),
    Event.USER_ARRIVED: _("Chose my own password"),
    Event.USER_READY: _("Set up a second factor"),
    Event.WELCOME_GIVEN: _("Gave somebody her code"),
    Event.FIRST_PASSWORD: _("Made another first password"),
    Event.RESET_PROPOSED: _("Proposed a reset of a password or second factor"),
    Event.RESET_APPROVED: _("Approved a reset of a password or second factor"),
    Event.RESET_REFUSED: _("Refused a reset of a password or second factor"),
    Event.SETTINGS_CHANGED: _("Changed my settings"),
    Event.SESSIONS_ENDED: _("Ended my other sessions"),
    Event.ASSURED: _("Said what was done outside this system"),
    Event.LIST_VALUE_ADDED: _("Added a value to a list"),
    Event.LIST_VALUE_CHANGED: _("Changed a value of a list"),
    Event.LIST_VALUE_RETIRED: _("Retired a value of a list"),
    Event.LIST_VALUE_RESTORED: _("Brought a value of a list back"),
    Event.RULE_CONFIRMED: _("Recorded that a lawyer confirmed a rule"),
}


def said(act: str) -> str:
    """What somebody did, in words."""
    if act in ACTS:
        return str(ACTS[act])
    plain = act.replace(".", " ").replace("_", " ")
    return plain[:1].upper() + plain[1:]
