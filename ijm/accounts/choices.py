"""What a person has chosen for herself, applied to each of her requests on whatever device she signed in."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from ijm.accounts.actions import settings as own
from ijm.trail.context import acting_as
from ijm.trail.errors import Stale
from ijm.trail.purposes import Purpose
from ijm.web.shell import THEME_COOKIE
from ijm.web.views import remember as keep


class HerChoices:
    """Language and theme of her account win over the cookies of a borrowed device; times are those of her office."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Apply, answer, and let the cookies follow the account."""
        user: Any = request.user if SESSION_KEY in request.session else None
        if user is None or not user.is_authenticated:
            return self.get_response(request)
        chosen = {settings.LANGUAGE_COOKIE_NAME: user.language, THEME_COOKIE: user.theme}
        stale = {name: value for name, value in chosen.items() if value and request.COOKIES.get(name) != value}
        request.COOKIES.update(stale)
        if user.language and user.language != translation.get_language():
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        with timezone.override(zone_of(user.office.time_zone)):
            response = self.get_response(request)
        for name, value in stale.items():
            if name not in response.cookies:
                keep(response, name, value)
        return response


def zone_of(name: str) -> zoneinfo.ZoneInfo | None:
    """The time zone of that name; nothing, and so the house's own, when there is none."""
    with suppress(zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(name) if name else None
    return None


def remember(request: HttpRequest, **chosen: str) -> None:
    """Keep a choice with the account; one that was made on two devices at once stays with the device."""
    user: Any = request.user
    with suppress(Stale), acting_as(user, "w", Purpose.SIGN_IN):
        own.choose(by=user, **chosen)
