"""Walking through the frame of every page: signing in with both factors, the keyboard alone, what is not there."""

from __future__ import annotations

import base64
import secrets

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from ijm.accounts.models import User
from ijm.trail.context import acting_as
from tests.browser import Walker, digits
from tests.cast import PASSWORD
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser


def enrol(user: User) -> str:
    """Give somebody a new authenticator app, whose digits nobody has used yet; its secret."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    with acting_as(user):
        Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(secret)})
    return secret


def sign_in_by_hand(walker: Walker, username: str, secret: str) -> None:
    """Password, then the six digits."""
    walker.fill(login=username, password=PASSWORD)
    walker.press()
    walker.fill(code=digits(secret))
    walker.press()


@pytest.mark.parametrize("language", ["en", "km"])
def test_signing_in_through_the_real_forms(house: House, language: str) -> None:
    username = {"en": "investigator", "km": "care_worker"}[language]
    secret = enrol(getattr(house.cast, username))
    walker = house.stranger(language=language)
    walker.go("/desk/")
    assert walker.path.startswith("/account/sign-in/")
    walker.fill(login=username, password="not the password at all")
    walker.press()
    walker.look("sign-in-wrong")
    assert walker.page.locator("[data-error-summary]").is_visible()
    assert walker.page.locator("[name=login]").input_value() == username, "what was typed is kept"
    walker.fill(login=username, password=PASSWORD)
    walker.press()
    walker.fill(code="000000")
    walker.press()
    walker.look("second-factor-wrong")
    walker.fill(code=digits(secret))
    walker.press()
    assert walker.path == "/desk/"
    assert walker.page.locator("html").get_attribute("lang") == language
    walker.close()
    assert {"session.refused", "session.begun"} <= set(house.acts())


def test_a_keyboard_is_enough(house: House) -> None:
    walker = house.walk("investigator")
    walker.go("/investigations/tips/new/")
    walker.page.keyboard.press("Tab")
    assert walker.page.evaluate("document.activeElement.className") == "govuk-skip-link"
    walker.page.keyboard.press("Enter")
    assert walker.page.evaluate("document.activeElement.id") == "main"
    walker.page.keyboard.press("/")
    assert walker.page.evaluate("document.activeElement.id") == "q", "the slash leads to the search"
    seen = set()
    for _ in range(80):
        walker.page.keyboard.press("Tab")
        seen.add(walker.page.evaluate("document.activeElement.name || ''"))
        outline = walker.page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement); return document.activeElement === document.body"
            " || s.outlineStyle !== 'none' || s.boxShadow !== 'none' || s.borderStyle !== 'none'; })()")
        assert outline, "whoever uses the keyboard sees where she is"
    assert {"what_was_said", "urgency", "channel"} <= seen, "every field is reached by Tab"
    walker.close()


def test_what_is_not_there_says_so_kindly(house: House) -> None:
    walker = house.walk("investigator")
    assert walker.go("/investigations/files/IV-2026-0000/") == 404
    walker.troubles.clear()  # the browser itself writes a line about a 404
    walker.look("not-there")
    assert walker.page.locator("form").count() == 0, "no form, no token"
    walker.close()


def test_the_frame_around_the_pages_is_whole_in_the_dark_and_at_a_desk(house: House) -> None:
    for scheme in ("dark", "light"):
        walker = house.walk("investigator", scheme=scheme)
        walker.go("/desk/")
        assert not walker.violations()
        walker.close()
