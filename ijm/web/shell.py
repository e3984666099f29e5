"""What the frame around every page needs to know. Nothing here is worked out before a template asks for it."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from ijm.roles.table import Role
from ijm.web import navigation, wings

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
AWAY = "https://www.google.com/search?q=weather"
SECONDS_OF_WARNING = 120


class Shell:
    """The frame's facts. An error page asks for none that need the database or a signed-in person."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def product(self) -> str:
        """The name on screen."""
        return getattr(settings, "PRODUCT_NAME", "Daybook")

    @property
    def demo(self) -> bool:
        """Whether every person and case here is invented."""
        return bool(getattr(settings, "DEMO", False))

    @property
    def language(self) -> str:
        """`en` or `km`."""
        return translation.get_language() or "en"

    @property
    def theme(self) -> str:
        """`light`, `dark`, or nothing: as the device says."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def keys(self) -> bool:
        """Whether single keys of the keyboard do something."""
        return bool(getattr(self.user, "has_shortcuts", False))

    @property
    def away(self) -> str:
        """Where Quick exit leads: a page that says nothing about this work."""
        office = getattr(self.user, "office", None)
        return str(getattr(office, "quick_exit", "") or getattr(settings, "QUICK_EXIT_URL", AWAY))

    @cached_property
    def user(self) -> Any:
        """The person signed in, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def name(self) -> str:
        """Her name as colleagues know it."""
        return str(getattr(self.user, "display_name", "") or self.user or "")

    @cached_property
    def duty(self) -> str:
        """The role, or roles, in which she works."""
        held = getattr(self.user, "role_codes", ())
        return ", ".join(str(role.label) for role in Role if role.value in held)

    @cached_property
    def office(self) -> str:
        """The name of her office."""
        return str(getattr(self.user, "office", None) or "")

    @cached_property
    def wing(self) -> str:
        """The wing that the address belongs to."""
        return wings.of_request(self.request).code

    @cached_property
    def facts(self) -> navigation.Facts:
        """What the frame shows of her, read at once; asked of the function that `SHELL_FACTS` names."""
        source = getattr(settings, "SHELL_FACTS", "")
        return import_string(source)(self.request) if source and self.user else navigation.Facts()

    @property
    def counts(self) -> navigation.Counts:
        """What waits behind each line of the side."""
        return self.facts.counts

    @property
    def pins(self) -> frozenset[str]:
        """The codes of the records she keeps at hand."""
        return self.facts.pins

    @property
    def saved(self) -> list[Any]:
        """The filters she keeps, and those her office shares."""
        return self.facts.saved

    @cached_property
    def pin_url(self) -> str:
        """Where a record is pinned."""
        return navigation.address("desk:pin")

    @cached_property
    def filter_url(self) -> str:
        """Where a filter is kept."""
        return navigation.address("desk:filter-keep")

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        """The groups of links in the side."""
        if self.user is None:
            return []
        return navigation.side(self.request, getattr(self.user, "role_codes", ()), self.counts)

    @cached_property
    def notices(self) -> int:
        """How many notices are new."""
        return self.counts.get("desk:notices", (0, 0))[0]

    @cached_property
    def search_url(self) -> str:
        """Where the search form leads."""
        return navigation.address("desk:search")

    @cached_property
    def notices_url(self) -> str:
        """Where the bell leads."""
        return navigation.address("desk:notices")

    @cached_property
    def print_url(self) -> str:
        """Where the printing of a page is recorded."""
        return navigation.address("documents:page-printed")

    @cached_property
    def sheet_url(self) -> str:
        """Where a list is taken along as a sheet."""
        return navigation.address("documents:sheet")

    @cached_property
    def opened_url(self) -> str:
        """Where "What I opened today" leads."""
        return navigation.address("desk:opened")

    @cached_property
    def sign_in_url(self) -> str:
        """Where somebody signs in again."""
        return resolve_url(settings.LOGIN_URL)

    @cached_property
    def second_factor_url(self) -> str:
        """Where the six digits are asked for."""
        return navigation.address("mfa_authenticate")

    @cached_property
    def settings_url(self) -> str:
        """Where she chooses language, theme and shortcuts."""
        return navigation.address("account_settings")

    @cached_property
    def sign_out_url(self) -> str:
        """Where somebody ends the session."""
        return navigation.address("account_logout")

    @cached_property
    def session_seconds(self) -> int:
        """Seconds until the session ends if nothing is done; 0 without a session."""
        session = getattr(self.request, "session", None)
        if session is None or not self.user:
            return 0
        begun, longest = session.get("begun_at"), getattr(session, "longest", settings.SESSION_ABSOLUTE_AGE)
        idle: int = session.get_expiry_age() - settings.SESSION_RENEWED_AFTER
        if begun is None or not longest:
            return idle
        return max(0, min(idle, int(begun + longest - timezone.now().timestamp())))

    @cached_property
    def session_ends_at(self) -> dt.datetime | None:
        """When the session ends if nothing is done."""
        return timezone.now() + dt.timedelta(seconds=self.session_seconds) if self.session_seconds else None

    @property
    def warning_seconds(self) -> int:
        """How long before that the page asks."""
        return SECONDS_OF_WARNING

    @cached_property
    def person_code(self) -> str:
        """The code of the person signed in."""
        return str(getattr(self.user, "code", "") or "")

    @cached_property
    def session_mark(self) -> str:
        """Four characters that tell this session from another; they open nothing."""
        key = getattr(getattr(self.request, "session", None), "session_key", "") or ""
        return hashlib.sha256(b"mark" + key.encode()).hexdigest()[:4].upper()


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template the frame's facts."""
    return {"shell": Shell(request)}
