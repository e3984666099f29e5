"""Reminders: the list, setting one on a record, putting off, done."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk import reminders as desk
from ijm.desk.forms.reminders import PutOffForm, ReminderForm
from ijm.notices.actions import reminders
from ijm.notices.models import Reminder, ReminderState, Subject
from ijm.notices.policy import visible_reminders
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import disclose
from ijm.web.looks import seen
from ijm.web.opened import joined
from ijm.web.pages import page, reads, writes
from ijm.web.undo import offer

MOST = 100


@reads()
def listing(request: HttpRequest) -> HttpResponse:
    """Her reminders: due, coming, and those done in the last days."""
    return _listed(request)


def _listed(request: HttpRequest, opened: dict[str, Any] | None = None) -> HttpResponse:
    rows = visible_reminders(cast(User, request.user))
    waiting = list(rows.filter(state=ReminderState.WAITING)[:MOST])
    over = list(rows.filter(state=ReminderState.DONE).order_by("-done_at")[:10])
    seen(request, [*waiting, *over])
    now = timezone.now()
    parts = [{"key": key, "label": label, "items": [_line(row, opened) for row in found]} for key, label, found in (
        ("due", _("Due"), [row for row in waiting if row.at <= now]),
        ("coming", _("Coming"), [row for row in waiting if row.at > now]), ("done", _("Done"), over)) if found]
    return page(request, "desk/reminders/list.html", parts=parts, form=PutOffForm(auto_id=False))


def _line(row: Reminder, opened: dict[str, Any] | None) -> dict[str, Any]:
    """One reminder, with its note open when it was just revealed."""
    return {"reminder": row, "note": opened if opened and opened["pk"] == row.pk else None}


@writes(sample="survivor")
def set_(request: HttpRequest, code: str) -> HttpResponse:
    """Set a reminder on a record she may see."""
    user = cast(User, request.user)
    about = desk.about(user, code)
    record = about["record"]
    form = ReminderForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        reminders.set_(by=user, file=record.file_id, about=record.code, path=about["url"],
                       subject=Subject(said["subject"]), at=said["at"], note=said["note"])
        messages.success(request, _("The reminder is set. You find it in your agenda."))
        return redirect(about["url"])
    seen(request, record)
    return page(request, "desk/reminders/set.html", form=form, about_code=record.code, about_url=about["url"])


@writes()
def done(request: HttpRequest, reminder: uuid.UUID) -> HttpResponse:
    """It is done."""
    user = cast(User, request.user)
    found = desk.get(user, reminder)
    if request.method == "POST":
        reminders.done(found, by=user)
        offer(request, "reminder-done", found.pk, _("Done."))
    return redirect("desk:reminders")


@writes()
def put_off(request: HttpRequest, reminder: uuid.UUID) -> HttpResponse:
    """Be told later; what was done by mistake comes back this way too."""
    user = cast(User, request.user)
    found = desk.get(user, reminder)
    form = PutOffForm(request.POST or None)
    if form.is_valid():
        reminders.put_off(found, by=user, at=form.moment())
        messages.success(request, _("Put off."))
    return redirect("desk:reminders")


@reads()
def reveal(request: HttpRequest, reminder: uuid.UUID) -> HttpResponse:
    """Open the note of a reminder; a plain look leads back to the list."""
    user = cast(User, request.user)
    found = desk.get(user, reminder)
    if request.method != "POST":
        return redirect("desk:reminders")
    value = joined([disclose(found, "note", to=user, purpose=Purpose.CASEWORK)["note"]])
    note = {"pk": found.pk, "value": value, "at": timezone.now(), "purpose_label": Purpose.CASEWORK.label}
    if getattr(request, "htmx", False):
        return page(request, "desk/reminders/note.html", note=note)
    return _listed(request, note)
