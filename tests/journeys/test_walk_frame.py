"""The shell in a real browser: sign-in pages, choices, session dialog, sealed values that close, quick exit."""

from __future__ import annotations

import pytest

from tests.browser import Walker, session_cookie
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser
AWAY = "https://www.google.com/**"


def stay_here(walker: Walker) -> None:
    """No test leaves for the outside; what would be there is written here."""
    walker.page.route(AWAY, lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"))


def test_the_pages_before_the_doors(house: House) -> None:
    for language, size, scheme in (("en", "wide", "light"), ("km", "phone", "dark")):
        walker = house.stranger(language=language, size=size, scheme=scheme)
        walker.go("/account/sign-in/")
        walker.look("sign-in")
        walker.press()
        walker.look("sign-in-empty")
        assert walker.page.locator("[data-error-summary]").count() == 1
        walker.go("/language/")
        walker.look("choices")
        walker.go("/account/sign-in/nothing/")
        walker.troubles.clear()  # the browser reports the 404 itself
        walker.look("not-there")
        walker.close()
    walker = house.walk("colleague")
    for path in ("", "passkeys/", "totp/"):
        walker.go(f"/account/second-factor/{path}")
        walker.look(f"second-factor-{path.strip('/')}")
    walker.go("/account/sign-out/")
    walker.look("sign-out")
    walker.close()


def test_language_and_theme_keep_the_page_with_script_and_without(house: House) -> None:
    walker = house.stranger()
    walker.go("/account/sign-in/?next=/desk/")
    walker.page.locator("button[value=km]").click()
    walker.page.wait_for_load_state()
    assert walker.page.url.endswith("/account/sign-in/?next=/desk/")
    root = walker.page.locator("html")
    assert root.get_attribute("lang") == "km"
    walker.page.locator("form[data-theme-switch] button").click()
    assert root.get_attribute("data-theme") == "dark"
    walker.page.wait_for_timeout(300)
    walker.page.reload()
    assert root.get_attribute("data-theme") == "dark"
    assert not walker.troubles
    walker.close()
    context = house.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(house.office.address + "/account/sign-in/")
    page.locator("button[value=km]").click()
    page.locator("form[data-theme-switch] button").click()
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("data-theme")) == ("km", "dark")
    context.close()


def test_the_session_dialog_loses_no_text(house: House) -> None:
    walker = house.walk("auditor")
    page = walker.page
    page.clock.install()
    walker.go("/audit/who-saw/")
    page.locator("main input[type=text]").first.fill("typed words")
    page.clock.run_for(14 * 60 * 1000)
    dialog, ended = page.locator("#session"), page.locator("[data-session=ended]")
    assert dialog.is_visible()
    walker.look("session-dialog")
    page.locator("[data-session-stay]").click()
    dialog.wait_for(state="hidden")
    page.clock.run_for(16 * 60 * 1000)
    assert ended.is_visible()
    walker.look("session-ended")
    page.context.clear_cookies()
    ended.locator("summary").click()
    page.locator("[data-session-again]").click()
    page.get_by_text("Not signed in yet.").wait_for()
    page.context.add_cookies([session_cookie(house.cast.auditor, house.office.address)])
    page.locator("[data-session-again]").click()
    dialog.wait_for(state="hidden")
    assert page.locator("main input[type=text]").first.input_value() == "typed words"
    walker.press()
    assert "not a code" in walker.text(), "the form is accepted with the new session's token"
    walker.close()


@pytest.mark.parametrize("by", ["button", "escape"])
def test_quick_exit_leaves_and_ends_the_session(house: House, by: str) -> None:
    walker = house.walk("auditor")
    stay_here(walker)
    walker.go("/audit/who-saw/")
    with walker.page.expect_request("**/leave/"):
        if by == "button":
            walker.page.locator(".tool--exit").click()
        else:
            for _ in range(3):
                walker.page.keyboard.press("Escape")
    walker.page.wait_for_url(AWAY)
    walker.page.wait_for_timeout(500)
    walker.go("/audit/who-saw/")
    assert "/account/sign-in/" in walker.page.url
    walker.close()
