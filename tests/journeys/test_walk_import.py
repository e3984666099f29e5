"""A supervisor brings her office's records in and takes them out again, in a browser, on a desk and on a small telephone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests import databases
from tests.browser import Walker
from tests.ijm.htcds_books import book, crowd
from tests.journeys.conftest import House
from tests.journeys.test_kills import holding

pytestmark = pytest.mark.browser
DONE = ".job span.s:text-is('Everything is done.')"


def people() -> bytes:
    """Six people, three of them with something to mend."""
    rows = crowd(6)
    rows[0]["Gender"] = rows[3]["Gender"] = "Femal"
    rows[2]["Incoming Referral Date"] = "03/25/2024"
    return book(*rows)


def test_from_a_file_to_care_files_and_out_again(house: House, tmp_path: Path) -> None:
    (tmp_path / "people.xlsx").write_bytes(people())
    walker = house.walk("care_supervisor")
    walker.go("/exchange/imports/")
    walker.says("Nothing was brought in yet")
    walker.look("import-empty")
    walker.go("/exchange/imports/new/")
    walker.page.locator("input[type=file]").set_input_files(tmp_path / "people.xlsx")
    walker.press()
    code = walker.code
    walker.look("import-reading")
    walker.page.locator(DONE).wait_for()
    walker.go(f"/exchange/imports/{code}/")
    walker.says("Rows are left to mend", "Take “Feminine”")
    walker.look("import-ready")
    walker.press("button[name=alike]")
    walker.says("2 rows were mended.")
    walker.press(f"form[action='/exchange/imports/{code}/mend/'] button")
    walker.press("button:has-text('Show the names')")
    walker.says("Dara A", "recorded")
    walker.look("import-names")
    walker.go(f"/exchange/imports/{code}/rows/4/")
    walker.look("import-row")
    walker.go(f"/exchange/imports/{code}/")
    assert _progress_is_seen(house, walker, f"form[action='/exchange/imports/{code}/bring-in/'] button") < 2
    walker.page.locator(DONE).wait_for(timeout=60_000)
    walker.go(f"/exchange/imports/{code}/")
    walker.says("6 people were brought in")
    walker.look("import-done")
    export = _out_again(house, walker)
    walker.close()
    _in_khmer(house, code, export)


def _progress_is_seen(house: House, walker: Walker, button: str) -> float:
    """Seconds from the press to the bar on the page; the work is held meanwhile, or six people would be in before it."""
    with holding(databases.CLUSTER.superuser_dsn(house.office.names[0]), "reports_former"):
        pressed = time.monotonic()
        walker.page.locator(button).click()
        walker.page.locator("main .job progress").wait_for(timeout=10_000)
        seconds = time.monotonic() - pressed
    print(f"progress on the page after {seconds:.2f} s")
    return seconds


def _out_again(house: House, walker: object) -> str:
    asker = house.walk("care_supervisor", looking=False)
    asker.go("/exchange/exports/new/")
    asker.choose(which="all", purpose="REFERRAL")
    asker.press()
    code = asker.code
    decider = house.walk("data_protection")
    decider.go(f"/exchange/exports/{code}/")
    decider.look("export-decide")
    decider.press("button[value=approve]")
    decider.close()
    asker.go(f"/exchange/exports/{code}/")
    asker.press("button:has-text('Make the workbook')")
    asker.page.locator(DONE).wait_for(timeout=30_000)
    asker.looking = True
    asker.go(f"/exchange/exports/{code}/")
    asker.look("export-made")
    with asker.page.expect_download() as loaded:
        asker.page.locator("button:has-text('Download it, once')").click()
    assert loaded.value.suggested_filename == f"{code}.xlsx"
    asker.close()
    return code


def _in_khmer(house: House, code: str, export: str) -> None:
    walker = house.walk("care_supervisor", language="km", size="phone", scheme="dark")
    pages = {"done": f"imports/{code}/", "export": f"exports/{export}/"}
    for name, path in pages.items():
        walker.go(f"/exchange/{path}")
        walker.look(f"import-km-{name}")
    walker.close()
