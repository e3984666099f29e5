"""The frame: what it shows to whom, and that it asks nothing of the database for strangers."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import path
from django.utils import translation

from ijm.web import navigation, wings
from ijm.web.shell import Shell, shell


def person(*roles: str) -> Any:
    office = "Phnom Penh office"
    return SimpleNamespace(
        is_authenticated=True,
        display_name="Kim Sreymom",
        code="US-0000-0000",
        role_codes=frozenset(roles),
        office=office,
    )


class Session(dict[str, Any]):
    session_key = "0" * 40

    def get_expiry_age(self) -> int:
        return 900


def asked(address: str = "/desk/", user: Any = None, **cookies: str) -> HttpRequest:
    request = RequestFactory().get(address)
    request.COOKIES = cookies
    request.session = Session()  # type: ignore[assignment]
    request.htmx = False  # type: ignore[attr-defined]
    if user is not None:
        request.user = user
    return request


def door(*roles: str) -> Any:
    def view(request: HttpRequest) -> None: ...

    view.door = SimpleNamespace(roles=roles)  # type: ignore[attr-defined]
    return view


urlpatterns = [
    path("rooms/", door(), name="a-open"),
    path("rooms/files/", door("INVESTIGATOR"), name="a-files"),
    path("bare/", lambda request: None, name="a-bare"),
]
TABLE = (
    navigation.Group("", (navigation.Item("a-open", "Open", "sun"), navigation.Item("a-bare", "Bare", "sun"))),
    navigation.Group("Wing", (navigation.Item("a-files", "Files", "folder", frozenset({"INVESTIGATOR", "HOTLINE"})),)),
    navigation.Group("None", (navigation.Item("a-missing", "Missing", "box"),)),
)


@pytest.fixture
def side(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings.ROOT_URLCONF = __name__
    monkeypatch.setattr(navigation, "SIDE", TABLE)
    return lambda address, roles, counts=None: navigation.side(asked(address), roles, counts or {})


def names(groups: list[dict[str, Any]]) -> list[str]:
    return [item["name"] for group in groups for item in group["items"]]


def test_the_side_shows_only_pages_that_exist_and_open(side: Any) -> None:
    assert names(side("/", {"INVESTIGATOR"})) == ["a-open", "a-bare", "a-files"]
    assert names(side("/", {"HOTLINE"})) == ["a-open", "a-bare"]
    assert names(side("/", set())) == ["a-open", "a-bare"]


def test_the_side_marks_the_nearest_page_and_counts_what_waits(side: Any) -> None:
    groups = side("/rooms/files/XX/", {"INVESTIGATOR"}, {"a-files": (14, 3)})
    current = [item for group in groups for item in group["items"] if item["current"]]
    assert [(item["name"], item["count"], item["late"]) for item in current] == [("a-files", 14, 3)]


def test_a_page_that_does_not_exist_yet_has_no_address() -> None:
    assert navigation.address("nowhere:nothing") == ""
    assert navigation.address("web:health") == "/health/"


def test_every_wing_has_a_word_and_a_drawing() -> None:
    from ijm.web import icons

    for wing in wings.WINGS.values():
        assert wing.icon in icons.drawings()
    for group in navigation.SIDE:
        assert all(item.icon in icons.drawings() for item in group.items)


def test_the_wing_comes_from_the_address() -> None:
    request = asked()
    assert wings.of_request(request).code == "desk"
    request.resolver_match = SimpleNamespace(namespace="aftercare")  # type: ignore[assignment]
    assert wings.of_request(request).code == "care"
    assert Shell(request).wing == "care"
    assert wings.by_code("pros") is wings.WINGS["pros"]
    assert wings.by_code("nowhere") is wings.by_code(None) is None


def test_a_stranger_costs_no_question() -> None:
    facts = shell(asked())["shell"]
    assert facts.user is None
    assert facts.nav == []
    assert facts.counts == {}
    assert facts.session_seconds == 0
    assert facts.session_ends_at is None
    assert (facts.name, facts.duty, facts.office, facts.person_code) == ("", "", "", "")


def test_a_request_that_broke_early_has_a_shell_all_the_same() -> None:
    request = RequestFactory().get("/")
    facts = Shell(request)
    assert (facts.user, facts.session_seconds, len(facts.session_mark)) == (None, 0, 4)


def test_who_is_signed_in_and_in_which_duty() -> None:
    facts = Shell(asked(user=person("CARE_WORKER", "LIAISON")))
    assert facts.name == "Kim Sreymom"
    assert facts.duty == "Aftercare social worker, Prosecution liaison"
    assert facts.office == "Phnom Penh office"


def test_the_session_ends_by_rest_or_by_the_longest_day(settings: Any) -> None:
    from django.utils import timezone

    request = asked(user=person())
    assert Shell(request).session_seconds == 880
    request.session["begun_at"] = timezone.now().timestamp() - settings.SESSION_ABSOLUTE_AGE + 60
    assert 55 <= Shell(request).session_seconds <= 60
    request.session["begun_at"] = 0
    assert Shell(request).session_seconds == 0


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("<x>", ""), ("", "")])
def test_only_known_themes(cookie: str, theme: str) -> None:
    assert Shell(asked(theme=cookie)).theme == theme


def counted(request: HttpRequest) -> navigation.Facts:
    return navigation.Facts({"desk:notices": (3, 0)})


def test_counts_come_from_the_named_function(settings: Any) -> None:
    settings.SHELL_FACTS = f"{__name__}.counted"
    assert Shell(asked(user=person())).notices == 3
    assert Shell(asked()).notices == 0


@pytest.mark.parametrize("language", ["en", "km"])
def test_the_frame_in_both_languages(language: str, settings: Any) -> None:
    settings.SHELL_FACTS = f"{__name__}.counted"
    with translation.override(language):
        page = render_to_string("web/base.html", {}, asked(user=person("CARE_WORKER"), theme="dark"))
    assert f'<html lang="{language}"' in page
    assert 'data-theme="dark"' in page
    assert "US-0000-0000" in page
    assert 'data-seconds="880"' in page
    assert '"historyCacheSize":0' in page
    assert 'class="wing-desk"' in page
    assert page.index('class="govuk-skip-link"') < page.index('class="side"')


def test_the_frame_for_a_stranger_holds_no_dialog() -> None:
    page = render_to_string("web/base.html", {"wing": "pros"}, asked())
    assert "<dialog" not in page
    assert 'class="wing-pros"' in page
