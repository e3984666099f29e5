"""Every page of the house as somebody sees it who may, one way each: in a language, on a screen, by day or by night.

Which way follows from the page's name alone: each way is gone with many pages of every room, and a new page changes no other's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from tests import databases, matrix, world
from tests.browser import SIZES, walk_as
from tests.cast import Cast
from tests.conftest import Furnished, sign_in
from tests.office import running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
WAYS = tuple(product(("en", "km"), SIZES, ("light", "dark")))


def way_of(name: str) -> tuple[str, str, str]:
    """Language, screen and scheme in which this page is looked at."""
    return WAYS[crc32(name.encode()) % len(WAYS)]


def pages(cast: Cast, things: world.World) -> Iterator[tuple[str, str, str]]:
    """Name, address and visitor of each address that answers a look with a page; the fewest visitors that see them all."""
    clients: dict[str, Any] = {}
    for page in matrix.doors():
        members = page.members()
        who = next((name for name in clients if name in members), min(members))
        client = clients.setdefault(who, sign_in(getattr(cast, who)))
        answer = client.get(page.url(things))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and b"<html" in answer.content[:400]:
            yield page.name, page.url(things), who
        answer.close()


def test_every_page(browser: Any, furnished: Furnished, django_db_blocker: Any, tmp_path: Path) -> None:
    with django_db_blocker.unblock(), databases.at(furnished.names):
        look_at_all(browser, furnished, tmp_path)


def look_at_all(browser: Any, furnished: Furnished, var: Path) -> None:
    """Find what is a page, then look at each."""
    found = list(pages(furnished.cast, furnished.things))
    gone = Counter(way_of(name) for name, _path, _who in found)
    assert len(found) > 100 and min(gone[way] for way in WAYS) >= 8, gone
    with running(var, furnished.names, "web") as office:
        wrong = list(visit(browser, office.address, furnished.cast, found))
    assert not wrong, wrong


def visit(browser: Any, address: str, cast: Cast, found: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Look at each page its own way; what is wrong with it."""
    walkers = {who: walk_as(browser, address, getattr(cast, who)) for who in {who for _name, _path, who in found}}
    for name, path, who in found:
        walker = walkers[who]
        walker.turn(*way_of(name))
        try:
            assert walker.go(path) == 200
            walker.look_closely("page-" + name.replace(":", "-"))
        except AssertionError as error:
            yield f"{name} {way_of(name)}", str(error)[:400]
            walker.troubles.clear()
    for walker in walkers.values():
        walker.close()
