"""The auditor's desk: what waits, what may be asked, how the log stands; and the questions she keeps."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import answers, asked, deeds, policy, queries
from audit.actions import saved
from audit.flagged import Flag
from audit.flags import words
from audit.log.store import Held, Store
from audit.states import FlagState, Ground
from ijm.accounts.models import User
from ijm.messages import Event
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

DAYS, SHOWN = 7, 6


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
def desk(request: HttpRequest) -> HttpResponse:
    """Flags that wait, the sample to review, the five questions, questions kept and asked, the last checkpoint."""
    user = cast(User, request.user)
    queries.bring_up_to_date()
    waiting = list(policy.waiting_flags(user)[:SHOWN])
    seen(request, waiting)
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    since, until = today - timedelta(days=DAYS - 1), today + timedelta(days=1)
    return page(
        request, "audit/desk/desk.html", figures=_figures(user, queries.by_kind(today)), items=[_item(flag) for flag in waiting],
        questions=[(asked.NAMES[name], asked.url(name), HINTS[name]()) for name in asked.NAMES],
        kept=[asked.said(one) for one in policy.saved_questions(user)], state=queries.state(), checkpoint=checkpoint(),
        lately=_lately(queries.of_kind("act", Event.AUDIT_ASKED, since=since, until=until)[-SHOWN:]))


@writes(Role.AUDITOR, Role.DATA_PROTECTION)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a question; what no page of ours could have asked is no question."""
    if request.method != "POST":
        return redirect("audit:desk")
    name = request.POST.get("page", "")
    query = asked.clean(name, QueryDict(request.POST.get("query", "")))
    if not query:
        raise Http404
    saved.keep(name, by=cast(User, request.user), query=query)
    messages.success(request, _("The question stands on your desk."))
    return redirect("audit:desk")


@writes(Role.AUDITOR, Role.DATA_PROTECTION, sample="kept_question")
def drop(request: HttpRequest, kept_question: uuid.UUID) -> HttpResponse:
    """Keep a question no longer."""
    user = cast(User, request.user)
    kept = get_object_or_404(policy.saved_questions(user), pk=kept_question)
    if request.method == "POST":
        saved.drop(kept, by=user)
        messages.success(request, _("The question is not kept any more."))
    return redirect("audit:desk")


def checkpoint() -> Held | None:
    """The last signed state of the log; nothing before the first was made."""
    return Store().newest()


HINTS: dict[str, Any] = {
    "who-saw": lambda: _("By a code of any wing: people, times, fields and purposes."),
    "timeline": lambda: _("One record's whole story, event by event."),
    "did": lambda: _("One colleague, by time, purpose and place on the file."),
    "refused": lambda: _("Pages, records and fields that were tried."),
    "looked": lambda: _("Which auditor asked about what."),
}


def _figures(user: User, kinds: dict[str, int]) -> list[dict[str, Any]]:
    rows = policy.visible_flags(user).filter(state=FlagState.WAITING).values_list("ground", flat=True)
    sample = sum(ground == Ground.SAMPLE for ground in rows)
    flags_url, today = reverse("audit:flag-list"), f"{asked.url('refused')}?period=28"
    return [
        {"number": len(rows) - sample, "label": _("Flags to look at"), "url": flags_url, "hot": len(rows) > sample},
        {"number": sample, "label": _("Of the monthly sample"), "url": f"{flags_url}?show=sample"},
        {"number": kinds.get("refusal", 0), "label": _("Refused today"), "url": today},
        {"number": sum(kinds.values()), "label": _("Events today")},
    ]


def _item(flag: Flag) -> dict[str, Any]:
    return {"title": f"{flag.get_ground_display()}: {flag.actor.display_name}",
            "url": reverse("audit:flag-show", args=[flag.code]), "about": words.why(flag), "icon": "flag", "when": flag.day}


def _lately(recorded: list[queries.Recorded]) -> list[dict[str, Any]]:
    """Who asked about which code, and when; the newest first."""
    done = deeds.read(recorded, [])
    names = {person.key: person.name for person in answers.people(done)}
    return [{"at": deed.at, "who": names[deed.user], "code": deed.asked} for deed in reversed(done)]
