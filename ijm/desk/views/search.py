"""Search over codes and open fields."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from ijm.accounts.models import User
from ijm.desk import cards
from ijm.ids import normalise_code
from ijm.messages import Event
from ijm.trail.looks import disclosed
from ijm.web.pages import page, reads

LONGEST, MOST = 200, 50


@reads()
def search(request: HttpRequest) -> HttpResponse:
    """Find records by code or open field. What was typed travels in the body, never in an address that a proxy writes
    down, and is kept in the trail as a keyed hash only."""
    user = cast(User, request.user)
    text = request.POST.get("q", "").strip()[:LONGEST]
    found = cards.find(user, text) if text else []
    if text:
        _record(user, text, found)
    if len(found) == 1 and found[0].code and found[0].code == normalise_code(text):
        return redirect(found[0].url)
    return page(request, "desk/search/search.html", text=text, found=found[:MOST], more=max(0, len(found) - MOST))


def _record(user: User, text: str, found: list[cards.Card]) -> None:
    shown = [cards.Shown(card.code, "search") for card in found[:MOST] if card.code]
    asked = {"kind": "desk", "hash": salted_hmac("desk.search", text.casefold()).hexdigest(), "count": len(found),
             "code": normalise_code(text) or ""}
    disclosed(shown, [], to=user, event=Event.SEARCHED, query=asked)
