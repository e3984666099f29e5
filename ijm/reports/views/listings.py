"""The lists of the exchange: what I bring in, what I asked to take out or decide about."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ijm.approvals.states import TONES, RequestState
from ijm.reports.states import ImportState
from ijm.web import lists

IMPORT_TONES = {ImportState.READING: "info", ImportState.READY: "warn", ImportState.BRINGING_IN: "info",
                ImportState.DONE: "good", ImportState.FAILED: "bad", ImportState.DISCARDED: ""}
OPEN_IMPORTS = (ImportState.READING, ImportState.READY, ImportState.BRINGING_IN)


class Imports(lists.Table):
    """What was brought, how much of it, how far it is."""

    code = lists.Code(_("Import"), "reports:import-show")
    source = lists.Kept(_("What it is"))
    rows = lists.Number(_("Rows"))
    brought = lists.Number(_("Brought in"))
    begun_at = lists.Moment(_("Begun"))
    state = lists.State(_("State"), IMPORT_TONES)


IMPORTS = lists.Listing(
    "reports:import-list", _("Bringing in existing records"), Imports, "-begun_at",
    lead=_("Files of your office with the people it already cares for. Only you see what you bring in until it is done."),
    tabs_label=_("Which imports"),
    tabs=(lists.Tab("all", _("All")), lists.Tab("open", _("Not finished"), Q(state__in=OPEN_IMPORTS)),
          lists.Tab("done", _("Brought in"), Q(state=ImportState.DONE))),
    empty=lists.Empty(_("Nothing was brought in yet"),
                      _("Choose a file. It is looked through first; nothing is brought in before you say so."),
                      "inbox", _("Choose a file"), "reports:import-new"))


class Exports(lists.Table):
    """Who asked for what, and what was decided."""

    code = lists.Code(_("Export"), "reports:export-show")
    which = lists.Kept(_("Whose records"))
    purpose = lists.Kept(_("What for"))
    asked_by = lists.Person(_("Asked by"), "request__asked_by")
    asked_at = lists.Moment(_("Asked"), order_by="request__asked_at")
    state = lists.State(_("State"), TONES, order_by="request__state")


EXPORTS = lists.Listing(
    "reports:export-list", _("Taking records out"), Exports, "-asked_at",
    lead=_("Workbooks of records that somebody asked for. Nothing leaves before another person has approved it."),
    tabs_label=_("Which exports"),
    tabs=(lists.Tab("all", _("All")), lists.Tab("waiting", _("Waiting"), Q(request__state=RequestState.ASKED)),
          lists.Tab("decided", _("Decided"), ~Q(request__state=RequestState.ASKED))),
    empty=lists.Empty(_("Nobody asked for records"),
                      _("Whoever works on care files may ask for the records of her own files as the HTCDS workbook."), "file"))
