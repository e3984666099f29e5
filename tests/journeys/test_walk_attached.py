"""A photograph is attached to a case file, found again, downloaded whole and in part, measured; a program is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ijm.trail.context import acting_as
from tests import stories
from tests.browser import Walker
from tests.ijm.attached import NAME, PICTURE
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser
PART = """async url => { const answer = await fetch(url, {headers: {Range: "bytes=16380-16400"}});
          const bytes = new Uint8Array(await answer.arrayBuffer());
          return [answer.status, answer.headers.get("Content-Range"), Array.from(bytes)]; }"""
WORDS = "Taken by her aunt at the border"


def test_a_file_is_attached_and_fetched(house: House, tmp_path: Path) -> None:
    made = stories.promoted_tip(house.cast)
    with acting_as(house.cast.investigator, "r"):
        file = made.file.code
    walker = house.walk("investigator")
    walker.go(f"/investigations/files/{made.code}/")
    with walker.page.expect_navigation(wait_until="load"):
        walker.page.locator(f"a[href='/attached/file/{file}/']").click()
    walker.says("No files are attached")
    walker.go(f"/attached/file/{file}/new/")
    refused(walker, tmp_path)
    (tmp_path / NAME).write_bytes(PICTURE)
    walker.page.locator("input[type=file]").set_input_files(tmp_path / NAME)
    walker.choose(about="picture")
    walker.fill(description=WORDS)
    walker.press()
    code = walker.code
    walker.says("Sealed and attached.")
    walker.hides(NAME, WORDS)
    walker.look("attached-shown")
    measured(walker, code)
    fetched(walker, code)
    walker.go(f"/attached/file/{file}/")
    walker.says(code, "Photograph or picture", "PNG")
    walker.hides(NAME, WORDS)
    walker.close()
    stranger = house.walk("liaison", looking=False)
    hidden = (f"/attached/{code}/", f"/attached/{code}/fetch/", f"/attached/file/{file}/", f"/attached/file/{file}/new/")
    assert [stranger.go(path) for path in hidden] == [404] * len(hidden)
    stranger.close()


def refused(walker: Walker, folder: Path) -> None:
    """A program that says it is a picture."""
    (folder / "holiday.png").write_bytes(b"MZ\x90\0" + bytes(70_000))
    walker.page.locator("input[type=file]").set_input_files(folder / "holiday.png")
    walker.choose(about="picture")
    walker.press()
    walker.says("This kind of file is not taken.")
    walker.look("attached-refused")


def measured(walker: Walker, code: str) -> None:
    """The worker reads every byte again."""
    walker.press("form[action$='/measure/'] button")
    walker.says("Every byte is being read again.")
    for _try in range(60):
        walker.go(f"/attached/{code}/")
        if "Unchanged" in walker.page.inner_text("main"):
            break
        walker.page.wait_for_timeout(250)
    walker.says("Unchanged")


def fetched(walker: Walker, code: str) -> None:
    """The whole file by the button, a part of it as a player of films would ask."""
    with walker.page.expect_download() as waiting:
        walker.page.locator("main .filehead a.govuk-button").click()
    content = waiting.value.path().read_bytes()
    assert waiting.value.suggested_filename == f"{code}.png" and content == PICTURE
    status, part, some = walker.page.evaluate(PART, f"/attached/{code}/fetch/")
    assert (status, part, bytes(some)) == (206, f"bytes 16380-16400/{len(PICTURE)}", PICTURE[16380:16401])
    assert hashlib.sha256(content).hexdigest() in walker.page.inner_text("main")
