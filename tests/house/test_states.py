"""Every page of every case file, for who stood on it until a second ago: the page is not there, to the byte, and the log knows.

On each push one person of each wing looks and sends; `IJM_MATRIX=full` takes everybody and every method.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from ijm.web import lists
from tests import databases, matrix, world
from tests.conftest import sign_in
from tests.house.conftest import Grown
from tests.house.test_matrix import NOWHERE
from tests.matrix import Page

FULL = os.environ.get("IJM_MATRIX") == "full"
# The records that lie on a case file: who does not stand on it finds none of their pages.
FILED = ("tip", "assessed_tip", "investigation", "incident", "suspect", "rescue", "approved_rescue", "case_file", "referral",
         "survivor", "delivery", "prosecution", "accused", "witness", "charge", "hearing", "verdict", "stored")
PAGES = [page for page in matrix.doors() if page.sample in FILED]
WHO = ("hotline", "investigator", "investigation_supervisor", "care_worker", "care_supervisor", "liaison") if FULL else (
    "investigator", "care_worker", "liaison")
METHODS = ("get", "head", "post") if FULL else ("get", "post")
PLACES = "ALTER TABLE casefiles_caseaccess DISABLE TRIGGER USER; UPDATE casefiles_caseaccess SET "
ROLES = "ALTER TABLE accounts_rolegrant DISABLE TRIGGER USER; UPDATE accounts_rolegrant SET "
# What became of everybody's place on every file, a second ago.
STATES: dict[str, str] = {
    "expired": PLACES + "starts_at = now() - interval '9 days', expires_at = now() - interval '1 second'",
    "revoked": PLACES + "revoked_at = now() - interval '1 second', revoked_by_id = granted_by_id",
    "not begun": PLACES + "starts_at = now() + interval '1 minute'",
    "walled": """ALTER TABLE casefiles_wall DISABLE TRIGGER USER;
        INSERT INTO casefiles_wall (id, rev, code, user_id, file_id, about_code, kind, until, set_by_id, set_at)
        SELECT gen_random_uuid(), 1, 'WL-' || row_number() OVER (), user_id, file_id, '', 'set', now() + interval '1 day',
          user_id, now() FROM (SELECT DISTINCT user_id, file_id FROM casefiles_caseaccess) a""",
    "sealed": "ALTER TABLE casefiles_casefile DISABLE TRIGGER USER; UPDATE casefiles_casefile SET is_sealed = true",
}
# What became of everybody's role.
ROLELESS: dict[str, str] = {
    "expired": ROLES + "starts_at = now() - interval '9 days', expires_at = now() - interval '1 second'",
    "revoked": ROLES + "revoked_at = now() - interval '1 second', revoked_by_id = proposed_by_id",
    "not approved": ROLES + "approved_by_id = NULL, approved_at = NULL",
    "not begun": ROLES + "starts_at = now() + interval '1 minute'",
}


REFUSED = "SELECT count(*) FROM audit_event WHERE convert_from(body, 'UTF8')::jsonb ->> 'cat' = 'refusal'"


def asked(client: Client, things: world.World, pages: list[Page]) -> Iterator[tuple[str, Any]]:
    """The answers of these pages to each method that they answer at all."""
    for page in pages:
        for method in METHODS:
            if method != "post" or FULL or (page.door and page.door.kind == "writes"):
                answer = getattr(client, method)(page.url(things))
                yield f"{method} {page.name}", answer
                answer.close()


def refusals(name: str) -> int:
    """How many refusals the log of this database holds."""
    with databases.superuser(name) as connection:
        found = connection.execute(REFUSED)
        return int(found.fetchone()[0])  # type: ignore[index]


def codes(things: world.World) -> set[str]:
    """The codes of all records that lie on a file."""
    return {world.code_of(getattr(things, name)) for name in FILED if name != "delivery"}


@pytest.mark.parametrize("state", STATES)
def test_whose_place_is_over_finds_no_page_of_the_file(state: str, grown: Grown, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), grown.copied("_state", STATES[state]) as office:
        nothing = sign_in(office.people.auditor).get(NOWHERE).content
        before, wrong, number = refusals(office.names[0]), [], 0
        for who in WHO:
            hers = [page for page in PAGES if who in page.members()]
            for what, answer in asked(sign_in(getattr(office.people, who)), office.things, hers):
                number += 1
                if answer.status_code != 404 or (answer.content != nothing and not what.startswith("head")):
                    wrong.append((who, what, answer.status_code))
        assert wrong == []
        assert number > 60
        assert refusals(office.names[0]) - before == number, "each refusal is in the log"


LISTS = [page for page in matrix.doors() if page.name in {one.name for one in lists.every()}
         and page.name.startswith(("investigations:", "aftercare:", "prosecutions:"))]


@pytest.mark.parametrize("state", STATES if FULL else ["revoked", "walled", "sealed"])
def test_whose_place_is_over_finds_the_file_in_no_list(state: str, grown: Grown, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), grown.copied("_state", STATES[state]) as office:
        every, wrong = codes(office.things), []
        for who in WHO:
            client = sign_in(getattr(office.people, who))
            for page in LISTS:
                if who in page.members():
                    shown = client.get(page.url(office.things)).content.decode()
                    wrong += [(who, page.name, code) for code in every if code in shown]
        assert wrong == []
        assert len(LISTS) >= 7


SOME = ("", "investigation", "survivor")


@pytest.mark.parametrize("state", ROLELESS if FULL else ["revoked", "expired"])
def test_whose_role_is_over_comes_through_no_door_of_it(state: str, grown: Grown, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), grown.copied("_state", ROLELESS[state]) as office:
        nothing, wrong = sign_in(office.people.partner).get(NOWHERE).content, []
        for who in (*WHO, "data_protection"):
            client = sign_in(getattr(office.people, who))
            for page in matrix.doors():
                if page.door and page.door.roles and who in page.members() and (FULL or page.sample in SOME):
                    answer = client.get(page.url(office.things))
                    if answer.status_code != 404 or answer.content != nothing:
                        wrong.append((who, page.name, answer.status_code))
        assert wrong == []


def test_an_account_that_was_closed_ends_in_the_middle_of_its_work(grown: Grown, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), grown.copied("_state") as office:
        clients = {who: sign_in(getattr(office.people, who)) for who in WHO}
        pages = [page for page in PAGES if page.sample in ("investigation", "survivor", "prosecution")]
        assert {clients["investigator"].get(page.url(office.things)).status_code for page in pages[:1]} <= {200, 302, 404}
        with databases.superuser(office.names[0]) as connection:
            connection.execute("ALTER TABLE accounts_user DISABLE TRIGGER USER; UPDATE accounts_user SET is_active = false")
        wrong = []
        for who, client in clients.items():
            for page in pages:
                answer = client.get(page.url(office.things))
                if answer.status_code != 302 or not answer["Location"].startswith("/account/sign-in/"):
                    wrong.append((who, page.name, answer.status_code))
        assert wrong == []
        assert len(pages) > 20


@pytest.mark.skipif(not FULL, reason="every visitor and every method: IJM_MATRIX=full")
@pytest.mark.parametrize("who", matrix.VISITORS)
def test_every_method_for_every_visitor(who: str, office: tuple[Any, world.World]) -> None:
    people, things = office
    client, wrong = sign_in(getattr(people, who)), []
    for page in matrix.doors():
        for method in ("put", "patch", "delete", "options", "trace"):
            status = getattr(client, method)(page.url(things)).status_code
            if status != 405:
                wrong.append((page.name, method, status))
    assert wrong == []
    connections.close_all()
