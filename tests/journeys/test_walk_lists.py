"""Lists, search and desk in a browser: one journey by the keyboard alone, filters that swap one table, keys that can be off."""

from __future__ import annotations

import pytest

from tests import stories
from tests.browser import Walker, digits
from tests.cast import PASSWORD
from tests.journeys.conftest import House
from tests.journeys.test_walk_shell import enrol

pytestmark = pytest.mark.browser
WORDS = "Workers who may not leave the kiln"


class Fingers:
    """Somebody who has a keyboard and no mouse."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.page = walker, walker.page

    def press(self, *keys: str) -> None:
        """Keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def follow(self, *keys: str) -> None:
        """Keys that lead to another page."""
        with self.page.expect_navigation(wait_until="load"):
            self.press(*keys)

    def to(self, selector: str, *, most: int = 90) -> None:
        """Tab on until this has the focus."""
        for _step in range(most):
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab on {self.walker.path}")

    def write(self, selector: str, text: str) -> None:
        """Tab to a field and write."""
        self.to(selector)
        self.page.keyboard.type(text)


def test_a_hotline_officer_takes_a_tip_and_finds_it_again_without_a_mouse(house: House) -> None:
    secret = enrol(house.cast.hotline)
    walker = house.stranger()
    hand = Fingers(walker)
    walker.go("/desk/")
    hand.write("[name=login]", "hotline")
    hand.write("[name=password]", PASSWORD)
    hand.follow("Enter")
    hand.write("[name=code]", digits(secret))
    hand.follow("Enter")
    assert walker.path == "/desk/"
    hand.press("?")
    walker.page.locator("#keys[open]").wait_for()
    walker.look("keys")
    hand.press("Escape")
    hand.follow("g", "t")
    assert walker.path == "/investigations/tips/"
    hand.follow("n")
    assert walker.path == "/investigations/tips/new/"
    _written(hand)
    code = walker.code
    assert code.startswith("TP-")
    hand.press("/")
    walker.page.keyboard.type(code.lower().replace("-", " "))
    hand.follow("Enter")
    assert walker.code == code, "a code typed loosely opens its record"
    hand.follow("g", "t")
    hand.press("j")
    assert walker.page.evaluate("document.activeElement.textContent") == code
    hand.follow("Enter")
    assert walker.code == code
    hand.to(".pinform button")
    hand.follow("Enter")
    assert walker.page.locator(".pinform [aria-pressed=true]").count() == 1
    hand.follow("g", "w")
    assert walker.page.locator(f"section:has(#pn) a >> text={code}").count() == 1
    assert not walker.troubles
    walker.close()


def _written(hand: Fingers) -> None:
    """The form of a tip, by Tab, letters and space; sent by Enter on its button."""
    hand.write("[name=what_was_said]", WORDS)
    for group in hand.page.locator("main fieldset:has(input[type=radio])").evaluate_all(
            "all => all.map(one => one.querySelector('input[type=radio]').name)"):
        hand.to(f"[name='{group}']")
        hand.press("Space")
    hand.to("main form.form button.govuk-button")
    hand.follow("Enter")


def test_a_filter_swaps_the_table_and_stands_in_the_address(house: House) -> None:
    """Sorted, filtered, kept, shared; every state looked at; the way back is the browser's own."""
    for _number in range(3):
        stories.taken_tip(house.cast)
    walker = house.walk("investigation_supervisor")
    page = walker.page
    address = "/investigations/tips/"
    walker.go(address)
    page.locator("#by-code").click()
    page.locator("th[aria-sort=ascending] #by-code").wait_for()
    assert page.evaluate("document.activeElement.id") == "by-code", "the focus stays where it was"
    page.locator(".filters > summary").click()
    page.locator("#filter [name=channel]").select_option("police")
    page.locator("#list .empty-state").wait_for()
    assert page.url.endswith(f"{address}?show=all&sort=code&channel=police"), "without empty answers"
    page.locator("#filter [name=channel]").select_option("hotline")
    page.locator("#list tbody tr").first.wait_for()
    page.locator("#tab-received").click()
    page.locator("#tab-received[aria-current]").wait_for()
    page.go_back()
    page.locator("#tab-all[aria-current]").wait_for()
    walker.press(".list__said .linkish")
    assert page.locator(".listbar a.pill[aria-current]").count() == 1
    # The checker leaves empty style attributes behind, so nothing is swapped on a page that it has seen.
    for name, path, language in (
            ("list-nothing", f"{address}?channel=police", "en"), ("filters", "/desk/filters/", "en"),
            ("list-tips", address, "km"), ("list-filtered", f"{address}?channel=hotline&show=received", "km")):
        walker.turn(language, "wide", "light")
        walker.go(path)
        walker.look(name)
    walker.close()


def test_several_are_handed_over_in_a_browser(house: House) -> None:
    stories.concluded_rescue(house.cast)
    for _number in range(2):
        stories.taken_in(house.cast)
    walker = house.walk("care_supervisor", language="km")
    walker.go("/aftercare/survivors/")
    walker.look("list-survivors")
    for box in walker.page.locator("input.pick").all():
        box.check()
    walker.press("#bulk button")
    walker.choose(worker=house.cast.care_worker_two.code)
    walker.press()
    walker.look("hand-over")
    walker.press("button[name=confirmed]")
    assert walker.path == "/aftercare/survivors/"
    walker.look("handed-over")
    walker.close()


def test_without_scripts_a_filter_is_a_plain_form(house: House) -> None:
    walker = house.walk("investigation_supervisor", scripts=False, looking=False)
    walker.go("/investigations/tips/")
    walker.page.locator(".filters > summary").click()
    walker.page.locator("#filter [name=channel]").select_option("police")
    walker.press("#filter button")
    assert "channel=police" in walker.page.url
    walker.go("/desk/keys/")
    walker.says("Show these keys")
    walker.close()


