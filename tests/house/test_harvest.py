"""Everything that others' pages and rows are known by is gathered and sent back by somebody it does not belong to.

In the address, the query, the body, the headers that htmx and proxies use, and in fields no form has: she is shown the page
that is not there, or her own page; nothing of theirs is on it, and nothing of theirs changes.
"""

from __future__ import annotations

import itertools
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from ijm.accounts.models import User
from ijm.trail.context import acting_as, sign
from investigations.models import Tip
from tests import databases, matrix
from tests.conftest import read_out, sign_in
from tests.house.conftest import Grown
from tests.house.test_dropped import SEEN
from tests.house.test_matrix import NOWHERE
from tests.matrix import Page
from tests.world import MEMBERS

OUTSIDERS = ("colleague", "far_supervisor", "care_worker_two", "far_care_supervisor", "far_liaison", "far_hotline", "partner")
INSIDERS = ("investigator", "care_supervisor", "liaison")
FULL = os.environ.get("IJM_MATRIX") == "full"
EACH = 5 if FULL else 1  # values tried on each address
TOKEN = re.compile(r"[\w-]{16,}:[\w-]{5,}:[\w-]{20,}")
FIELD = re.compile(r'<(?:input|select|textarea)[^>]* name="([\w-]+)"')
# Columns that decide whose a record is and whether it was approved: no form asks for them.
DECIDING = ("id", "pk", "file", "file_id", "owner", "owner_id", "user", "user_id", "person", "person_id", "alias_id", "office_id",
            "approved_by", "approved_by_id", "granted_by_id", "decided_by_id", "taken_by", "taken_by_id", "asked_by_id")


@dataclass
class Loot:
    """What somebody must not have: keys and codes of rows she does not see, tokens of others' pages."""

    codes: list[str]
    keys: list[str]
    tokens: list[str]

    def everything(self) -> set[str]:
        """All of it."""
        return {*self.codes, *self.keys, *self.tokens}

    def mixed(self) -> Iterator[str]:
        """One after the other, without end."""
        return itertools.cycle([one for some in itertools.zip_longest(self.codes, self.keys, self.tokens) for one in some if one])


@dataclass
class House:
    """A grown office in which everything may be tried, and its superuser."""

    office: Grown
    superuser: psycopg.Connection
    known: dict[str, Loot] = field(default_factory=dict)

    def user(self, who: str) -> User:
        """Somebody of the cast."""
        found: User = getattr(self.office.people, who)
        return found

    def loot(self, who: str) -> Loot:
        """All that she does not see, table by table."""
        if who not in self.known:
            self.known[who] = self._loot(who)
        return self.known[who]

    def _loot(self, who: str) -> Loot:
        found = Loot([], [], [])
        for table, question in SEEN.items():
            if "_historical" not in table:
                self._take(found, table, question.split()[1], self.user(who))
        found.tokens = sorted(token for other in INSIDERS[:1] if other != who for token in self._tokens(other))
        return found

    def _take(self, found: Loot, table: str, key: str, user: User) -> None:
        columns = {name for (name,) in self.superuser.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table])}
        code = "code" if "code" in columns else "NULL"
        rows = self.superuser.execute(f"SELECT {key}::text, {code} FROM {table} ORDER BY 1".encode()).fetchall()
        seen = self._seen(table, key, user)
        found.keys += [one for one, _code in rows if one not in seen]
        found.codes += [said for one, said in rows if one not in seen and said]

    def _seen(self, table: str, key: str, user: User) -> set[str]:
        with self.superuser.transaction(force_rollback=True):
            self.superuser.execute("SET LOCAL ROLE ijm_app")
            self.superuser.execute("SELECT set_config('ijm.ctx', %s, true)", [sign(user.trail_who(), "r", "CASEWORK")])
            return {one for (one,) in self.superuser.execute(f"SELECT {key}::text FROM {table}".encode())}

    def _tokens(self, who: str) -> set[str]:
        client = sign_in(self.user(who))
        shown = [page for page in matrix.doors() if page.name.endswith("-show") and who in page.members()]
        pages = [read_out(client.get(page.url(self.office.things))).content.decode() for page in shown]
        return {token for html in pages for token in TOKEN.findall(html)}

    def marks(self, loot: Loot) -> dict[str, str]:
        """What the rows look like that she does not see, and those that lie on files she does not see."""
        return {table: self._mark(table, question.split()[1], loot.keys) for table, question in SEEN.items()}

    def _mark(self, table: str, key: str, keys: list[str]) -> str:
        row = self.superuser.execute(
            f"SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY {key})), '') FROM {table} t WHERE {key}::text = ANY (%s)"
            "  OR to_jsonb(t) ->> 'file_id' = ANY (%s)".encode(), [keys, keys]).fetchone()
        assert row is not None
        return str(row[0])


@pytest.fixture(scope="module")
def house(grown: Grown, django_db_blocker: Any) -> Iterator[House]:
    """A copy that nobody else uses."""
    with django_db_blocker.unblock(), grown.copied("_harvest") as office, databases.superuser(office.names[0]) as superuser:
        yield House(office, superuser)


@pytest.fixture(scope="module")
def nothing(house: House) -> bytes:
    """The page that is not there."""
    return sign_in(house.user("auditor")).get(NOWHERE).content


