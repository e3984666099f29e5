"""When the database cannot be reached: what was typed goes back to who typed it, and nothing is kept or written down."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.template.loader import render_to_string

RETRY_AFTER = 30  # seconds
OURS = {"csrfmiddlewaretoken", "token", "code", "login", "next", "purpose", "rev", "seen", "replaces"}
UNREADABLE = (RawPostDataException, UnreadablePostError, BadRequest, SuspiciousOperation, OSError)


def is_away() -> bool:
    """Whether the exception being handled says that the database does not answer."""
    return isinstance(sys.exc_info()[1], OperationalError | InterfaceError)


def answer(request: HttpRequest) -> HttpResponse:
    """Say that the records cannot be reached, give back what was typed, and say when to try again."""
    page = HttpResponse(render_to_string("503.html", {"typed": typed(request)}), status=503)
    page.headers["Retry-After"] = str(RETRY_AFTER)
    page.headers["Cache-Control"] = "no-store"
    return page


def typed(request: HttpRequest) -> list[str]:
    """The words of a form that this same site sent; never passwords or codes, and nothing from another site."""
    if request.method != "POST" or not _from_here(request):
        return []
    try:
        given = list(request.POST.lists())
    except UNREADABLE:
        return []
    return [value for name, values in given if name not in OURS and "password" not in name.lower()
            for value in values if value.strip()]


def _from_here(request: HttpRequest) -> bool:
    """Whether the form stood on a page of ours, by what the browser says of it."""
    said = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return said == "same-origin" if said else urlsplit(origin).netloc == request.get_host()
