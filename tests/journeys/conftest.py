"""A house to walk through: databases, web server, worker and browser, shared by the walks of one test process.

People keep what earlier walks left them (files, notices, drafts), so a walk finds its own records by their codes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from ijm.accounts.models import User
from ijm.notices.actions.notices import read_all
from ijm.trail.context import acting_as
from tests import cast as casting
from tests import databases
from tests.browser import Walker, chromium, walk_as
from tests.cast import EVERYBODY, Cast
from tests.conftest import _forget_keys, sign_in
from tests.office import Office, running

REASON = {"purpose": "CASEWORK", "field": "address"}


class Log:
    """The log as it grows: each asking gives what came since the last."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    @classmethod
    def from_now(cls) -> Log:
        """What happens from here on."""
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM tests.events()")
            return cls(*cursor.fetchone())

    def news(self) -> list[dict[str, Any]]:
        """The events since the last asking, oldest first."""
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT id, body FROM tests.events(%s)", [self.last])
            rows = cursor.fetchall()
        self.last = rows[-1][0] if rows else self.last
        return [json.loads(body) for _id, body in rows]


@dataclass
class House:
    """Everything a journey needs: people, pages, a browser."""

    office: Office
    cast: Cast
    browser: Any
    begun: int
    language: str = "en"
    looking: bool = True
    scripts: bool = True
    log: Log = field(default_factory=Log.from_now)

    def acts(self) -> list[str]:
        """What happened since this module of walks began, by its event names."""
        return [event["act"] for event in Log(self.begun).news()]

    def have_read(self, *names: str) -> None:
        """They have read all their notices, so that the next one stands at the top."""
        for name in names:
            user = getattr(self.cast, name)
            with acting_as(user):
                read_all(by=user)

    def walk(self, name: str, **how: Any) -> Walker:
        """A window of the member of the cast with this name."""
        return walk_as(self.browser, self.office.address, getattr(self.cast, name),
                       **{"language": self.language, "looking": self.looking, "scripts": self.scripts, **how})

    def stranger(self, **how: Any) -> Walker:
        """A window of somebody who is not signed in."""
        return walk_as(self.browser, self.office.address, None, **how)

    def everybody_but(self, *names: str) -> dict[str, User]:
        """All other roles, and the same roles in another office."""
        assert set(names) <= set(EVERYBODY)
        return {name: getattr(self.cast, name) for name in EVERYBODY if name not in names}

    def refuses(self, paths: list[str], *, to: dict[str, User]) -> int:
        """Each of them gets the very page of what does not exist, and each refusal is in the trail; how many."""
        for name, user in to.items():
            client = sign_in(user)
            missing = client.get("/nothing/of/the/kind/").content
            self.log.news()
            for path in paths:
                answer = client.post(path, REASON) if path.endswith("/reveal/") else client.get(path)
                assert (answer.status_code, answer.content) == (404, missing), f"{name}: {answer.status_code}, {path}"
            told = [event["cat"] for event in self.log.news() if event["who"].get("ref") == str(user.pk)]
            assert told == ["refusal"] * len(paths), f"{name} at {paths}: {told}"
        return len(to) * len(paths)


@contextmanager
def office_on(var: Path, suffix: str) -> Iterator[Office]:
    """A running office on a copy of the cast's databases; its worker knows some kinds of work that take their time."""
    mine = databases.names(suffix)
    databases.copy(databases.names("_cast"), mine)
    try:
        with running(var, mine, app="tests.slow_worker") as office:
            yield office
    finally:
        databases.drop(*mine)


@contextmanager
def house_on(office: Office, browser: Any) -> Iterator[House]:
    """This process looks at the office's databases, until the walks there are done."""
    databases.point_at(*office.names)
    try:
        yield House(office, casting.load(), browser, Log.from_now().last)
    finally:
        databases.point_at(*databases.names())
        _forget_keys()


@pytest.fixture(scope="package")
def browser(database: None) -> Iterator[Any]:
    """One Chromium for all walks of this process."""
    with chromium() as running_browser:
        yield running_browser


@pytest.fixture(scope="package")
def shared_office(browser: Any, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Office]:
    """The office that most walks of this process share."""
    with django_db_blocker.unblock(), office_on(tmp_path_factory.mktemp("house"), "_walk") as office:
        yield office


@pytest.fixture(scope="module")
def house(shared_office: Office, browser: Any, django_db_blocker: Any) -> Iterator[House]:
    """The house as the walks of this module find it."""
    with django_db_blocker.unblock(), house_on(shared_office, browser) as opened:
        yield opened


@pytest.fixture(scope="module")
def own_house(browser: Any, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[House]:
    """A house in which nobody has walked: for a module that reads all that is in it."""
    with django_db_blocker.unblock(), office_on(tmp_path_factory.mktemp("own"), "_own_walk") as office, \
            house_on(office, browser) as opened:
        yield opened
