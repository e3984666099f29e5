"""Who opened a page can be told from a photograph of it: pages with sealed values carry code, time and session, faintly."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from ijm.accounts.models import User
from tests.cast import Cast
from tests.records import survivor_of

SEALED = re.compile(r"\{% sealed |reveals?/box\.html|parts/seals?\.html|parts/sealed\.html")
PAGES = [path for room in ("ijm", "aftercare", "investigations", "prosecutions")
         for path in sorted(Path(settings.BASE_DIR, room).rglob("templates/**/*.html"))
         if "{% extends" in path.read_text() and SEALED.search(path.read_text())]
HER_OWN = {"desk/reminders/list.html"}  # notes to oneself, of nobody's identity


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_page_with_sealed_values_is_marked(path: Path) -> None:
    assert "web/parts/watermark.html" in path.read_text() or path.as_posix().endswith(tuple(HER_OWN))


def test_the_mark_names_the_person_and_the_session_and_nothing_is_inline(
        cast: Cast, signed_in: Callable[[User], Client]) -> None:
    survivor = survivor_of(cast.care_worker)
    shown = [signed_in(cast.care_worker).get(f"/aftercare/survivors/{survivor.code}/").content.decode() for _ in range(2)]
    marks = [re.search(r'<svg class="watermark".*?</svg>', page, re.DOTALL) for page in shown]
    assert all(mark and cast.care_worker.code in mark[0] and "style=" not in mark[0] for mark in marks)
    said = [re.search(r"· (\w{4})</text>", mark[0]) for mark in marks if mark]
    assert len({mark[1] for mark in said if mark}) == 2, "two sessions are told apart"
