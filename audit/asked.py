"""A question as it stands in an address: what of it is kept, and how it is said."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.filters import ASKED
from audit.flagged import SavedQuestion
from audit.forms.questions import FORMS, OWN, PERIODS, PeriodForm
from ijm.web.words import short_day

NAMES: dict[str, Promise] = {
    "who-saw": _("Who has seen"),
    "timeline": _("Everything about"),
    "did": _("What somebody did"),
    "refused": _("What was refused"),
    "looked": _("Who asked the log"),
}


def url(page: str) -> str:
    """Where this question is asked."""
    return reverse(f"audit:{page}")


def clean(page: str, given: QueryDict) -> str:
    """What an address asks, without anything its form does not know; nothing when it is no question of this page."""
    kept = QueryDict(mutable=True)
    for name in ASKED:
        value = given.get(name, "")
        if value and len(value) <= 20:
            kept[name] = value
    form = FORMS[page](kept) if page in FORMS else None
    if form is None or not form.is_valid():
        return ""
    names = {name for name in form.fields if form.cleaned_data.get(name)}
    if form.cleaned_data.get("period") != OWN:
        names -= {"since", "until"}
    query = QueryDict(mutable=True)
    for name in kept:
        if name.rpartition("_")[0] in names or name in names:
            query[name] = str(form.cleaned_data["code"] if name == "code" else kept[name])
    return query.urlencode()


def said(kept: SavedQuestion) -> dict[str, Any]:
    """A kept question as a line: what it asks, about which code, for which time, and its address."""
    given = QueryDict(kept.query)
    return {"kept": kept, "title": NAMES[kept.page], "code": given.get("code") or given.get("person") or "",
            "when": period(FORMS[kept.page](given)), "url": f"{url(kept.page)}?{kept.query}"}


def period(form: PeriodForm) -> str:
    """The time that was asked for, in words."""
    if not form.is_valid():
        return ""
    chosen = form.cleaned_data.get("period") or PERIODS[0][0]
    if chosen == OWN:
        return f"{short_day(form.cleaned_data['since'])} – {short_day(form.cleaned_data['until'])}"
    return str(dict(PERIODS)[chosen])
