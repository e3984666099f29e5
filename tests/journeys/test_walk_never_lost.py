"""No typed word is lost: a browser dies, the session ends, the line goes away, two people correct the same record."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from ijm.trail.context import acting_as
from ijm.vault.disclosure import disclose
from ijm.web import drafts
from investigations.models import Tip
from tests import stories
from tests.browser import ARGUMENTS, PROGRAM, Walker, digits
from tests.cast import PASSWORD
from tests.journeys.conftest import House
from tests.journeys.test_walk_shell import enrol
from tests.journeys.words import SAID
from tests.office import wait_until

pytestmark = pytest.mark.browser
TIP = "/investigations/tips/new/"
TYPED = {"what_was_said": SAID.what_was_said, "landmark": SAID.landmark, "caller_name": SAID.caller_name,
         "people_affected": "៨ or so"}
SAVED = re.compile(r"^Saved \d\d:\d\d$")


@contextmanager
def mortal_browser(house: House, folder: Path) -> Iterator[tuple[House, Any]]:
    """A browser of its own process, which can be killed."""
    process = subprocess.Popen(
        [PROGRAM, *ARGUMENTS, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        told = folder / "DevToolsActivePort"
        assert wait_until(lambda: told.exists() and told.read_text().strip())
        port = told.read_text().split()[0]
        yield replace(house, browser=house.browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")), process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def typing(house: House, name: str = "hotline") -> Walker:
    """Somebody in the middle of a tip."""
    walker = house.walk(name)
    walker.go(TIP)
    write(walker)
    return walker


def write(walker: Walker) -> None:
    walker.fill(**TYPED)
    walker.choose(urgency="now", channel="hotline", children="no")


def kept(walker: Walker) -> None:
    """Wait until the page says that it is saved."""
    walker.page.locator("main .saved").filter(has_text=SAVED).wait_for(timeout=8_000)


def stands_there(walker: Walker) -> None:
    """Every word is in the form, and no mistake is spoken of."""
    for name, text in TYPED.items():
        assert walker.page.locator(f"main [name={name}]").input_value() == text
    assert walker.page.locator("[name=urgency][value=now]").is_checked()
    assert walker.page.locator("main .govuk-error-message").count() == 0


def unfinished(house: House, name: str, path: str = TIP) -> int:
    user = getattr(house.cast, name)
    with acting_as(user, "r"):
        return len([draft for draft in drafts.mine(user) if draft.path == path])


def test_a_browser_that_dies_loses_nothing(house: House, tmp_path: Path) -> None:
    with mortal_browser(house, tmp_path) as (mortal, process):
        dying = typing(mortal)
        kept(dying)
        os.killpg(process.pid, signal.SIGKILL)
    walker = house.walk("hotline", language="km")
    walker.go("/account/drafts/")
    walker.look("unfinished")
    walker.hides(*TYPED.values())
    walker.page.locator(f"main a[href='{TIP}']").click()
    stands_there(walker)
    assert walker.page.locator("main .note__do button").count() == 1, "it says that the words are back"
    walker.look("resumed")
    walker.press("main .note__do button")
    assert walker.page.locator("main [name=landmark]").input_value() == "" and unfinished(house, "hotline") == 0
    walker.close()


def test_a_session_that_ends_is_renewed_on_the_spot(house: House) -> None:
    secret = enrol(house.cast.investigator)
    walker = typing(house, "investigator")
    kept(walker)
    Session.objects.all().delete()
    walker.fill(safe_contact=SAID.safe_contact)
    walker.page.locator("[data-session=ended]").wait_for(state="visible")
    walker.page.locator("#session-password").fill("not the password at all")
    walker.page.keyboard.press("Enter")
    walker.page.get_by_text("do not fit together").wait_for()
    walker.troubles.clear()  # the browser itself writes a line about each refused request
    walker.look("sign-in-on-the-spot")
    walker.page.locator("#session-password").fill(PASSWORD)
    walker.page.keyboard.press("Enter")
    code = walker.page.locator("#session-code")
    assert wait_until(code.is_visible), walker.page.locator("[data-session-problem]").inner_text()
    code.fill("000000")
    walker.page.keyboard.press("Enter")
    walker.page.get_by_text("These are not the six digits").wait_for()
    code.fill(digits(secret))
    walker.page.keyboard.press("Enter")
    walker.page.locator("#session").wait_for(state="hidden")
    kept(walker)
    stands_there(walker)
    assert walker.page.locator("[name=safe_contact]").input_value() == SAID.safe_contact
    walker.fill(people_affected="8")
    walker.press()
    assert walker.code.startswith("TP-"), walker.text()
    assert unfinished(house, "investigator") == 0
    walker.close()


def test_a_line_that_goes_away_loses_nothing_and_saves_nothing_twice(house: House) -> None:
    before = count(house)
    walker = typing(house)
    walker.page.context.set_offline(True)
    walker.fill(people_affected="8", safe_contact=SAID.safe_contact)
    walker.page.locator("main form button.govuk-button").first.click()
    walker.page.get_by_text("No connection: what you wrote is kept on this page").wait_for()
    assert walker.path == TIP and walker.page.locator("[name=landmark]").input_value() == SAID.landmark
    walker.troubles.clear()
    walker.page.context.set_offline(False)
    kept(walker)
    lose(walker, lambda route: route.abort())
    walker.go(TIP)
    assert walker.page.locator("[name=safe_contact]").input_value() == SAID.safe_contact, "the server had every word"
    lose(walker, lambda route: route.fetch(max_redirects=0) and route.abort())
    assert count(house) == before + 1, "the form arrived, only the answer was lost"
    walker.go(TIP)
    assert walker.page.locator("[name=landmark]").input_value() == "" and unfinished(house, "hotline") == 0
    walker.fill(what_was_said="once", landmark="again")
    walker.choose(urgency="no", channel="hotline", children="no")
    with walker.page.expect_navigation(url="**/TP-*/"):
        walker.page.locator("main form.form").evaluate("form => { form.submit(); form.submit(); }")
    assert wait_until(lambda: count(house) == before + 2)
    walker.page.wait_for_timeout(500)
    assert count(house) == before + 2, "sent twice, saved once"
    walker.close()


def lose(walker: Walker, how: Callable[[Any], Any]) -> None:
    """Press the button while the form, or the answer to it, goes astray."""
    astray: list[str] = []

    def send(route: Any) -> None:
        if route.request.method != "POST":
            return route.continue_()
        how(route)
        astray.append(route.request.url)

    walker.page.route(f"**{TIP}", send)
    walker.page.locator("main form.form button.govuk-button").first.click()
    for _ in range(50):
        walker.page.wait_for_timeout(100)
        if astray:
            break
    assert astray, walker.text()
    walker.page.wait_for_timeout(700)  # the browser puts a page of its own in place of the answer
    walker.page.unroute(f"**{TIP}")
    walker.troubles.clear()


def count(house: House) -> int:
    with acting_as(house.cast.hotline, "r"):
        return Tip.objects.count()


def test_two_browsers_correct_the_same_record(house: House) -> None:
    tip = stories.taken_tip(house.cast)
    path = f"/investigations/tips/{tip.code}/correct/"
    slower, faster = house.walk("hotline"), house.walk("investigation_supervisor", looking=False)
    for walker in (slower, faster):
        walker.go(f"/investigations/tips/{tip.code}/")
        walker.page.locator(f"main a[href='{path}']").click()
    slower.fill(what_was_said="Workers who may not leave, and two children", landmark=SAID.landmark)
    kept(slower)
    faster.fill(what_was_said="Workers who may not leave at night")
    faster.choose(province="08")
    faster.press()
    faster.says("Corrected.")
    slower.page.locator("main form.form button.govuk-button").first.click()
    slower.page.locator("main .versus").first.wait_for()
    slower.says("saved this while you were writing", "Yours", house.cast.investigation_supervisor.display_name)
    marked = slower.page.locator("main .versus ins").all_inner_texts()
    assert any("two children" in text for text in marked) and any("at night" in text for text in marked), marked
    slower.troubles.clear()  # the browser itself writes a line about a 409
    slower.look("two-versions")
    slower.page.locator("main details summary").first.click()
    slower.page.locator("[name=_pick-what_was_said][value=both]").check()
    slower.fill(what_was_said="Workers who may not leave at night, and two children")
    slower.press()
    assert slower.path == f"/investigations/tips/{tip.code}/" and unfinished(house, "hotline", path) == 0
    with acting_as(house.cast.hotline, "r"):
        now = Tip.objects.get(pk=tip.pk)
        told = disclose(now, "what_was_said", "landmark", to=house.cast.hotline)
    assert told == {"what_was_said": "Workers who may not leave at night, and two children", "landmark": SAID.landmark}
    assert now.province == "08", "what only the other changed is kept"
    for walker in (slower, faster):
        walker.close()
