"""Every address for every role: who may come in finds a page, everybody else one that is not there, to the byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from ijm.roles.table import Role
from tests import cast as casting
from tests import databases, headers, matrix, world
from tests.conftest import Furnished, sign_in
from tests.matrix import Page

PAGES = matrix.doors()
NOWHERE = "/investigations/files/ZZ-0000-0000/"
# What a look may leave behind: the log, the session's last use, throttling.
MAY_GROW = {"audit_event", "audit_subject", "audit_code", "django_session", "ijm_cache"}
# A reveal answers only a POST that says which field and why; whoever asks it with GET finds no page.
ASKED_BY_POST = "-reveal"


@pytest.fixture(scope="module")
def office(furnished: Furnished, django_db_blocker: Any) -> Iterator[tuple[casting.Cast, world.World]]:
    """One record of every kind, committed; no visit of this module writes anything, neither a GET nor what is refused."""
    with django_db_blocker.unblock(), databases.at(furnished.names):
        before = counts()
        yield furnished.cast, furnished.things
        assert counts() == before, "a visit wrote something"


@pytest.fixture(scope="module")
def nothing(office: tuple[casting.Cast, world.World]) -> bytes:
    """The page that is not there, as somebody sees it who typed a wrong code."""
    answer = sign_in(office[0].investigator).get(NOWHERE)
    assert answer.status_code == 404
    return answer.content


def counts() -> dict[str, int]:
    """The number of rows of every table, as a superuser sees them."""
    name = connections["default"].settings_dict["NAME"]
    with databases.superuser(name) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            ).fetchall()
        ]
        united = " UNION ALL ".join(
            f"SELECT '{table}', count(*), sum(('x' || substr(md5(t::text), 1, 8))::bit(32)::bigint) FROM public.{table} t"
            for table in tables
        )
        return {table: (count, marks) for table, count, marks in connection.execute(united).fetchall() if table not in MAY_GROW}


# Who holds a role that somebody before her holds: a page about no record opens by the role alone, and that one was asked there.
TWINS = {who for number, who in enumerate(matrix.VISITORS)
         if matrix.ROLES[who] in {matrix.ROLES[other] for other in matrix.VISITORS[:number]}}


def asked(who: str) -> list[Page]:
    """Every page; of somebody with the role of another, every page about a record."""
    return [page for page in PAGES if page.sample or who not in TWINS]


def walk(who: str, office: tuple[casting.Cast, world.World], ask: Callable[[Client, str], Any]) -> Iterator[tuple[Page, Any]]:
    """The pages, asked by one person who has signed in with a second factor."""
    people, things = office
    client = sign_in(getattr(people, who))
    for page in asked(who):
        answer = ask(client, page.url(things))
        yield page, answer
        answer.close()  # a download that nobody reads holds its file open until then


def test_the_matrix_is_whole() -> None:
    assert set(matrix.ROLES.values()) == set(Role), "all ten roles visit"
    assert {matrix.ROLES[who] for who in matrix.VISITORS if who not in TWINS} == set(Role), "and each is asked everywhere"
    assert len(PAGES) >= 60
    assert {page.sample for page in PAGES} <= set(world.MEMBERS), "each page names a sample that the world has"
    for page in PAGES:
        assert not page.arguments or page.sample, f"{page.name}: its door names no sample"
        assert page.members(), f"{page.name}: nobody at all may come in"


class Strict(str):
    """What an unknown variable prints in this test: an error."""

    __slots__ = ("asked",)

    def __new__(cls, asked: list[str]) -> Strict:
        made = super().__new__(cls, "%s")
        made.asked = asked
        return made

    def __mod__(self, name: object) -> str:
        self.asked.append(str(name))
        return ""


# Names that a page hands on to a part which asks {% if %} before it prints them.
HANDED_ON = {"desk:people": {"add_url", "add_label"}}


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fills with the name of every variable that a template asks for and nobody gave."""
    from django.template import engines

    asked: list[str] = []
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Strict(asked))
    return asked


def nobody_gave(page: Page, unknown: list[str]) -> list[tuple[str, str, list[str]]]:
    """The variables that this page's templates asked for in vain, which begins the next page's list."""
    missing = sorted(set(unknown) - HANDED_ON.get(page.name, set()))
    unknown.clear()
    return [(page.name, "prints an unknown variable", missing)] if missing else []


