"""Pages for what goes wrong: each says what to do next in both languages, and loses nothing that was typed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from ijm.accounts.models import User
from ijm.web import away
from tests.cast import Cast
from tests.conftest import sign_in

SignIn = Callable[[User], Client]
KHMER = re.compile("[\u1780-\u17ff]")
PAGES = ("400", "403_csrf", "404", "413", "429", "500", "503")
NEXT = {"400": "Go back", "403_csrf": "Copy it", "404": "ask your supervisor", "413": "choose a smaller file",
        "429": "Wait five minutes", "500": "Try again in a minute", "503": "Wait half a minute"}
TYPED = "She asked for her sister Nyxaroth"


@pytest.mark.parametrize("name", PAGES)
def test_each_says_in_both_languages_what_to_do_next(name: str) -> None:
    page = render_to_string(f"{name}.html")
    khmer = page.split('lang="km">', 2)[-1]
    assert NEXT[name] in page and len(KHMER.findall(khmer)) > 120
    assert 'href="/desk/"' in page and 'href="/language/"' in page and "<script" not in page
    assert page.count("<h1>") == 1 and page.count("<p>") >= 6


def test_refused_and_missing_are_one_page(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    answers = [client.get(path) for path in ("/no/such/page/", "/audit/", "/desk/people/", "/investigations/files/IV-0000-0000/")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, render_to_string("404.html").encode())}


def test_a_form_that_is_too_old_is_told_so(cast: Cast, signed_in: SignIn) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(cast.hotline).cookies
    answer = client.post("/investigations/tips/new/", {"what_was_said": TYPED})
    assert (answer.status_code, answer.content) == (403, render_to_string("403_csrf.html").encode())


def test_what_is_too_large_is_told_so(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.hotline)
    answer = client.post("/investigations/tips/new/", {"what_was_said": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 10)})
    assert (answer.status_code, answer.content) == (413, render_to_string("413.html").encode())


# the database away


@pytest.fixture
def broken_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Exception]], None]:
    """The line to the database breaks the next time a door is opened."""

    def breaks(kind: type[Exception]) -> None:
        def refuse(*_args: Any, **_given: Any) -> None:
            raise kind("server closed the connection unexpectedly")

        monkeypatch.setattr("ijm.web.pages.door", refuse)

    return breaks


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_what_was_typed_is_given_back(
    kind: type[Exception], cast: Cast, signed_in: SignIn, broken_off: Callable[[type[Exception]], None],
    caplog: pytest.LogCaptureFixture
) -> None:
    client = sign_in(cast.hotline)
    client.raise_request_exception = False
    broken_off(kind)
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/investigations/tips/new/", {
            "what_was_said": TYPED, "password": "three calm rivers meet", "code": "123456", "landmark": "<b>by the tower</b>"},
            headers={"Sec-Fetch-Site": "same-origin"})
    page = answer.content.decode()
    assert (answer.status_code, answer.get("Retry-After")) == (503, "30"), page[:3000]
    assert "no-store" in answer["Cache-Control"]
    assert TYPED in page and "&lt;b&gt;by the tower" in page
    assert "calm rivers" not in page and "123456" not in page
    assert TYPED not in caplog.text and "tower" not in caplog.text


def test_another_site_gets_nothing_back() -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://example.org"}, {}):
        request = RequestFactory().post("/x/", {"words": TYPED}, headers=headers)
        assert away.typed(request) == []
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}, {"Referer": "http://testserver/a/"}):
        assert away.typed(RequestFactory().post("/x/", {"words": TYPED, "empty": " "}, headers=headers)) == [TYPED]
    assert away.typed(RequestFactory().get("/x/", {"words": TYPED})) == []


def test_our_own_mistake_is_not_called_the_databases() -> None:
    try:
        raise ValueError("ours")
    except ValueError:
        assert not away.is_away()
    assert not away.is_away()
