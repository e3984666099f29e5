"""Pages of the wing that no journey passes, and one in Khmer: no axe violation, a quiet console, no sideways scrolling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import cast as casting
from tests.browser import chromium, require_browser, walk_as
from tests.cast import Cast
from tests.investigations import making
from tests.office import running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_pages_beside_the_journeys(committed_db: tuple[str, str], tmp_path: Path) -> None:
    require_browser()
    cast = casting.load()
    one = making.investigation(cast, making.assessed(cast, making.tip(cast)))
    making.incident(cast, one)
    suspect, rescue = making.suspect(cast, one), making.rescue(cast, one)
    with running(tmp_path, committed_db, "web") as office, chromium() as browser:
        walker = walk_as(browser, office.address, cast.investigator)
        for name, path in (("inv-suspect", f"suspects/{suspect.code}/"), ("inv-rescues", "rescues/"),
                           ("inv-rescue-cancel", f"rescues/{rescue.code}/cancel/")):
            walker.go(f"/investigations/{path}")
            walker.look(name)
        close(walker, one.code, rescue.code)
        in_khmer(browser, office.address, cast, one.code)


def close(walker: Any, file: str, rescue: str) -> None:
    """Call the operation off, then close the file."""
    walker.go(f"/investigations/rescues/{rescue}/cancel/")
    walker.press()
    walker.go(f"/investigations/files/{file}/close/")
    walker.look("inv-file-close")
    walker.press()
    walker.says("Closed")


def in_khmer(browser: Any, address: str, cast: Cast, file: str) -> None:
    """A closed file and the form of a tip, in Khmer."""
    walker = walk_as(browser, address, cast.investigator, language="km")
    for name, path in (("inv-file-closed", f"files/{file}/"), ("inv-tip-take", "tips/new/")):
        walker.go(f"/investigations/{path}")
        walker.look(name)