@pytest.mark.parametrize("who", matrix.VISITORS)
def test_each_page_opens_for_its_own_people_and_is_not_there_for_others(
    who: str, office: tuple[casting.Cast, world.World], nothing: bytes, unknown: list[str]
) -> None:
    wrong = []
    for page, answer in walk(who, office, lambda client, url: client.get(url)):
        wrong += [(page.name, "headers", said) for said in headers.lacking(answer)]
        if who in page.members():
            if answer.status_code not in (200, 302, 405) and not page.name.endswith(ASKED_BY_POST):
                wrong.append((page.name, "should open", answer.status_code))
            wrong += nobody_gave(page, unknown)
        elif answer.status_code != 404 or answer.content != nothing:
            wrong.append((page.name, "should not be there", answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", [who for who in casting.FOUNDERS + tuple(casting.PHNOM_PENH) if who not in TWINS])
def test_no_answer_to_a_reason_prints_an_unknown_variable(
    who: str, office: tuple[casting.Cast, world.World], unknown: list[str]
) -> None:
    people, things = office
    client, wrong = sign_in(getattr(people, who)), []
    for page in PAGES:
        if who in page.members() and page.door and page.door.kind == "reads":
            client.post(page.url(things), {"purpose": "CASEWORK"}).close()
            wrong += nobody_gave(page, unknown)
    assert wrong == []


@pytest.mark.parametrize("who", [*matrix.FOUNDERS, *matrix.PHNOM_PENH, "far_care_worker", "far_supervisor"])
def test_nobody_posts_where_she_may_not_come_in(who: str, office: tuple[casting.Cast, world.World], nothing: bytes) -> None:
    wrong = []
    people, things = office
    client = sign_in(getattr(people, who))
    for page in asked(who):
        if who not in page.members():
            answer = client.post(page.url(things), {"purpose": "HOME_VISIT", "field": "address"})
            if answer.status_code != 404 or answer.content != nothing:
                wrong.append((page.name, answer.status_code))
    assert wrong == []


def test_a_stranger_is_sent_to_sign_in(office: tuple[casting.Cast, world.World]) -> None:
    client, wrong = Client(), []
    for page in PAGES:
        url = page.url(office[1])
        shown, sent = client.get(url), client.post(url)
        if shown.status_code != 302 or not shown["Location"].startswith("/account/sign-in/"):
            wrong.append((page.name, shown.status_code))
        if sent.status_code not in (302, 401):  # 401: the page stays, so that what was typed is not lost
            wrong.append((page.name, sent.status_code))
    assert wrong == []


def test_without_a_second_factor_nobody_goes_further(office: tuple[casting.Cast, world.World]) -> None:
    wrong = []
    for who in ("investigator", "care_worker"):
        client = sign_in(getattr(office[0], who), second_factor=False)
        for page in PAGES:
            answer = client.get(page.url(office[1]))
            if answer.status_code != 302 or answer["Location"] != "/account/second-factor/":
                wrong.append((page.name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_other_methods_are_answered_nowhere(method: str, office: tuple[casting.Cast, world.World]) -> None:
    people, things = office
    client = sign_in(people.investigator)
    answers = {page.name: getattr(client, method)(page.url(things)).status_code for page in PAGES}
    assert {name: status for name, status in answers.items() if status != 405} == {}


def test_a_made_up_code_and_a_hidden_one_are_one_page(office: tuple[casting.Cast, world.World], nothing: bytes) -> None:
    people, things = office
    client = sign_in(people.investigator)
    for url in (
        "/investigations/files/IV-0000-0000/",
        f"/aftercare/survivors/{things.survivor.code}/",
        "/no/such/page/",
        f"/files/{things.prosecution.file.code}/",
        "/investigations/files/%00/",
        "/investigations/files/x'--/",
    ):
        answer = client.get(url)
        assert (answer.status_code, answer.content) == (404, nothing), url


def test_every_refusal_is_in_the_log(office: tuple[casting.Cast, world.World]) -> None:
    people, things = office
    client = sign_in(people.far_liaison)
    with connections["auditor"].cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM audit_event")
        (start,) = cursor.fetchone()
        asked = [page for page in PAGES if "far_liaison" not in page.members()]
        for page in asked:
            client.get(page.url(things))
        cursor.execute(
            "SELECT count(*) FROM audit_event WHERE id > %s AND convert_from(body, 'UTF8')::jsonb ->> 'cat' = 'refusal'"
            " AND convert_from(body, 'UTF8')::jsonb #>> '{who,ref}' = %s",
            [start, str(people.far_liaison.pk)],
        )
        assert cursor.fetchone() == (len(asked),)
