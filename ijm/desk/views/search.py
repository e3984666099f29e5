"""Search by name, number, code and open field; and who searched for people of one's files."""

from __future__ import annotations

import unicodedata
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk import cards, finding, often
from ijm.ids import normalise_code
from ijm.messages import Event
from ijm.people import finding as register
from ijm.people.models import Asked
from ijm.roles.budgets import Budget
from ijm.trail import spending
from ijm.trail.looks import denied, disclosed
from ijm.vault.marks import mark
from ijm.web import words
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

LONGEST, LATELY = 200, 100


@writes(once=False)
def search(request: HttpRequest) -> HttpResponse:
    """Find people by name or number, records by code or open field. What was typed travels in the body, never in an address
    that a proxy writes down, and is kept in the trail as a keyed hash only; nowhere is a list of what was searched before."""
    user = cast(User, request.user)
    text = request.POST.get("q", "").strip()[:LONGEST]
    if not text:
        return page(request, "desk/search/search.html", text="", answer=finding.Answer())
    if often.too_often(user):
        denied(Event.SEARCH_REFUSED, by=user, reason="too-often")
        return page(request, "desk/search/search.html", status=429, text="", answer=finding.Answer(), is_too_often=True)
    spending.some(Budget.SEARCHES)
    answer = finding.find(user, text)
    _record(user, text, answer)
    register.tell(answer.known, by=user)
    only = answer.only(normalise_code(text))
    if only is not None:
        return redirect(only.url)
    return page(request, "desk/search/search.html", text=text, answer=answer)


@reads()
def asked(request: HttpRequest) -> HttpResponse:
    """Which colleagues searched for somebody on her files without standing on them, the latest first."""
    rows = Asked.objects.select_related("file", "asked_by__office").order_by("-asked_at")[:LATELY]
    seen(request, rows)
    columns = [{"label": _("File")}, {"label": _("Who searched")}, {"label": _("How")}, {"label": _("When")}]
    return page(request, "desk/search/asked.html", columns=columns, rows=[_line(row, columns) for row in rows])


def _line(row: Asked, columns: list[dict[str, str]]) -> list[dict[str, Any]]:
    _file, who, how, when = (column["label"] for column in columns)
    return [{"code": row.file.code, "url": reverse("desk:go", args=[row.file.code])},
            {"text": row.asked_by.display_name, "sub": row.asked_by.office.name, "label": who},
            {"text": row.get_how_display(), "label": how}, {"text": words.moment(row.asked_at), "label": when}]


@reads(sample="case_file")
def go(request: HttpRequest, code: str) -> HttpResponse:
    """To the page of a record by its code, as a list of codes links to it; hidden and missing are one."""
    user = cast(User, request.user)
    address = finding.address(user, code)
    if not address:
        raise Http404
    return redirect(address)


def _record(user: User, text: str, answer: finding.Answer) -> None:
    shown = [cards.Shown(card.code, "search") for card in answer.cards if card.code]
    told = {"kind": "desk", "hash": mark("desk.search", plain(text)), "count": answer.number, "elsewhere": len(answer.units),
            "code": normalise_code(text) or ""}
    disclosed(shown, [], to=user, event=Event.SEARCHED, query=told)


def plain(text: str) -> bytes:
    """The same search however it is written: small letters, one space, one way of composing each."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).encode()
