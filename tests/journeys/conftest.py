"""A house to walk through: its own databases, web server, worker and browser, for one module of journeys."""

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
from tests import cast as casting
from tests import databases
from tests.browser import Walker, chromium, require_browser, walk_as
from tests.cast import EVERYBODY, Cast
from tests.conftest import _forget_keys, sign_in
from tests.office import Office, running

REASON = {"purpose": "CASEWORK", "field": "address"}


class Log:
    """The log as it grows: each asking gives what came since the last."""

    def __init__(self) -> None:
        self.last = 0

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
    language: str = "en"
    looking: bool = True
    scripts: bool = True
    log: Log = field(default_factory=lambda: Log())

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
                newest = [event for event in self.log.news() if event["who"].get("ref") == str(user.pk)]
                assert newest and newest[-1]["cat"] == "refusal", f"{name} at {path}: {newest}"
        return len(to) * len(paths)


@contextmanager
def house_on(var: Path, browser: Any, suffix: str) -> Iterator[House]:
    """A house on a copy of the cast's databases; this process looks at the same ones."""
    mine = databases.names(suffix)
    databases.copy(databases.names("_cast"), mine)
    databases.point_at(*mine)
    try:
        with running(var, mine) as office:
            yield House(office, casting.load(), browser)
    finally:
        databases.point_at(*databases.names())
        databases.drop(*mine)
        _forget_keys()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for the module."""
    with chromium() as running_browser:
        yield running_browser


@pytest.fixture(scope="module")
def house(database: None, browser: Any, tmp_path_factory: pytest.TempPathFactory,
          django_db_blocker: Any) -> Iterator[House]:
    """The house of this module."""
    require_browser()
    with django_db_blocker.unblock(), house_on(tmp_path_factory.mktemp("house"), browser, "_walk") as opened:
        yield opened
