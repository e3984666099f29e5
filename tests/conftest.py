"""Shared fixtures: two tiers of database, the cast, people who are signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.template import Context, Template
from django.test import Client
from django.test.signals import template_rendered
from django.utils import translation
from django.utils.safestring import SafeString
from xdist.scheduler import LoadScopeScheduling

from ijm.accounts.models import User
from ijm.accounts.sessions import SessionStore
from tests import cast as casting
from tests import databases, world

TRAIL = "trail"
JOURNEYS = "tests/journeys/"
UP = "tests/ijm/test_up.py"
TOGETHER = (JOURNEYS, UP)
ALONE = ("tests/house/test_sources.py", "tests/ijm/test_htcds_cells.py", "tests/ijm/test_htcds_reading.py",
         "tests/ijm/test_htcds_workbook.py", "tests/audit/test_court_package.py")  # they need no database
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


class Together(LoadScopeScheduling):
    """What shares one house or one office stays with one worker; any other test goes to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return "alone" if nodeid.startswith(ALONE) else nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what is done: the scheduler counts all that a worker ever got, after each of thousands of tests."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Share the tests out as `Together` says, in the order in which they were gathered."""
    config.option.loadscopereorder = False
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys begin, those of the shared house first, then whole offices; short tests fill up: both workers end together."""
    shared = {item.path for item in items if "shared_office" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: (not item.nodeid.startswith(JOURNEYS), item.path not in shared, not item.nodeid.startswith(UP)))
    if items and "PYTEST_XDIST_WORKER" in os.environ:  # while the first worker makes the databases, another does what needs none
        first = items[0].path
        items.sort(key=lambda item: (item.path != first, not item.nodeid.startswith(ALONE)))


@pytest.fixture(scope="session")
def database(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """This worker's own databases with the cast in them, and a copy to clone for tests that commit."""
    mine, copy = databases.names(), databases.names("_cast")
    with django_db_blocker.unblock():
        databases.clone(*mine)
        casting.assemble()
        databases.copy(mine, copy)
        yield
        databases.drop(*mine, *copy)


@dataclass(frozen=True)
class Furnished:
    """Databases with one record of every kind beside the cast: to look at, or to copy for who changes them."""

    names: tuple[str, str]
    cast: casting.Cast
    things: world.World


@pytest.fixture(scope="session")
def furnished(database: None, shelf: None, django_db_blocker: Any) -> Iterator[Furnished]:
    """Made once for all tests of this worker that only look; what their looks leave in the log stays."""
    mine = databases.names("_furnished")
    with django_db_blocker.unblock():
        databases.copy(databases.names("_cast"), mine)
        with databases.at(mine):
            people = casting.load()
            made = Furnished(mine, people, world.build(people))
        yield made
        databases.drop(*mine)


@pytest.fixture(scope="session", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sealed files of this worker's tests lie in a folder of its own."""
    before, settings.FILES = settings.FILES, tmp_path_factory.mktemp("shelf")
    yield
    settings.FILES = before


@pytest.fixture(scope="session", autouse=True)
def whole_pages(django_test_environment: None) -> None:
    """The test client notes what a page was drawn from, but no copy of it for each of the page's hundred parts."""

    def drawn(self: Template, context: Context) -> SafeString:
        if context.template is self:
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    Template._render = drawn


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page in Khmer leaves the thread that made it in Khmer."""
    yield
    translation.deactivate()


@pytest.fixture
def db(database: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction that is rolled back; the trail's connection is the same one, so its rows are seen and vanish too."""
    with django_db_blocker.unblock():
        default, trail = connections["default"], connections[TRAIL]
        connections[TRAIL] = default
        around = transaction.atomic()
        around._from_testcase = True
        around.__enter__()
        try:
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
            connections[TRAIL] = trail
            _forget_keys()


@pytest.fixture
def committed_db(database: None, django_db_blocker: Any) -> Iterator[tuple[str, str]]:
    """Databases of this test alone, where everything commits: workers, browsers, kills, refusals that survive."""
    mine = databases.names("_own")
    with django_db_blocker.unblock():
        databases.copy(databases.names("_cast"), mine)
        databases.point_at(*mine)
        try:
            yield mine
        finally:
            databases.point_at(*databases.names())
            databases.drop(*mine)
            _forget_keys()


def _forget_keys() -> None:
    from ijm.vault import keyring

    keyring.forget()


@pytest.fixture
def cast(db: None) -> casting.Cast:
    """Everybody, for a test that is rolled back."""
    return casting.load()


@pytest.fixture
def committed_cast(committed_db: tuple[str, str]) -> casting.Cast:
    """Everybody, for a test that commits."""
    return casting.load()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A client whose person has signed in with a second factor."""
    return sign_in


def sign_in(user: User, *, second_factor: bool = True) -> Client:
    """A client with a session of this person, as the sign-in pages would have made it."""
    client = Client(raise_request_exception=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_token(user, second_factor=second_factor)
    return client


def read_out(answer: Any) -> Any:
    """The same answer, a download read to its end as a browser would: one that nobody reads holds its file open."""
    if answer.streaming:
        answer.content_read = b"".join(answer.streaming_content)
    return answer


def session_token(user: User, *, second_factor: bool = True) -> str:
    """The cookie of a new session."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone

    methods = [{"method": "password", "at": timezone.now().timestamp(), "username": user.username}]
    if second_factor:
        methods.append({"method": "mfa", "at": timezone.now().timestamp(), "type": "totp"})
    store = SessionStore()
    store.update({
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        "account_authentication_methods": methods,
        "begun_at": timezone.now().timestamp(),
    })
    store.save()
    assert store.token
    return store.token
