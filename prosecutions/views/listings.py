"""The lists of this wing: prosecution files and hearings."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ijm.reference import lists as reference
from ijm.web import lists
from ijm.web.words import number
from prosecutions import policy
from prosecutions.models import Accused, Hearing, VictimWitness
from prosecutions.states import EXPLOITATION, HearingKind, HearingState, Stage

STAGES = {Stage.REFERRED: "warn", Stage.TRIAL: "info", Stage.JUDGED: "good"}
TONES = {HearingState.SCHEDULED: "info", HearingState.HELD: "good", HearingState.ADJOURNED: "warn", HearingState.CANCELLED: ""}


class Files(lists.Table):
    """What a case is about, how many people are in it, when a court next hears it."""

    code = lists.Code(_("File"), "prosecutions:prosecution-show", sub=lambda record: record.exploitation_label)
    referred_at = lists.Day(_("Referred"))
    referred_by = lists.Person(_("Referred by"), "referred_by")
    accused_count = lists.Number(_("Accused"))
    witness_count = lists.Number(_("Witnesses"))
    next_at = lists.Moment(_("Next in court"), latest_first=False, default=_("No hearing set"))
    state = lists.State(_("Stage"), STAGES, drawn={Stage.REFERRED: "clock"}, said={Stage.REFERRED: _("Waits for a charge")})


class FileFilters(lists.Filters):
    """Of what kind, how far, when."""

    exploitation = lists.Choice(_("Form of exploitation"), lambda: reference.choices(EXPLOITATION))
    state = lists.Choice(_("Stage"), Stage)
    since = lists.Since(_("Referred from"), field_name="referred_at")
    until = lists.Until(_("Referred until"), field_name="referred_at")


FILES = lists.Listing(
    "prosecutions:prosecution-list", _("Prosecution files"), Files, "-referred_at,code",
    rows=policy.visible_prosecutions, filters=FileFilters,
    lead=_("Cases that investigations referred to you, newest first."), tabs_label=_("Which files"),
    tabs=(lists.Tab("open", _("Open"), ~Q(state=Stage.CLOSED)),
          lists.Tab("closed", _("Closed"), Q(state=Stage.CLOSED), empty=lists.Empty(
              _("No closed files"), _("A file comes here when every charge has its verdict and somebody has closed it."),
              "folder"))),
    empty=lists.Empty(_("No prosecution files yet"),
                      _("When an investigator refers a case, its file waits here for you: the accused, the witnesses by code, "
                        "and no names until you ask for them."), "scales"))


def with_people(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Say of each file how many stand in it and when a court next hears it, in the same question."""
    ahead = Hearing.objects.filter(prosecution=OuterRef("pk"), state=HearingState.SCHEDULED, at__gt=timezone.now())
    return rows.annotate(accused_count=_counted(Accused), witness_count=_counted(VictimWitness),
                         next_at=Subquery(ahead.order_by().values("prosecution").annotate(n=Min("at")).values("n")))


def _counted(model: Any, column: str = "pk") -> Any:
    rows = model.objects.filter(prosecution=OuterRef(column)).order_by().values("prosecution")
    return Subquery(rows.annotate(n=Count("pk")).values("n"))


class Hearings(lists.Table):
    """Which day in court, where, in which case."""

    at = lists.Moment(_("When"), latest_first=False)
    code = lists.Code(_("Hearing"), "prosecutions:hearing-show", sub=lambda record: record.get_kind_display())
    prosecution = lists.Text(_("File"), lambda record: record.prosecution.code, order_by="prosecution__code")
    court = lists.Text(_("Court"), lambda record: record.court.name, order_by="court__name_en")
    witness_count = lists.Number(_("Witnesses"))
    state = lists.Text(_("State"), lambda record: _stands(record), order_by="state")

    class Meta:
        sequence = ("code", "at", "...")


def _stands(hearing: Hearing) -> str:
    """How far off a day in court is, or what became of it."""
    if hearing.state != HearingState.SCHEDULED:
        return str(hearing.get_state_display())
    if hearing.at <= timezone.now():
        return gettext("Not recorded yet")
    days = (timezone.localdate(hearing.at) - timezone.localdate()).days
    if days < 2:
        return gettext("Tomorrow") if days == 1 else gettext("Today")
    return gettext("In %(number)s days") % {"number": number(days)}


def _gone() -> Q:
    """Hearings whose hour has come and whose outcome nobody has written."""
    return Q(state=HearingState.SCHEDULED, at__lte=timezone.now())


class HearingFilters(lists.Filters):
    """Of what kind, when."""

    kind = lists.Choice(_("Kind"), HearingKind)
    since = lists.Since(_("From"), field_name="at")
    until = lists.Until(_("Until"), field_name="at")


HEARINGS = lists.Listing(
    "prosecutions:hearing-list", _("Hearings"), Hearings, "at,code",
    rows=policy.visible_hearings, filters=HearingFilters, tabs_label=_("Which hearings"),
    lead=_("Days in court on your files. A day that is over waits here until what happened is recorded."),
    tabs=(lists.Tab("coming", _("Coming"), Q(state=HearingState.SCHEDULED)),
          lists.Tab("late", _("Not recorded yet"), _gone, empty=lists.Empty(
              _("Every day in court is recorded"), _("A hearing waits here once its hour has come."), "check-c")),
          lists.Tab("over", _("Over"), ~Q(state=HearingState.SCHEDULED), order="-at,code", empty=lists.Empty(
              _("No hearing is over yet"), _("Hearings that were held or put off are kept here."), "calendar"))),
    empty=lists.Empty(_("No hearing lies ahead"),
                      _("Schedule one from a prosecution file; it comes here, and aftercare is told that court support is "
                        "needed."),
                      "calendar", _("Prosecution files"), "prosecutions:prosecution-list"))


def with_witnesses(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Say of each hearing how many witnesses may be heard."""
    return rows.annotate(witness_count=_counted(VictimWitness, "prosecution"))



