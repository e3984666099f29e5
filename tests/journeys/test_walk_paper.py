"""A letter and a list leave the house, walked: chosen, looked at, made, fetched, checked; a page is printed on paper."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from ijm.documents.models import Issued, Paper
from ijm.trail.context import acting_as
from investigations.actions.rescues import FoundPerson
from investigations.names import Names
from tests import stories
from tests.browser import shot_folder
from tests.journeys.conftest import House
from tests.journeys.words import SAID
from tests.trail import last_events

pytestmark = pytest.mark.browser
WORDS = {"en": "A chair near the door would help.", "km": "យើងខ្ញុំសូមស្នើសុំកៅអីមួយនៅក្បែរទ្វារសម្រាប់បុគ្គលនេះ។"}


@pytest.mark.parametrize("language", ["en", "km"])
def test_a_letter_is_written_fetched_and_checked(house: House, language: str) -> None:
    house = replace(house, language=language)
    found = [FoundPerson(Names(family=family, given=given), "female", "18-24") for family, given in SAID.rescued]
    stories.concluded_rescue(house.cast, found)
    survivor = stories.taken_in(house.cast)
    walker = house.walk("care_worker")
    walker.go(f"/papers/file/{survivor.file.code}/letter/?letter=court")
    walker.fill(recipient="Phnom Penh Municipal Court\nChief clerk", words=WORDS[language])
    walker.choose(language=language, reader="court", purpose="COURT", format="docx")
    walker.press("button[value=preview]")
    walker.says(WORDS[language], survivor.code)
    walker.look("p-02-looked-at")
    walker.press("button[value=make]")
    if language == "en":
        walker.look("p-03-made")
    code = walker.code
    with walker.page.expect_download() as waiting:
        walker.page.locator("main .filehead a.govuk-button").click()
    content = waiting.value.path().read_bytes()
    with acting_as(house.cast.care_worker, "r"):
        paper = Paper.objects.get(code=code)
    assert waiting.value.suggested_filename == f"{code}.docx" and hashlib.sha256(content).hexdigest() == paper.digest
    walker.press("main form[action$='/forget/'] button")
    walker.go(f"/papers/file/{survivor.file.code}/")
    walker.says(code, paper.number)
    walker.hides(*SAID.canaries(), WORDS[language])
    if language == "km":
        walker.look("p-04-file")
    on_paper(walker, language)
    walker.close()
    checked(house, paper, looking=language == "en")


def on_paper(walker, language: str) -> None:  # type: ignore[no-untyped-def]
    """The page as a printer gets it: recorded first, then without navigation."""
    walker.page.evaluate("() => { window.print = () => document.body.setAttribute('data-was-printed', '1'); }")
    walker.page.locator("form.printing button").click()
    walker.page.locator("body[data-was-printed]").wait_for()
    assert last_events(1)[0]["act"] == "page.printed", "the record is written before the printer's window opens"
    walker.page.emulate_media(media="print")
    assert walker.page.locator(".print-head").is_visible() and not walker.page.locator(".side").is_visible()
    assert not walker.page.locator("form.printing").is_visible()
    walker.page.pdf(path=shot_folder() / f"p-print-{language}.pdf", prefer_css_page_size=True)
    walker.page.emulate_media(media="screen")


def checked(house: House, paper: Paper, *, looking: bool) -> None:
    """Somebody of another office holds the paper in her hand."""
    walker = house.walk("far_liaison", looking=looking)
    walker.go("/papers/check/")
    walker.fill(code=paper.code, mark=paper.mark)
    walker.press()
    walker.says(paper.number)
    walker.look("p-05-checked")
    walker.fill(code=paper.code, mark="ZZZZ-0000")
    walker.press()
    walker.close()
    assert [event["q"]["found"] for event in last_events(60) if event["act"] == "paper.checked"][-2:] == [True, False]


def test_a_list_is_taken_along(house: House) -> None:
    stories.concluded_rescue(house.cast)
    survivor = stories.taken_in(house.cast)
    walker = house.walk("care_worker")
    walker.go("/aftercare/survivors/")
    walker.page.locator("a[href*='/papers/sheet/']").click()
    walker.choose(purpose="SUPERVISION", format="csv")
    walker.press()
    with walker.page.expect_download() as waiting:
        walker.page.locator("main .filehead a.govuk-button").click()
    assert survivor.code in waiting.value.path().read_text("utf-8-sig")
    walker.go("/papers/")
    walker.says(Issued.objects.get(template="sheet").code)
    walker.close()