def outsider(page: Page) -> str:
    """Somebody who comes through this door and stands on nothing behind it; else anybody who does not come in."""
    through = [who for who in OUTSIDERS if not page.door or not page.door.roles or matrix.ROLES[who] in page.door.roles]
    return next(iter([who for who in through if who not in (MEMBERS[page.sample] or ())] or ["partner"]))


def addresses(page: Page, loot: Loot) -> Iterator[str]:
    """The address filled with what is not hers: codes, or keys where it takes keys."""
    for number in range(EACH):
        code, key = (pool[(number * 7919 + len(page.name)) % len(pool)] for pool in (loot.codes, loot.keys))
        for given in (dict.fromkeys(page.arguments, code), dict.fromkeys(page.arguments, key),
                      dict.fromkeys(page.arguments, key) | {"code": code}):
            with suppress(NoReverseMatch):
                yield reverse(page.name, kwargs=given)
                break


PLAIN = {"row", "rev", "name", "guide", "field", "number", "kind"}


def test_in_the_address(house: House, nothing: bytes) -> None:
    loots = {who: house.loot(who) for who in OUTSIDERS}
    clients = {who: sign_in(house.user(who)) for who in OUTSIDERS}
    wrong, tried = [], 0
    for page in matrix.doors():
        who = outsider(page)
        if not page.arguments or PLAIN & set(page.arguments):
            continue
        for given in addresses(page, loots[who]):
            answer = read_out(clients[who].get(given))
            tried += 1
            if answer.status_code != 404 or answer.content != nothing:
                wrong.append((who, page.name, given, answer.status_code))
    assert wrong == []
    assert tried > 100


def mine(who: str, *, writes: bool = False, bare: bool = True) -> list[Page]:
    """The pages that are hers."""
    return [page for page in matrix.doors() if who in page.members() and (not bare or not page.arguments) and page.door
            and (not writes or page.door.kind == "writes")]


@pytest.mark.parametrize("who", ["colleague", "care_supervisor", "far_liaison"] if FULL else ["care_supervisor"])
def test_in_query_and_headers(who: str, house: House) -> None:
    loot, client, wrong = house.loot(who), sign_in(house.user(who)), []
    every, given = loot.everything(), loot.mixed()
    for page in mine(who):
        sent = [next(given) for _one in range(8)]
        address = f"https://testserver/aftercare/survivors/{sent[0]}/"
        answer = read_out(client.get(
            page.url(house.office.things),
            dict(zip(("q", "code", "file", "page", "next", "show", "worker", "id"), sent, strict=True)),
            headers={"HX-Request": "true", "HX-Current-URL": address, "HX-Trigger": sent[1], "HX-Trigger-Name": sent[2],
                     "HX-Prompt": sent[3], "Referer": address, "X-Original-URL": address, "X-Rewrite-URL": address,
                     "X-Forwarded-Host": "elsewhere.example.org", "X-HTTP-Method-Override": "DELETE"}))
        shown = answer.content_read if answer.streaming else answer.content
        found = {one for one in every - set(sent) if one.encode() in shown}
        if answer.status_code >= 500 or found or b"elsewhere.example.org" in shown:
            wrong.append((page.name, answer.status_code, found))
    assert wrong == []


@pytest.mark.parametrize("who", INSIDERS if FULL else ["care_supervisor"])
def test_in_every_field_of_every_form(who: str, house: House) -> None:
    loot, client = house.loot(who), sign_in(house.user(who))
    before, given, wrong, sent = house.marks(loot), loot.mixed(), [], 0
    for page in mine(who, writes=True, bare=False):
        address = page.url(house.office.things)
        for body in bodies(client, address, given):
            answer = read_out(client.post(address, body))
            sent += 1
            shown = answer.content_read if answer.streaming else answer.content
            found = {one for one in loot.everything() - set(body.values()) if one.encode() in shown}
            if answer.status_code >= 500 or found:
                wrong.append((page.name, answer.status_code, found))
    assert wrong == []
    after = house.marks(loot)
    assert {table for table in before if before[table] != after[table]} == set(), "nothing of theirs changes"
    assert sent > 20


def bodies(client: Client, address: str, given: Iterator[str]) -> Iterator[dict[str, str]]:
    """The fields of a form filled with what is not hers, and every field that decides."""
    html = read_out(client.get(address))
    fields = set() if html.streaming else set(FIELD.findall(html.content.decode()))
    yield {name: next(given) for name in sorted(fields | set(DECIDING)) if name != "csrfmiddlewaretoken"}


def test_no_form_takes_a_field_that_decides(house: House) -> None:
    he, loot = house.user("far_hotline"), house.loot("far_hotline")
    words = {"what_was_said": "Somebody is held", "urgency": "now", "channel": "hotline", "people_affected": "8",
             "children": "no", "province": "", "landmark": "", "caller_name": "", "caller_phone": "", "safe_contact": ""}
    other = str(house.user("investigator").pk)
    forced = {name: other if name.removesuffix("_id") in ("owner", "user", "approved_by", "taken_by") else
              str(house.office.things.survivor.file_id) for name in DECIDING}
    answer = sign_in(he).post("/investigations/tips/new/", {**words, **forced, "state": "promoted", "code": loot.codes[0]})
    assert answer.status_code == 302
    with acting_as(he, "r"):
        made = Tip.objects.select_related("file").get()
    assert (made.taken_by_id, made.file.office_id, made.state) == (he.pk, he.office_id, "received")
    assert made.file_id not in {uuid.UUID(key) for key in loot.keys} and made.code not in loot.codes
