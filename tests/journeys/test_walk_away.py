"""The database goes away while somebody writes: in a browser, every word stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.browser import walk_as
from tests.cast import Cast
from tests.office import running

pytestmark = pytest.mark.browser
TYPED = "She asked for her sister Nyxaroth"


class away_for_a_while:
    """The database takes no connections and drops those it has."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        with databases.superuser() as server:
            server.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS false')
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.name])

    def __exit__(self, *_error: object) -> None:
        with databases.superuser() as server:
            server.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS true')


def test_a_browser_keeps_every_word_while_the_database_is_away(
        browser: Any, committed_cast: Cast, committed_db: tuple[str, str], tmp_path: Path) -> None:
    """She types, the database goes away, she sends: her words stand on the page; it comes back, she goes back and sends."""
    with running(tmp_path, committed_db, "web") as office:
        walker = walk_as(browser, office.address, committed_cast.hotline)
        assert walker.go("/investigations/tips/new/") == 200
        walker.fill(what_was_said=TYPED)
        walker.pick("urgency")
        walker.pick("channel")
        walker.pick("children")
        with away_for_a_while(committed_db[0]):
            walker.press()
            walker.says("The records cannot be reached", TYPED, "មិនអាចភ្ជាប់ទៅកំណត់ត្រាបានទេ")
            walker.troubles.clear()  # the browser itself says "503" in its console
            walker.look("database-away")
        walker.page.go_back()
        assert walker.page.locator("[name=what_was_said]").input_value() == TYPED
        walker.press()
        assert walker.path.startswith("/investigations/tips/TP-")
        assert TYPED not in "".join(path.read_text() for path in tmp_path.glob("*.log"))
        walker.close()
