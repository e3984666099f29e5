"""The roster of an office for its supervisors: codes, days and counts; giving files to a colleague; what somebody left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ijm.accounts.models import Office, RoleGrant, User
from ijm.casefiles import policy
from ijm.casefiles.actions import places, transfers
from ijm.casefiles.models import CaseFile, RosterLine, Status
from ijm.desk import leaving
from ijm.desk.forms.roster import HandForm, TransferForm
from ijm.ids import normalise_code
from ijm.roles.decisions import Decision
from ijm.roles.table import WING_SUPERVISORS, Kind, standing_on
from ijm.web import lists
from ijm.web.codes import get_by_code
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import number

SUPERVISORS = tuple(dict.fromkeys(role for roles in WING_SUPERVISORS.values() for role in roles))
AT_ONCE = 200
OPEN = Q(status=Status.OPEN)
TONES = {Status.OPEN: "good", Status.CLOSED: ""}


def _ended(column: str) -> Q:
    return OPEN & (Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": timezone.now()}))


class Roster(lists.Table):
    """Codes, days and counts; no name, no word of the file."""

    code = lists.Kept(_("File"))
    kind = lists.Kept(_("Wing"))
    status = lists.State(_("State"), TONES)
    opened_at = lists.Day(_("Opened"))
    sort_key = lists.Day(_("Last change"))
    owner_code = lists.Text(_("With"), lambda line: line.owner_code if line.is_owned else "", order_by="owner_code")
    places = lists.Number(_("People on it"))
    transfer = lists.Act(_("Transfer"), _("To another office"), "desk:roster-transfer", of=lambda line: line.code)


class RosterFilters(lists.Filters):
    """By wing, and by the day on which the file was opened."""

    kind = lists.Choice(_("Wing"), Kind)
    since = lists.Since(_("Opened from"), field_name="opened_at")
    until = lists.Until(_("Opened until"), field_name="opened_at")


ROSTER = lists.Listing(
    "desk:roster-list", _("Files of the office"), Roster, "-sort_key", filters=RosterFilters,
    lead=_("Every file of your wing in this office: codes, days and counts. What is in a file opens to those who stand on it."),
    tabs_label=_("Which files"),
    tabs=(lists.Tab("open", _("Open"), OPEN),
          lists.Tab("unowned", _("With nobody"), lambda: _ended("owned_until"), lists.Empty(
              _("Every open file is with somebody"),
              _("When a colleague leaves or her place lapses, her files wait here to be given to somebody else."), "check-c")),
          lists.Tab("empty", _("Nobody stands on it"), lambda: _ended("stood_until"), lists.Empty(
              _("Somebody stands on every open file"), _("A file from which everybody's place has ended would be here."),
              "check-c")),
          lists.Tab("closed", _("Closed"), Q(status=Status.CLOSED))),
    empty=lists.Empty(_("This office has no file of your wing"),
                      _("As soon as somebody opens one, its code stands here, with the day and the colleague's code."), "folder"))
HAND = lists.Bulk("desk:roster-hand", _("Give to a colleague"), "people")


@dataclass(frozen=True)
class Line:
    """One file of the preview, and whether it can be given."""

    line: RosterLine
    file: CaseFile | None
    decision: Decision


@reads(*SUPERVISORS)
@lists.shows(ROSTER)
def listing(request: HttpRequest) -> HttpResponse:
    """The files of her office and wing."""
    return lists.page(request, ROSTER, policy.visible_roster(cast(User, request.user)), bulk=HAND)


@writes(*SUPERVISORS, once=False)
def hand(request: HttpRequest) -> HttpResponse:
    """Show what giving these files to a colleague would do, and do it once it was looked at."""
    user, chosen = cast(User, request.user), request.POST.getlist("row")[:AT_ONCE]
    rows = list(policy.visible_roster(user).filter(code__in=[normalise_code(one) or "" for one in chosen]).order_by("code"))
    if not rows:
        messages.warning(request, _("Tick the files first."))
        return redirect("desk:roster-list")
    form = HandForm(request.POST if "to" in request.POST else None, colleagues=_colleagues(user, {row.kind for row in rows}))
    to = form.cleaned_data["to"] if form.is_valid() else None
    lines = _lines(user, rows, to) if to else []
    able = [line for line in lines if line.decision]
    if to and able and "confirmed" in request.POST:
        for line in able:
            places.hand(cast(CaseFile, line.file), line.line, by=user, to=to)
        said = ngettext("%(n)s file is now with %(name)s.", "%(n)s files are now with %(name)s.", len(able))
        messages.success(request, said % {"n": number(len(able)), "name": to.display_name})
        return redirect("desk:roster-list")
    seen(request, rows)
    return page(request, "desk/roster/hand.html", rows=rows, form=form, to=to, lines=lines, able=able,
                missing=len(chosen) - len(rows), trail=[(ROSTER.title, ROSTER.url)])


def _lines(by: User, rows: list[RosterLine], to: User) -> list[Line]:
    """What may be done with each; as many as she has room for, the others wait for another time."""
    files = CaseFile.objects.select_related("office").in_bulk([row.file_id for row in rows])
    room, lines = policy.rooms([to.pk])[to.pk], []
    for row in rows:
        decision = policy.may_hand(by, row, to, stands=row.file_id in files)
        decision = decision and policy.may_take(by, to, room)
        room -= bool(decision)
        lines.append(Line(row, files.get(row.file_id), decision))
    return lines


def _colleagues(by: User, kinds: set[str]) -> list[User]:
    """Who works on files of these wings in her office."""
    roles = {role for kind in kinds for role in standing_on(kind)}
    held = RoleGrant.objects.live().filter(role__in=roles, office=by.office_id).values("user")
    return list(User.objects.filter(pk__in=held, is_active=True).order_by("name"))


@reads(*SUPERVISORS, sample="investigator")
def left(request: HttpRequest, code: str) -> HttpResponse:
    """What a colleague left behind on the files that she supervises: files, what the wing needs, what was to be done."""
    user = cast(User, request.user)
    person = get_by_code(User.objects.select_related("office").filter(is_system=False), code)
    found = leaving.files(user, person)
    seen(request, [one.place.file for one in found])
    return page(request, "desk/roster/left.html", person=person, files=found, reminders=leaving.reminders(person),
                trail=[(ROSTER.title, ROSTER.url)])


@writes(*SUPERVISORS, sample="case_file")
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that a file of this office go to another one."""
    user = cast(User, request.user)
    line = policy.get_line(user, code)
    form = TransferForm(request.POST or None, offices=Office.objects.filter(closed_at__isnull=True).order_by("name_en"))
    if request.method == "POST" and form.is_valid():
        decision = policy.may_transfer(user, line, form.cleaned_data["to"])
        if decision:
            made = transfers.ask(line, by=user, **form.cleaned_data)
            messages.success(request, _("Asked. The data-protection officer decides about it."))
            return redirect("approvals:show", made.code)
        form.add_error("to", str(decision.why))
    seen(request, line)
    return page(request, "desk/roster/transfer.html", line=line, form=form, trail=[(ROSTER.title, ROSTER.url)])
