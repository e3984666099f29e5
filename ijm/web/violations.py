"""What browsers report of our rules for pages: something tried to run or to be shown that is not ours."""

from __future__ import annotations

import json
import logging
import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from ijm.web.cache import count
from ijm.web.pages import gate

log = logging.getLogger(__name__)
LARGEST, IN_A_MINUTE = 16_384, 30  # bytes of a report; how many are written down
WORD = re.compile(r"[a-z][a-z-]{0,39}")


@gate
@csrf_exempt
def report(request: HttpRequest) -> HttpResponse:
    """Write down which rule was broken on which page: names of ours, nothing that the report itself says in words."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    for rule, page in _broken(request):
        if _is_early():
            log.warning("a browser refused something: %s on %s", rule, page)
    return HttpResponse(status=204)


def _broken(request: HttpRequest) -> list[tuple[str, str]]:
    """Rule and page of each violation, in the old form of a report or the new; nothing of what is neither."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            return []
        said = json.loads(request.body)
    except (ValueError, RecursionError):  # no JSON, or brackets in brackets without end
        return []
    reports = said if isinstance(said, list) else [said]
    return [_read(one) for one in reports[:10] if isinstance(one, dict)]


def _read(one: dict[str, Any]) -> tuple[str, str]:
    body = one.get("csp-report") or one.get("body") or {}
    body = body if isinstance(body, dict) else {}
    rule = str(body.get("effective-directive") or body.get("effectiveDirective") or body.get("violated-directive") or "")
    found = WORD.match(rule)
    return found.group() if found else "?", _page(str(body.get("document-uri") or body.get("documentURL") or ""))


def _page(address: str) -> str:
    """The name of the page, never its address."""
    try:
        return resolve(urlsplit(address).path).view_name
    except (Resolver404, ValueError):
        return "?"


def _is_early() -> bool:
    """Whether few enough came within this minute to be worth a line."""
    return count("csp-reports", 60) <= IN_A_MINUTE
