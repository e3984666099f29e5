"""The flags as a list."""

from __future__ import annotations

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit import policy
from audit.flagged import Flag
from audit.flags import words
from audit.states import FlagState, Ground
from ijm.web import lists

TONES: dict[str, str] = {FlagState.WAITING: "warn", FlagState.ASKED: "info", FlagState.PASSED: "info", FlagState.CLEARED: "good"}
NOT_SAMPLE = ~Q(ground=Ground.SAMPLE)


def _code(flag: Flag) -> str:
    return format_html('<span class="nowrap">{}</span>', flag.about_code) if flag.about_code else ""


class Flags(lists.Table):
    """Why, who, when, about which record, how it stands."""

    code = lists.Code(_("Flag"), "audit:flag-show", sub=lambda flag: flag.get_ground_display())
    actor = lists.Person(_("Person"), "actor")
    day = lists.Day(_("Day"))
    number = lists.Text(_("Why"), words.why)
    about_code = lists.Text(_("About"), _code, order_by="about_code")
    state = lists.State(_("State"), TONES)


class FlagFilters(lists.Filters):
    """On what it rests, and which days."""

    ground = lists.Choice(_("On what it rests"), Ground)
    since = lists.Since(_("From"), field_name="day", moment=False)
    until = lists.Until(_("To"), field_name="day", moment=False)


FLAGS = lists.Listing(
    "audit:flag-list", _("Flags"), Flags, "-day", rows=policy.visible_flags, filters=FlagFilters, tabs_label=_("Which flags"),
    lead=_("What the log shows that deserves a second look. A flag accuses nobody; flags about you are judged by somebody else."),
    tabs=(
        lists.Tab("waiting", _("To look at"), Q(state=FlagState.WAITING) & NOT_SAMPLE),
        lists.Tab("sample", _("Monthly sample"), Q(state=FlagState.WAITING, ground=Ground.SAMPLE)),
        lists.Tab("asked", _("She was asked"), Q(state=FlagState.ASKED)),
        lists.Tab("done", _("Judged"), Q(state__in=(FlagState.PASSED, FlagState.CLEARED))),
        lists.Tab("all", _("All")),
    ),
    empty=lists.Empty(_("No flag waits"),
                      _("The log is looked through every few hours: much more than usual, nights, closed files, files somebody "
                        "never stood on, guessing, and more. What is found stands here until somebody has judged it."),
                      "flag", _("Back to the desk"), "audit:desk"))
