"""The journeys of the court and of the auditor as people walk them, each step on the page where it belongs."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from tests.browser import Walker
from tests.journeys.conftest import House
from tests.journeys.ways import wrongly
from tests.journeys.words import SAID, Said


def refer(house: House, investigation: str) -> None:
    """The lead refers the case, after a look at exactly what goes."""
    walker = house.walk("investigator")
    walker.go(f"/investigations/files/{investigation}/refer/")
    walker.press()
    walker.look("d-02-referred")
    walker.close()


def charge(house: House, said: Said = SAID) -> str:
    """The liaison finds the case by its notice and files a charge; the file's code."""
    walker = house.walk("liaison")
    walker.go("/desk/notices/")
    walker.press("main ul.work li:first-child button")
    prosecution = walker.code
    assert prosecution.startswith("PF-"), walker.path
    walker.look("d-04-prosecution")
    walker.go(f"/prosecutions/files/{prosecution}/charges/new/")
    walker.fill(note=said.note)
    wrongly(walker, "d-06-charge")
    walker.pick("accused")
    walker.pick("offence")
    walker.day("filed_on", timezone.localdate())
    walker.press()
    walker.hides(said.note)
    walker.look("d-07-charged")
    walker.close()
    return prosecution


def schedule(house: House, prosecution: str, said: Said = SAID) -> str:
    """The liaison schedules a hearing; its code."""
    walker = house.walk("liaison")
    walker.go(f"/prosecutions/files/{prosecution}/hearings/new/")
    walker.choose(kind="trial")
    walker.pick("court")
    walker.day("at", timezone.localdate() + timedelta(days=21))
    walker.fill(at_3="08:30", room_note=said.room_note)
    walker.press()
    walker.hides(said.room_note)
    walker.look("d-09-scheduled")
    link = walker.page.locator("main a[href^='/prosecutions/hearings/HR-']").first.get_attribute("href")
    code = str(link).split("/")[3]
    walker.go(f"/prosecutions/hearings/{code}/")
    walker.close()
    return code


def support(house: House, survivor: str) -> None:
    """The worker process told aftercare; the survivor's worker plans the court support."""
    walker = house.walk("care_worker")
    line = walker.page.locator("main ul.work li:has(b) form[action*='/open/']")  # one that she has not read
    limit = time.monotonic() + 30
    while walker.go("/desk/notices/") and not line.count():
        assert time.monotonic() < limit, "the worker told nobody within 30 s"
        walker.page.wait_for_timeout(250)
    walker.look("d-11-notice-of-the-hearing")
    with walker.page.expect_navigation(wait_until="load"):
        line.first.locator("button").click()
    walker.go("/aftercare/from-other-wings/")
    walker.page.locator(f"main tr:has-text('{survivor}') a[href*='/take/']").first.click()
    walker.page.wait_for_load_state("load")
    walker.choose(needs="interpreter")
    walker.pick("companion")
    walker.press()
    assert walker.path == f"/aftercare/survivors/{survivor}/", walker.text()
    walker.look("d-14-support-planned")
    walker.close()


def judge(house: House, prosecution: str, said: Said = SAID) -> None:
    """The liaison records verdict and sentence."""
    walker = house.walk("liaison")
    walker.go(f"/prosecutions/files/{prosecution}/verdicts/new/")
    walker.pick("charge")
    walker.choose(outcome="convicted")
    walker.fill(grounds=said.grounds)
    wrongly(walker, "d-16-verdict")
    walker.day("returned_on", timezone.localdate())
    walker.fill(years="7", months="6", compensation_khr="20000000")
    walker.press()
    walker.hides(said.grounds)
    walker.look("d-17-judged")
    walker.close()


def ask_who_saw(house: House, survivor: str, said: Said = SAID) -> Walker:
    """The auditor asks who has seen this survivor; the page stays open."""
    walker = house.walk("auditor")
    walker.go("/audit/who-saw/")
    walker.fill(code="SV-7777")
    wrongly(walker, "e-02-ask")
    walker.fill(code=survivor.lower().replace("-", " "))
    walker.press()
    walker.hides(*said.canaries())
    walker.look("e-03-who-saw")
    return walker
