"""The page docs/asvs.md is true: each test that it names is there. And the items that no other test proves."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests.cast import PASSWORD, Cast
from tests.conftest import read_out, session_token, sign_in
from tests.house.conftest import Grown
from tests.ijm.attached import sent
from tests.ijm.test_once import TIP, WORDS
from tests.ijm.test_sign_in import SECRET, enrol

PAGE = settings.BASE_DIR / "docs" / "asvs.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
EXCUSES = ("not yet:", "partly:", "deployment:")


def rows() -> list[list[str]]:
    """The cells of each item."""
    lines = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if re.match(r"\| \d+ ", line)]
    return [[cell.strip() for cell in line] for line in lines]


@cache
def those_of(path: str) -> set[str]:
    """The tests of one file; none where there is no such file."""
    if not Path(settings.BASE_DIR, path).exists():
        return set()
    return {node.name for node in ast.parse((settings.BASE_DIR / path).read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_item_is_there_and_proved_or_honest() -> None:
    assert [int(row[0]) for row in rows()] == list(range(1, 63))
    assert [row[0] for row in rows() if not NAMED.search(row[3]) and not row[3].startswith(EXCUSES)] == []
    assert [row[0] for row in rows() if row[3].startswith("not yet:") and NAMED.search(row[3])] == [], "say partly"


def test_every_test_that_is_named_is_there() -> None:
    named = NAMED.findall(PAGE.read_text())
    assert [f"{path}::{name}" for path, name in named if name not in those_of(path)] == []
    assert len(set(named)) > 60


def test_a_browser_may_tell_what_it_refused(cast: Cast) -> None:
    said = {"csp-report": {"document-uri": "https://testserver/desk/", "violated-directive": "script-src"}}
    answers = [Client().post("/csp-reports/", body, content_type="application/csp-report")
               for body in (json.dumps(said), "no json", "[" * 5000, "")]
    assert {answer.status_code for answer in answers} <= {204, 400}
    assert answers[0].status_code == 204 and not answers[0].content


MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}\"'"


def test_what_somebody_typed_is_never_markup(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    answer = client.post(TIP, {**WORDS, "what_was_said": MARKUP, "caller_name": MARKUP, "landmark": MARKUP})
    assert answer.status_code == 302
    code = answer.url.split("/")[-2]
    pages = [answer.url, "/investigations/tips/", "/desk/", f"{answer.url}correct/", f"/desk/history/{code}/"]
    shown = [client.get(page).content.decode() for page in pages]
    shown.append(client.post(TIP, {**WORDS, "what_was_said": MARKUP, "people_affected": MARKUP}).content.decode())
    assert not any("<script>alert" in html or "onerror=alert(1)>" in html for html in shown)
    assert any("&lt;script&gt;alert(1)" in html for html in shown), "it was shown at all"


def test_a_form_without_its_token_is_refused(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    client.handler.enforce_csrf_checks = True
    assert client.post(TIP, WORDS).status_code == 403
    assert client.post(TIP, {**WORDS, "csrfmiddlewaretoken": "x" * 64}).status_code == 403


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern of the house that is tried on text, by where it stands."""
    found: dict[str, re.Pattern[str]] = {}
    for room in ("ijm", "investigations", "aftercare", "prosecutions", "audit"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not re.search(r"migrations|bench|management|make|__main__|wsgi|celery", module.name):
                for name, value in vars(importlib.import_module(module.name)).items():
                    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                        found[f"{module.name}.{name}"] = value
    return found


@pytest.mark.parametrize("text", ["a", "1", " ", "a@", "1-", "<", "é", "០", "a.", "::"])
def test_no_pattern_stalls_on_a_long_text(text: str) -> None:
    long, slow = (text * 100_000)[:100_000] + "!", []
    for name, pattern in patterns().items():
        began = time.process_time()
        pattern.match(long)
        pattern.fullmatch(long)
        if time.process_time() - began > 0.5:
            slow.append(name)
    assert slow == [] and len(patterns()) > 10


NAMES = ('a".exe', "a\r\nSet-Cookie: x=1", "..\\..\\etc\\passwd", "\u202egnp.exe", "a;b=c", "វត្ថុតាង.png")


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_download_is_harmless(name: str, grown: Grown, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), grown.copied("_names") as office:
        client = sign_in(office.people.investigator)
        answer = sent(client, office.things.case_file, content=b"some words", name=name)
        assert answer.status_code == 302, answer.content.decode()
        page = client.get(answer.url).content.decode()
        link = re.search(r'href="(/attached/[A-Z0-9-]+/[a-z/]*(?:file|bytes|download)[a-z/]*)"', page)
        fetched = read_out(client.get(link[1] if link else answer.url))
        said = fetched.get("Content-Disposition", 'attachment; filename="none"')
        assert re.fullmatch(r'attachment; filename="[\w.-]+"', said, re.ASCII), said


@pytest.mark.parametrize("password", ["short", "password", "qwertyuiop", "12345678901234", "passwordpassword"[:14]])
def test_short_and_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


def test_a_wrong_name_and_a_wrong_password_are_one_answer(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(cast.investigator)
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *words: hashed.append("") or encode(self, *words))
    answers, work = [], []
    for login in ("investigator", "somebody-else"):
        hashed.clear()
        answer = Client().post("/account/sign-in/", {"login": login, "password": "four wrong rivers meet"})
        answers.append((answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode())))
        work.append(len(hashed))
    assert answers[0] == answers[1]
    assert work[0] == work[1] > 0, "as much work is done for a name that nobody has"


def test_a_code_is_good_once(committed_cast: Cast) -> None:
    from ijm.embedded.totp import six_digits

    enrol(committed_cast.investigator)
    code = six_digits(SECRET, time.time())
    opened = []
    for _time in range(2):
        client = Client()
        answer = client.post("/account/sign-in/", {"login": "investigator", "password": PASSWORD})
        client.post(answer.url, {"code": code})
        opened.append(client.get("/desk/").status_code)
    assert opened == [200, 302]


def test_what_opens_anything_is_long_and_random(cast: Cast) -> None:
    tokens = {session_token(cast.investigator) for _time in range(20)}
    assert len(tokens) == 20 and min(map(len, tokens)) >= 22, "128 bits and more, written with 64 letters"
    assert settings.SECRET_KEY and len(settings.CONTEXT_KEY) == 32
