"""The log at a glance: how much, how far indexed, what was refused, what was asked."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import answers, deeds, queries
from ijm.messages import Event
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, reads

DAYS = 7


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
def summary(request: HttpRequest) -> HttpResponse:
    """What happened today in numbers, this week's refusals by person, and the latest questions of auditors."""
    seen(request, [])
    queries.bring_up_to_date()
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    week = today - timedelta(days=DAYS - 1)
    kinds = queries.by_kind(today)
    refused = deeds.read(queries.latest("cat", "refusal", since=week, most=500), [])
    return page(request, "audit/log/summary.html", figures=_figures(kinds), state=queries.state(),
                refused=answers.people(reversed(refused)),
                questions=_questions(queries.latest("act", Event.AUDIT_ASKED, since=week)))


def _questions(asked: list[queries.Recorded]) -> list[dict[str, object]]:
    """Who asked about which code, and when; the newest first."""
    names = {person.key: person.name for person in answers.people(deeds.read(asked, []))}
    return [{"at": event.at, "who": names[deeds.read([event], [])[0].user], "code": deeds.asked_about(event.body)}
            for event in asked]


def _figures(kinds: dict[str, int]) -> list[dict[str, object]]:
    return [
        {"number": kinds.get("look", 0), "label": _("Looks today")},
        {"number": kinds.get("change", 0), "label": _("Changes today")},
        {"number": kinds.get("refusal", 0), "label": _("Refused today"), "url": "#rf"},
        {"number": sum(kinds.values()), "label": _("Events today")},
    ]
