"""The search box in a browser: names in two scripts, a number in Khmer digits, what may not be shown, and the end of patience."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache

from ijm.desk import often
from ijm.trail.context import acting_as
from investigations.actions import suspects
from investigations.names import Names
from tests import stories
from tests.browser import Walker
from tests.ijm.test_search_index import numbered
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser


def ask(walker: Walker, text: str) -> str:
    """Type into the box at the top, as from any page, and send it."""
    box = walker.page.locator("#q")
    if not box.is_visible():
        walker.page.set_viewport_size({"width": 1280, "height": 900})
    box.fill(text)
    with walker.page.expect_navigation(wait_until="load"):
        box.press("Enter")
    assert walker.path == "/desk/search/", "what was typed is in no address"
    return str(walker.page.locator("main").inner_text())


def test_people_are_found_by_name_and_number_and_their_owner_learns_who_else_asked(house: House) -> None:
    investigator = house.cast.investigator
    investigation = stories.promoted_tip(house.cast)
    with acting_as(investigator):
        suspect = suspects.record(investigation, by=investigator, role_in_process="Exploiter",
                                  names=Names("កែវ", "សំណាង", "Keo", "Samnang"))
    numbered(suspect.alias, investigator, "phone", "012 345 678")
    owner, colleague = house.walk("investigator"), house.walk("colleague")
    owner.go("/desk/")
    for text in ("Samnang Keow", "កែវ សំណាង", "០១២ ៣៤៥ ៦៧៨"):
        assert suspect.code in ask(owner, text) and "Keo Samnang" in ask(owner, text)
    owner.look("search-found")
    owner.page.get_by_role("link", name="Keo Samnang").click()
    assert suspect.code in owner.path
    colleague.go("/desk/")
    assert "Restricted match: contact Phnom Penh office, Investigation" in ask(colleague, "Keo Samnang")
    colleague.look("search-restricted")
    assert suspect.code not in colleague.page.content()
    owner.go("/desk/notices/")
    owner.page.get_by_role("button", name=f"Open {suspect.file.code}").click()
    owner.page.wait_for_url("**/desk/search/asked/")
    assert house.cast.colleague.display_name in owner.page.locator("main").inner_text()
    owner.look("search-asked")
    minutes = [int(time.time() // often.MINUTE) + later for later in (0, 1)]
    for minute in minutes:  # as if she had searched all that a minute allows
        cache.set(f"desk.search:{house.cast.colleague.pk}:{minute}", often.MOST, 2 * often.MINUTE)
    assert "Too many searches" in ask(colleague, "Keo Samnang")
    colleague.troubles.clear()  # the browser's own word for an answer of 429
    colleague.look("search-too-often")
    for minute in minutes:
        cache.delete(f"desk.search:{house.cast.colleague.pk}:{minute}")
