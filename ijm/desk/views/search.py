"""Search over codes and open fields."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from ijm.accounts.models import User
from ijm.desk import cards, finding
from ijm.ids import normalise_code
from ijm.messages import Event
from ijm.trail.looks import disclosed
from ijm.web.pages import page, reads

LONGEST = 200


@reads()
def search(request: HttpRequest) -> HttpResponse:
    """Find records by code or open field. What was typed travels in the body, never in an address that a proxy writes
    down, and is kept in the trail as a keyed hash only; nowhere is a list of what was searched before."""
    user = cast(User, request.user)
    text = request.POST.get("q", "").strip()[:LONGEST]
    answer = finding.find(user, text) if text else finding.Answer()
    if text:
        _record(user, text, answer)
    only = answer.only(normalise_code(text))
    if only is not None:
        return redirect(only.url)
    return page(request, "desk/search/search.html", text=text, answer=answer)


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
    asked = {"kind": "desk", "hash": salted_hmac("desk.search", text.casefold()).hexdigest(), "count": answer.number,
             "code": normalise_code(text) or ""}
    disclosed(shown, [], to=user, event=Event.SEARCHED, query=asked)
