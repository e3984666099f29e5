"""What somebody typed is not lost: when the session ends, when an answer is missing, where scripts are switched off."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session

from ijm.accounts.models import User
from tests.browser import Walker, open_tab
from tests.journeys.conftest import House
from tests.journeys.test_walk_shell import enrol, sign_in_by_hand
from tests.journeys.words import SAID

pytestmark = pytest.mark.browser
TYPED = {"what_was_said": SAID.what_was_said, "landmark": SAID.landmark, "caller_phone": SAID.caller_phone,
         "safe_contact": SAID.safe_contact}
SEND = "main form.form button.govuk-button:not([type=button])"  # of the tip itself, not of a note above it
AWAY = "main .note__do button"


def typing(house: House, **how: object) -> Walker:
    """A hotline officer in the middle of a tip, on an empty page: what an earlier walk left unfinished is thrown away first."""
    walker = house.walk("far_hotline", **how)
    walker.go("/investigations/tips/new/")
    if walker.page.locator(AWAY).count():
        walker.press(AWAY)
    walker.fill(**TYPED)
    walker.choose(urgency="now", channel="hotline", children="no")
    return walker


def sign_in_again(walker: Walker, user: User) -> None:
    """In a second tab, with the real forms."""
    secret = enrol(user)
    tab = open_tab(walker.page.context, walker)
    tab.go("/account/sign-in/")
    sign_in_by_hand(tab, user.username, secret)
    assert tab.path == "/desk/", tab.text()
    tab.page.close()


def test_a_session_that_ended_loses_no_text(house: House) -> None:
    walker = typing(house)
    Session.objects.all().delete()
    walker.page.locator(SEND).first.click()
    ended = walker.page.locator("[data-session=ended]")
    ended.wait_for(state="visible")
    walker.troubles.clear()  # the browser itself writes a line about the refused request
    walker.look("session-ended")
    sign_in_again(walker, house.cast.far_hotline)
    ended.locator("summary").click()
    walker.page.locator("[data-session-again]").click()
    ended.wait_for(state="hidden")
    for name, text in TYPED.items():
        assert walker.page.locator(f"[name={name}]").input_value() == text
    walker.press(SEND)
    assert walker.code.startswith("TP-"), walker.text()
    assert walker.reveal(f"{walker.path}reveal/", "CASEWORK", item="landmark") == SAID.landmark
    walker.close()


def test_without_scripts_an_ended_session_gives_the_text_back(house: House) -> None:
    walker = typing(house, scripts=False)
    Session.objects.all().delete()
    walker.press(SEND)
    for text in TYPED.values():
        assert text in walker.text(), "what was typed stands on the page, to be copied"
    walker.close()


def test_a_form_with_mistakes_keeps_everything_and_leads_to_them(house: House) -> None:
    walker = typing(house)
    walker.fill(people_affected="a few", caller_phone="12")
    walker.press(SEND)
    summary = walker.page.locator("[data-error-summary]")
    assert walker.page.evaluate("document.activeElement.matches('[data-error-summary]')"), "the summary has the focus"
    assert summary.locator("a").count() == 2
    for name, text in {**TYPED, "people_affected": "a few", "caller_phone": "12"}.items():
        assert walker.page.locator(f"[name={name}]").input_value() == text
    assert walker.page.locator("[name=urgency][value=now]").is_checked()
    summary.locator("a").first.click()
    assert walker.page.evaluate("document.activeElement.name") == "people_affected", "the link leads into the field"
    field = walker.page.locator("[name=people_affected]")
    assert field.get_attribute("aria-invalid") == "true"
    said = walker.page.locator(f"[id='{(field.get_attribute('aria-describedby') or '').split()[-1]}']")
    assert said.count() == 1, "the field names its error"
    walker.go("/investigations/tips/new/")
    walker.press(AWAY)  # what was kept is thrown away, so that the next tip begins empty
    walker.close()
