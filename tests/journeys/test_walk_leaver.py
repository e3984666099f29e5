"""Walking out, and walking in with a key: a leaver loses access in the middle of a page; a passkey opens the house."""

from __future__ import annotations

import pytest

from ijm.accounts.actions import staying
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from tests.browser import BUTTON, Walker, walk_as
from tests.cast import PASSWORD, engage, newcomer
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser
KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": False, "hasUserVerification": True,
       "isUserVerified": True, "automaticPresenceSimulation": True}


def somebody(house: House, name: str) -> User:
    """A colleague of this walk alone."""
    cast = house.cast
    return engage(newcomer(name), Role.HOTLINE, cast.office, cast.administrator, cast.data_protection)


def test_a_leaver_loses_access_mid_page(house: House) -> None:
    her = somebody(house, "leaver")
    walker = walk_as(house.browser, house.office.address, her, language="en")
    walker.go("/investigations/tips/new/")
    walker.fill(what_was_said="what I was still writing")
    with acting_as(house.cast.administrator):
        staying.disable(her, by=house.cast.administrator)
    walker.page.locator(BUTTON).first.click()
    walker.page.locator("[data-session=ended]").wait_for()
    assert walker.page.locator("main [name=what_was_said]").input_value() == "what I was still writing", "it may be copied"
    walker.page.locator("#session-password").fill(PASSWORD)
    walker.page.locator("[data-session-door] button[type=submit]").click()
    walker.page.locator("[data-session-problem]:not(:empty)").wait_for()
    walker.says("do not fit together")
    walker.troubles.clear()
    walker.look("leaver-out")
    assert walker.go("/investigations/tips/") == 200 and walker.path.startswith("/account/sign-in/")
    walker.close()


def sign_in_with_key(walker: Walker, username: str) -> None:
    """Password, then the key."""
    walker.go("/account/sign-in/")
    walker.fill(login=username, password=PASSWORD)
    walker.press()
    if walker.page.locator("#passkey_use").count():
        walker.press("#passkey_use")


def test_a_passkey_opens_the_house(house: House) -> None:
    """A real browser and its own authenticator, which shows that it has seen finger or PIN."""
    her = somebody(house, "keyholder")
    walker = house.stranger(language="km")
    devtools = walker.page.context.new_cdp_session(walker.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    sign_in_with_key(walker, her.username)
    assert walker.path == "/account/second-factor/", "without a second factor nothing else opens"
    walker.go("/account/second-factor/passkeys/add/")
    walker.fill(password=PASSWORD)
    walker.press()
    walker.look("passkey-add")
    walker.press("#passkey_add")
    assert walker.path == "/account/second-factor/"
    walker.look("passkey-second-asked-for")
    walker.go("/account/sign-out/")
    walker.press()
    sign_in_with_key(walker, her.username)
    assert walker.path == "/desk/"
    walker.go("/account/settings/")
    walker.look("passkey-sessions")
    walker.close()
    assert "factor.changed" in house.acts()
