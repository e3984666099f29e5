"""The shell's own pages: choices kept, sessions ended, refusals alike to the byte."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from ijm.web import csp, views, violations


@pytest.fixture
def client() -> Client:
    """A browser that has never been here; nothing below may ask the database for it."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("wanted", "kept"), [("km", "km"), ("en", "en"), ("fr", "en"), ("", "en")])
def test_a_language_is_kept_in_a_cookie_and_the_page_comes_back(client: Client, wanted: str, kept: str) -> None:
    answer = client.post("/language/", {"language": wanted, "next": "/desk/?a=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/?a=1")
    cookie = answer.cookies["lang"]
    assert cookie.value == kept
    assert cookie["httponly"]
    assert cookie["secure"]


@pytest.mark.parametrize(("wanted", "kept"), [("dark", "dark"), ("light", "light"), ("neon", ""), ("", "")])
def test_a_theme_is_kept_in_a_cookie(client: Client, wanted: str, kept: str) -> None:
    assert client.post("/theme/", {"theme": wanted}).cookies["theme"].value == kept


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_host(client: Client, away: str) -> None:
    assert client.post("/language/", {"language": "km", "next": away}).headers["Location"] == "/desk/"


@pytest.mark.parametrize("address", ["/language/", "/theme/"])
def test_the_choices_have_a_page_of_their_own(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert 'name="language" value="km"' in page
    assert "data-theme-switch" in page


def test_the_page_follows_the_cookies(client: Client) -> None:
    client.cookies["lang"], client.cookies["theme"] = "km", "dark"
    page = client.get("/language/").content.decode()
    assert '<html lang="km"' in page
    assert 'data-theme="dark"' in page


def test_health_touches_nothing(client: Client) -> None:
    assert client.get("/health/").content == b"ok\n"


def test_a_stranger_learns_that_she_is_not_signed_in(client: Client) -> None:
    for answer in (client.get("/account/stay/"), client.post("/account/stay/")):
        said = answer.json()
        assert len(said.pop("csrf")) == 64, "whoever signs in on the spot needs a token for it"
        assert said == {"signed_in": False, "person": "", "seconds": 0}
        assert "no-store" in answer.headers["Cache-Control"]


def test_quick_exit_leads_to_a_page_about_the_weather(client: Client, settings: Any) -> None:
    settings.QUICK_EXIT_URL = "https://weather.example/"
    answer = client.post("/leave/")
    page = answer.content.decode()
    assert 'content="0;url=https://weather.example/"' in page
    assert "<title>Weather</title>" in page
    assert "Daybook" not in page
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert client.get("/leave/").status_code == 405


def test_quick_exit_ends_the_session(committed_cast: Any, signed_in: Any) -> None:
    client = signed_in(committed_cast.care_worker)
    assert client.get("/account/stay/").json()["signed_in"]
    client.post("/leave/")
    assert not client.get("/account/stay/").json()["signed_in"]


def test_staying_gives_a_fresh_token_and_the_seconds_left(cast: Any, signed_in: Any, settings: Any) -> None:
    told = signed_in(cast.care_worker).post("/account/stay/").json()
    assert told["person"] == cast.care_worker.code
    assert 0 < told["seconds"] <= settings.SESSION_COOKIE_AGE
    assert len(told["csrf"]) == 64


def test_a_missing_page_is_the_same_bytes_for_everyone(client: Client) -> None:
    plain = client.get("/nothing-here/")
    client.cookies["lang"], client.cookies["theme"] = "km", "dark"
    other = client.get("/quite/another/<script>?x=1", headers={"accept-language": "km"})
    assert plain.status_code == other.status_code == 404
    assert plain.content == other.content
    assert plain.cookies == other.cookies == {}
    assert b"<form" not in plain.content
    assert b"csrf" not in plain.content
    assert b"nothing-here" not in plain.content


ANSWERS = {
    "400": lambda request: views.bad_request(request, ValueError()),
    "403": lambda request: views.forbidden(request, PermissionError()),
    "404": lambda request: views.not_found(request, KeyError()),
    "csrf": lambda request: views.csrf_failure(request, "token"),
    "413": views.too_large,
    "429": views.too_many,
    "500": views.broken,
}
STATUS = {"403": 404, "csrf": 403}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_refusal_says_in_both_languages_what_to_do_next(name: str) -> None:
    answer = ANSWERS[name](RequestFactory().get("/"))
    page = answer.content.decode()
    assert answer.status_code == STATUS.get(name) or answer.status_code == int(name)
    assert '<section lang="km">' in page
    assert page.count('href="/desk/"') >= 3
    assert "<form" not in page
    assert "<script" not in page
    assert "data-theme" not in page


def test_who_was_slower_keeps_her_words() -> None:
    request = RequestFactory().post("/x/", {"words": "First <line>", "csrfmiddlewaretoken": "secret"})
    page = render_to_string("web/stale.html", {}, request)
    assert "First &lt;line&gt;" in page
    assert "secret" not in page


def test_what_is_refused_looks_like_what_is_missing() -> None:
    request = RequestFactory().get("/")
    assert views.forbidden(request).content == views.not_found(request).content


def test_every_answer_tells_the_browser_to_run_only_our_files(client: Client) -> None:
    for address in ("/health/", "/nothing-here/", "/language/"):
        told = client.get(address).headers["Content-Security-Policy"]
        assert told == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
            "report-uri /csp-reports/"
        )
        assert "unsafe" not in told


def test_an_office_may_write_its_own_policy(settings: Any) -> None:
    from django.http import HttpResponse

    settings.SECURE_CSP = {"default-src": ("'none'",)}

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Permissions-Policy": "x=()"})

    told = csp.ContentSecurityPolicyMiddleware(answer)(RequestFactory().get("/")).headers
    assert told["Content-Security-Policy"] == "default-src 'none'"
    assert told["Permissions-Policy"] == "x=()"


REPORTS = (
    ({"csp-report": {"effective-directive": "script-src-elem", "document-uri": "https://x/health/?name=Sok"}},
     "script-src-elem on web:health"),
    ([{"body": {"effectiveDirective": "img-src", "documentURL": "https://x/nowhere/Sok"}}], "img-src on ?"),
    ({"csp-report": {"effective-directive": "Sok Dara\n", "document-uri": "https://[x"}}, "? on ?"),
    ({"csp-report": "no report"}, "? on ?"),
)


@pytest.mark.parametrize(("said", "line"), REPORTS)
def test_what_a_browser_reports_is_named_and_never_quoted(
        db: None, client: Client, said: Any, line: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.post("/csp-reports/", json.dumps(said), content_type="application/csp-report")
    assert answer.status_code == 204 and line in caplog.text and "Sok" not in caplog.text


def test_a_flood_of_reports_or_none_at_all_writes_little(db: None, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    cache.clear()
    report = json.dumps([{"body": {"effectiveDirective": "img-src"}}] * 10)
    for said in ("no json", "7", "[7]", json.dumps("x" * 20_000), *[report] * 5):
        assert client.post("/csp-reports/", said, content_type="application/reports+json").status_code == 204
    assert caplog.text.count("a browser refused") == violations.IN_A_MINUTE
    assert client.get("/csp-reports/").status_code == 405
    cache.clear()
