"""What the desk shows of this wing: work that waits, what a search finds, where a file is shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.ids import normalise_code
from ijm.reference.lists import choices
from ijm.web.lists.meaning import meant
from prosecutions import policy
from prosecutions.models import Hearing, Prosecution
from prosecutions.states import EXPLOITATION, HearingState, Stage

AHEAD = dt.timedelta(days=14)
CHARGE_WITHIN = dt.timedelta(days=30)
MOST = 20
SHORTEST = 3
Card = dict[str, Any]


def work(user: User) -> list[Card]:
    """Hearings to record or to prepare, cases that wait for their first charge, judged cases to close."""
    now = timezone.now()
    scheduled = policy.visible_hearings(user).filter(state=HearingState.SCHEDULED, at__lt=now + AHEAD)
    waiting = policy.visible_prosecutions(user).filter(state__in=(Stage.REFERRED, Stage.JUDGED))
    return [*(_hearing(row, now) for row in scheduled.order_by("at")[:MOST]),
            *(_prosecution(row, now) for row in waiting.order_by("referred_at")[:MOST])]


def _hearing(row: Hearing, now: dt.datetime) -> Card:
    late = row.at <= now
    name = "prosecutions:hearing-outcome" if late else "prosecutions:hearing-show"
    title = _("Record what happened at the hearing") if late else _("Prepare the hearing")
    return _card(title, row.prosecution.code, reverse(name, args=[row.code]), "hearing", row.at, late,
                 about=f"{row.get_kind_display()} · {row.court.name}")


def _prosecution(row: Prosecution, now: dt.datetime) -> Card:
    url = reverse("prosecutions:prosecution-show", args=[row.code])
    if row.state == Stage.JUDGED:
        return _card(_("Close the file: every charge has its verdict"), row.code, url, "prosecution", None, False)
    due = timezone.localdate(row.referred_at + CHARGE_WITHIN)
    return _card(_("A referred case waits for its first charge"), row.code, url, "prosecution", due,
                 due < timezone.localdate(now), about=row.exploitation_label)


def _card(title: str, code: str, url: str, kind: str, due: dt.date | None, late: bool, about: str = "") -> Card:
    return {"title": title, "url": url, "code": code, "kind": kind, "about": about, "due": due, "late": late,
            "count": None}


def appointments(user: User, start: dt.datetime, end: dt.datetime) -> list[Card]:
    """The hearings of these days that are set or were held. The room stays sealed; the court is named by its code."""
    rows = policy.visible_hearings(user).filter(at__gte=start, at__lt=end, state__in=(HearingState.SCHEDULED, HearingState.HELD))
    return [{"at": row.at, "ends_at": None, "title": row.get_kind_display(), "code": row.code, "room": row.court_id,
             "url": reverse("prosecutions:hearing-show", args=[row.code]), "kind": "hearing",
             "about": f"{row.court.name} · {row.prosecution.code}", "record": row} for row in rows.order_by("at", "code")]


def record(user: User, code: str) -> Card | None:
    """The record of this code on a file of hers, and its page."""
    found: Prosecution | Hearing | None = policy.visible_prosecutions(user).filter(code=code).first()
    if found is not None:
        return {"record": found, "url": reverse("prosecutions:prosecution-show", args=[code])}
    found = policy.visible_hearings(user).filter(code=code).first()
    return {"record": found, "url": reverse("prosecutions:hearing-show", args=[code])} if found else None


def find(user: User, text: str) -> list[Card]:
    """Prosecutions and hearings whose code, or the code of one of their people and charges, holds what was typed; prosecutions
    by the form of exploitation, hearings by the name of the court."""
    wanted = normalise_code(text) or text.strip().upper()
    if len(wanted) < SHORTEST:
        return []
    forms = meant(text, lambda: choices(EXPLOITATION))
    files = policy.visible_prosecutions(user).filter(
        Q(code__contains=wanted) | Q(exploitation__in=forms) | Q(accused__alias__code__contains=wanted)
        | Q(witnesses__alias__code__contains=wanted)
        | Q(accused__charges__code__contains=wanted) | Q(accused__verdicts__code__contains=wanted)).distinct()
    hearings = policy.visible_hearings(user).filter(
        Q(code__contains=wanted) | Q(court__name_en__icontains=text.strip()) | Q(court__name_km__contains=text.strip()))
    return [*(_found(_("Prosecution file"), row, "prosecution") for row in files.order_by("-referred_at")[:MOST]),
            *(_found(_("Hearing"), row, "hearing") for row in hearings.order_by("-at")[:MOST])]


def _found(title: str, row: Prosecution | Hearing, kind: str) -> Card:
    url = reverse(f"prosecutions:{kind}-show", args=[row.code])
    return {"title": title, "code": row.code, "url": url, "kind": kind}


def file_page(user: User, file: CaseFile) -> str:
    """Where a prosecution file is shown."""
    return reverse("prosecutions:prosecution-show", args=[file.code])
