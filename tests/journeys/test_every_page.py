"""Every page of the house as somebody sees it who may: in Khmer on a telephone by day, in English at a desk by night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import cast as casting
from tests import matrix, world
from tests.browser import walk_as
from tests.cast import Cast
from tests.conftest import sign_in
from tests.office import running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
WAYS = (("km", "phone", "light"), ("en", "wide", "dark"))


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


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_every_page(way: tuple[str, str, str], browser: Any, committed_db: tuple[str, str], tmp_path: Path) -> None:
    cast = casting.load()
    found = list(pages(cast, world.build(cast)))
    assert len(found) > 100
    with running(tmp_path, committed_db, "web") as office:
        wrong = list(visit(browser, office.address, cast, found, way))
    assert not wrong, wrong


def visit(browser: Any, address: str, cast: Cast, found: list[tuple[str, str, str]],
          way: tuple[str, str, str]) -> Iterator[tuple[str, str]]:
    """Look at each page as one way says; what is wrong with it."""
    language, size, scheme = way
    walkers = {who: walk_as(browser, address, getattr(cast, who), language=language, size=size, scheme=scheme)
               for who in {who for _name, _path, who in found}}
    for name, path, who in found:
        try:
            assert walkers[who].go(path) == 200
            walkers[who].look("page-" + name.replace(":", "-"))
        except AssertionError as error:
            yield name, str(error)[:400]
            walkers[who].troubles.clear()
    for walker in walkers.values():
        walker.close()
