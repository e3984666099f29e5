"""Every kind of look leaves its event, and where no event can be written nothing is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from ijm.accounts.actions import people
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.people.models import Name
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from tests import cast as casting
from tests import databases
from tests.audit.test_coverage import events, newest, superuser
from tests.browser import digits
from tests.cast import PASSWORD, Cast
from tests.conftest import Furnished, read_out, sign_in
from tests.ijm.test_sign_in import SECRET, enrol
from tests.world import World, code_of

Act = Callable[["House"], Any]


class House:
    """The cast, one record of every kind, and a browser for each of them."""

    def __init__(self, world: World) -> None:
        self.cast: Cast = casting.load()
        self.world = world
        self.browsers: dict[str, Client] = {}

    def person(self, name: str) -> User:
        return getattr(self.cast, name)  # type: ignore[no-any-return]

    def as_(self, name: str) -> Client:
        return self.browsers.setdefault(name, sign_in(self.person(name)))

    def get(self, who: str, path: str) -> Any:
        return read_out(self.as_(who).get(path))

    def post(self, who: str, address: str, **said: str) -> Any:
        return read_out(self.as_(who).post(address, said))

    @property
    def survivor(self) -> str:
        return f"/aftercare/survivors/{self.world.survivor.code}/"


@pytest.fixture(scope="module")
def house(furnished: Furnished, django_db_blocker: Any) -> Iterator[House]:
    """Databases of this module alone, where everything commits."""
    mine = databases.names("_looks")
    with django_db_blocker.unblock():
        databases.copy(furnished.names, mine)
        with databases.at(mine):
            yield House(deepcopy(furnished.things))  # some of it is changed here
        databases.drop(*mine)


def roles(house: House) -> None:
    admin, officer = house.cast.administrator, house.cast.data_protection
    with acting_as(admin):
        grant = people.propose(house.cast.hotline, Role.INVESTIGATOR, by=admin, office=house.cast.office)
    with acting_as(officer):
        people.approve(grant, by=officer)


def agreed(house: House) -> None:
    with acting_as(house.cast.data_protection):
        requests.approve(house.world.key_change.request, by=house.cast.data_protection)


def signing_in(house: House) -> None:
    enrol(house.cast.far_liaison)
    browser = Client()
    page = browser.post("/account/sign-in/", {"login": "far_liaison", "password": PASSWORD})
    assert browser.post(page.url, {"code": "000000"}).status_code == 200
    assert browser.post(page.url, {"code": digits(SECRET)}).status_code == 302
    browser.post("/account/sign-out/")


# What somebody does, and the events it leaves in this order: name, category, what must stand in it.
LOOKS: list[tuple[str, Act, list[tuple[str, str]], tuple[str, ...]]] = [
    ("a record's page", lambda h: h.get("care_worker", h.survivor), [("record.seen", "look")], ("survivor",)),
    ("sealed fields", lambda h: h.post("care_worker", f"{h.survivor}reveal/", purpose="SAFETY", field="name"),
     [("field.disclosed", "look")], ("fields", "SAFETY")),
    ("a list", lambda h: h.get("care_worker", "/aftercare/survivors/"), [("list.seen", "look")], ("survivor",)),
    ("a search", lambda h: h.post("care_worker", "/desk/search/", q="Sokhaneverthere"), [("search.made", "look")], ("count",)),
    ("its history", lambda h: h.get("care_worker", f"/files/history/{h.world.survivor.code}/"), [("history.seen", "look")], ()),
    ("a printed page", lambda h: h.post("care_worker", "/papers/printed/", path=h.survivor),
     [("page.printed", "change")], ("survivor",)),
    ("a paper fetched", lambda h: h.get("investigator", f"/papers/{h.world.paper.code}/fetch/"), [("paper.fetched", "look")], ()),
    ("a file downloaded", lambda h: h.get("investigator", f"/attached/{h.world.stored.code}/fetch/"),
     [("stored.fetched", "look")], ()),
    ("a result fetched", lambda h: h.get("liaison", f"/desk/jobs/{h.world.job.code}/result/"), [("record.seen", "look")], ()),
    ("a notice opened", lambda h: h.post("care_supervisor", f"/desk/notices/{h.world.notice.pk}/open/"),
     [("notice.read", "change")], ()),
    ("a page of another role", lambda h: h.get("investigator", "/audit/who-saw/"), [("page.refused", "refusal")], ()),
    ("a record of another file", lambda h: h.get("far_care_worker", h.survivor), [("page.not_there", "refusal")], ("survivor",)),
    ("signing in and out", signing_in,
     [("session.refused", "sign-in"), ("session.begun", "sign-in"), ("session.ended", "sign-in")], ()),
    ("a password that is wrong", lambda h: Client().post("/account/sign-in/", {"login": "care_worker", "password": "x" * 20}),
     [("session.refused", "sign-in")], ()),
    ("a role given", roles, [("role.proposed", "change"), ("role.approved", "change")], ()),
    ("a change of keys agreed to", agreed, [("approval.given", "change")], ()),
    ("the audit itself", lambda h: h.get("auditor", f"/audit/who-saw/?code={h.world.survivor.code}"),
     [("audit.asked", "look")], ("survivor",)),
]


@pytest.mark.parametrize(("name", "act", "wanted", "said"), LOOKS, ids=[look[0] for look in LOOKS])
def test_every_kind_of_look_leaves_its_event(
        house: House, name: str, act: Act, wanted: list[tuple[str, str]], said: tuple[str, ...]) -> None:
    at = newest()
    act(house)
    left = events(at)
    found = [(event["act"], event["cat"]) for event in left]
    assert [one for one in found if one in wanted] == wanted or set(wanted) <= set(found), found
    text = json.dumps([event for event in left if (event["act"], event["cat"]) in wanted])
    for part in said:
        assert (house.world.survivor.code if part == "survivor" else part) in text
    assert "Sokhaneverthere" not in json.dumps(left), "nothing typed reaches the log"


def test_a_list_names_all_its_rows_in_one_event(house: House) -> None:
    at = newest()
    answer = house.get("care_supervisor", "/aftercare/survivors/")
    (event,) = [event for event in events(at) if event["act"] == "list.seen"]
    shown = [code for (code,) in superuser("SELECT code FROM aftercare_survivor") if code in answer.content.decode()]
    assert shown and sorted(event["obj"]["codes"]) == sorted(shown)


def test_without_an_event_there_is_no_data(house: House) -> None:
    """The log takes nothing more: no page with a record, no list, no sealed word, no download and no search answers."""
    browser = {name: sign_in(house.person(name)) for name in ("care_worker", "investigator", "auditor")}
    for client in browser.values():
        client.raise_request_exception = False
    with acting_as(house.cast.care_worker, "r"):
        assert Name.objects.exists()
    superuser("REVOKE INSERT (body) ON audit_event FROM ijm_app")
    try:
        asked = [("care_worker", "get", house.survivor, {}), ("care_worker", "get", "/aftercare/survivors/", {}),
                 ("care_worker", "post", f"{house.survivor}reveal/", {"purpose": "SAFETY", "field": "name"}),
                 ("care_worker", "post", "/desk/search/", {"q": house.world.survivor.code}),
                 ("care_worker", "get", f"/files/history/{house.world.survivor.code}/", {}),
                 ("investigator", "get", f"/papers/{house.world.paper.code}/fetch/", {}),
                 ("investigator", "get", f"/attached/{house.world.stored.code}/fetch/", {}),
                 ("auditor", "get", f"/audit/who-saw/?code={house.world.survivor.code}", {}),
                 ("care_worker", "post", "/papers/printed/", {"path": house.survivor})]
        for who, method, path, said in asked:
            answer = getattr(browser[who], method)(path, said)
            body = b"" if answer.status_code >= 500 and answer.streaming else b"".join(answer.streaming_content) \
                if answer.streaming else answer.content
            assert answer.status_code >= 500, path
            assert code_of(house.world.survivor).encode() not in body and b"271" not in body, path
    finally:
        superuser("GRANT INSERT (body) ON audit_event TO ijm_app")
