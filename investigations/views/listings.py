"""The lists of this wing: tips, investigation files, rescue operations."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ijm.reference import lists as reference
from ijm.web import lists
from investigations import describing, policy
from investigations.codes import Channel, Urgency
from investigations.states import RescueState, Stage, TipState


class Tips(lists.Table):
    """What tells one tip from another without a name."""

    code = lists.Code(_("Tip"), "investigations:tip-show", sub=describing.tip_title)
    received_at = lists.Moment(_("Received"))
    urgency = lists.Kept(_("Danger now"))
    grade = lists.Text(_("Grade"), lambda record: record.grade, order_by=("source_grade", "information_grade"))
    state = lists.State(_("State"), describing.TONES)


class TipFilters(lists.Filters):
    """How a tip came, how urgent it is, when."""

    channel = lists.Choice(_("How it came"), Channel)
    urgency = lists.Choice(_("Danger now"), Urgency)
    province = lists.Choice(_("Province"), reference.provinces)
    since = lists.Since(_("Received from"), field_name="received_at")
    until = lists.Until(_("Received until"), field_name="received_at")


TIPS = lists.Listing(
    "investigations:tip-list", _("Tips"), Tips, "-received_at",
    rows=policy.visible_tips, filters=TipFilters, tabs_label=_("Which tips"),
    lead=_("Newest first. What was said stays sealed until you open it."),
    tabs=(
        lists.Tab("all", _("All")),
        lists.Tab("received", _("To assess"), Q(state=TipState.RECEIVED)),
        lists.Tab("assessed", _("Assessed"), Q(state=TipState.ASSESSED)),
        lists.Tab("done", _("Done"), Q(state__in=(TipState.PROMOTED, TipState.DECLINED))),
    ),
    empty=lists.Empty(_("No tips yet"), _("A tip appears here when you take one, or when somebody of your office takes one "
                                          "that you assess."), "inbox", _("Take a tip"), "investigations:tip-take"))


class Files(lists.Table):
    """Which enquiry, who leads it, how far it has come."""

    code = lists.Code(_("File"), "investigations:investigation-show", sub=describing.investigation_title)
    lead = lists.Person(_("Lead"), "lead")
    opened_at = lists.Day(_("Opened"))
    stage = lists.State(_("Stage"), describing.TONES)


class FileFilters(lists.Filters):
    """Where, of what kind, when, and whose."""

    form_of_exploitation = lists.Choice(_("Form of exploitation"), lambda: reference.choices("vic_TypeOfExploitation"))
    province = lists.Choice(_("Province"), reference.provinces)
    since = lists.Since(_("Opened from"), field_name="opened_at")
    until = lists.Until(_("Opened until"), field_name="opened_at")
    mine = lists.Mine(label=_("Only those I lead"), field_name="lead")


FILES = lists.Listing(
    "investigations:investigation-list", _("Investigation files"), Files, "-opened_at",
    rows=policy.visible_investigations, filters=FileFilters,
    lead=_("The files you are on, newest first."), tabs_label=_("Which files"),
    tabs=(
        lists.Tab("open", _("Open"), Q(stage__in=(Stage.ENQUIRY, Stage.OPERATION))),
        lists.Tab("referred", _("Referred"), Q(stage=Stage.REFERRED)),
        lists.Tab("closed", _("Closed"), Q(stage=Stage.CLOSED)),
        lists.Tab("all", _("All")),
    ),
    empty=lists.Empty(_("You are on no investigation file"),
                      _("A file begins with a tip: a supervisor assesses it, opens the file and chooses who leads."),
                      "folder", _("Look at the tips"), "investigations:tip-list"))


class Rescues(lists.Table):
    """Which operation, who planned it, how far it has come; its place and time stay sealed."""

    code = lists.Code(_("Operation"), "investigations:rescue-show", sub=describing.rescue_title)
    investigation = lists.Text(_("File"), lambda record: record.investigation.code, order_by="investigation__code")
    planned_at = lists.Day(_("Planned"), accessor="asked_at", order_by="request__asked_at")
    planned_by = lists.Person(_("Planned by"), "request__asked_by")
    state = lists.State(_("State"), describing.TONES)


class RescueFilters(lists.Filters):
    """When it was planned, and by whom."""

    since = lists.Since(_("Planned from"), field_name="request__asked_at")
    until = lists.Until(_("Planned until"), field_name="request__asked_at")
    mine = lists.Mine(label=_("Only those I planned"), field_name="request__asked_by")


RESCUES = lists.Listing(
    "investigations:rescue-list", _("Rescue operations"), Rescues, "-planned_at",
    rows=policy.visible_rescues, filters=RescueFilters,
    lead=_("Newest first. Place, time and plan stay sealed."), tabs_label=_("Which operations"),
    tabs=(
        lists.Tab("ahead", _("Ahead"), Q(state__in=(RescueState.PLANNED, RescueState.APPROVED))),
        lists.Tab("over", _("Over"), Q(state__in=(RescueState.CONCLUDED, RescueState.CANCELLED))),
        lists.Tab("all", _("All")),
    ),
    empty=lists.Empty(_("No rescue operations"),
                      _("An operation is planned on an investigation file, and approved by a second person."), "flag",
                      _("Look at the investigation files"), "investigations:investigation-list"))
