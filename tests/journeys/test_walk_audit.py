"""An auditor at her desk: five real questions, answered in under a minute of clicks, in English and in Khmer.

1. Who has seen this survivor's records?  2. What did her worker do?  3. What is the whole story of this record?
4. What was refused, and to whom?  5. Who asked the log, and about what?
"""

from __future__ import annotations

from time import monotonic

import pytest

from tests import stories
from tests.browser import BUTTON, Walker
from tests.cast import Cast
from tests.conftest import sign_in
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser
A_MINUTE = 60


def follow(walker: Walker, page: str) -> None:
    """From the desk to one of the questions."""
    walker.press(".side a[href='/audit/']")
    walker.press(f"main .work a[href='/audit/{page}/']")


def five(walker: Walker, cast: Cast, code: str) -> dict[str, str]:
    """Ask the five questions by clicks alone; the address of each answer."""
    answers = {}
    walker.go("/audit/")
    for page, given in (("who-saw", {"code": code}), ("did", {"person": cast.care_worker.code}), ("timeline", {"code": code}),
                        ("refused", {}), ("looked", {})):
        follow(walker, page)
        if "code" in given:
            walker.fill(**given)
        else:
            walker.choose(**given)
        walker.press(BUTTON)
        answers[page] = walker.path
        walker.says({"did": code, "refused": cast.colleague.code, "looked": cast.auditor.code}.get(page, cast.care_worker.code))
    return answers


def test_five_questions_in_under_a_minute(house: House) -> None:
    cast = house.cast
    stories.concluded_rescue(cast)
    survivor = stories.taken_in(cast)
    page = f"/aftercare/survivors/{survivor.code}/"
    assert sign_in(cast.care_worker).get(page).status_code == 200
    assert sign_in(cast.colleague).get(page).status_code == 404
    walker = house.walk("auditor")
    began = monotonic()
    answers = five(walker, cast, survivor.code)
    assert monotonic() - began < A_MINUTE, "a minute of clicks is enough"
    for number, (name, address) in enumerate(answers.items()):
        walker.turn("km" if number % 2 else "en", "wide", "light")
        walker.go(address)
        walker.look(f"audit-{name}")
        walker.hides("Chanthy", "Thida")  # two of those who were found
    assert not walker.troubles
    walker.close()
