"""A host of their own for files that leave: what somebody attached can then never act as a page of ours.

Off until FILES_HOST names it. The page's link makes a ticket, good once and for a minute, and leads to the other host. There
no cookie is known and no page is served: the ticket alone stands for the session it was made in, and dies with that.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string

from ijm.web.downloads import SANDBOX

LIFE = 60  # seconds
TAKE = "/take/"
Page = Callable[..., HttpResponseBase]


def apart(view: Page) -> Page:
    """A page that gives a file: where files have a host of their own, it leads there."""
    @wraps(view)
    def through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (None if is_here(request) else _led(request)) or view(request, *args, **kwargs)

    return through


def is_here(request: HttpRequest) -> bool:
    """Whether this request gives files itself: there is no other host, or it is this one."""
    return not settings.FILES_HOST or request.get_host() == settings.FILES_HOST


def _led(request: HttpRequest) -> HttpResponse | None:
    """The way to the other host with a new ticket; nothing for who is not signed in or only asks how large a file is."""
    if request.method != "GET" or not request.user.is_authenticated or not request.session.session_key:
        return None
    token = secrets.token_urlsafe(32)
    cache.set(_name(token), {"session": request.session.session_key, "path": request.path}, LIFE)
    return cast(HttpResponse, redirect(f"{'https' if request.is_secure() else 'http'}://{settings.FILES_HOST}{TAKE}{token}/"))


def _name(token: str) -> str:
    return f"files.ticket:{hashlib.sha256(token.encode()).hexdigest()}"


def redeemed(token: str) -> dict[str, str]:
    """What a ticket stands for: the session and the address. It is worth nothing from now on; of two who use it, one gets it."""
    held: dict[str, str] = cache.get(_name(token)) or {}
    return held if held and cache.delete(_name(token)) else {}


class FilesHost:
    """On the host of files nothing is there but what a ticket opens, and no cookie is read or set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Turn the ticket into the request that it was made for."""
        if not settings.FILES_HOST or not is_here(request):
            return self.get_response(request)
        held = redeemed(request.path[len(TAKE):].strip("/")) if request.path.startswith(TAKE) and request.method == "GET" else {}
        if not held:
            return HttpResponse(render_to_string("404.html"), status=404, headers={"Content-Security-Policy": SANDBOX})
        request.COOKIES, request.is_poll = {}, True  # type: ignore[attr-defined]
        request.ticket = held["session"]  # type: ignore[attr-defined]
        request.path = request.path_info = held["path"]
        response = self.get_response(request)
        response.cookies.clear()
        return response
