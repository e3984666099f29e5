"""What a person did, in words of her own; what she does seldom is said in the auditor's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from ijm.bridges import ACT_WORDS
from ijm.messages import Event

ACTS: dict[str, Promise] = {
    Event.RECORD_SEEN: _("Opened a record"),
    Event.LIST_SEEN: _("Looked through a list"),
    Event.SEARCHED: _("Searched"),
    Event.AUDIT_ASKED: _("Asked who has seen a record"),
    Event.NOT_THERE: _("A page that is not there"),
    Event.PAGE_REFUSED: _("A page of another role"),
    Event.PAPER_ISSUED: _("Made a paper"),
    Event.LIST_TAKEN: _("Downloaded a list"),
    Event.PAGE_PRINTED: _("Printed a page"),
    Event.NOTICE_MAILED: _("Was told by mail"),
    Event.REMINDER_SET: _("Set a reminder"),
    Event.REMINDER_DONE: _("Finished a reminder"),
    Event.REMINDER_PUT_OFF: _("Put a reminder off"),
    Event.CALENDAR_MADE: _("Made an address for a calendar"),
    Event.CALENDAR_FETCHED: _("A calendar program fetched the days"),
    Event.ACCESS_RESTORED: _("Put a colleague back on a file"),
    Event.HISTORY_SEEN: _("Looked at who changed a record"),
    Event.USER_ARRIVED: _("Chose my own password"),
    Event.SETTINGS_CHANGED: _("Changed my settings"),
    Event.SESSIONS_ENDED: _("Ended my other sessions"),
}


def said(act: str) -> str:
    """What somebody did, in words."""
    return str(ACTS.get(act) or import_string(ACT_WORDS)(act))
