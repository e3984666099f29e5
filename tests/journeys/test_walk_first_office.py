"""From a freshly founded office to a first person at work, in the browser alone: two people, then a third."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ijm.accounts.actions import offices
from ijm.accounts.actions.offices import Newcomer
from ijm.accounts.models import User
from ijm.roles.table import Role
from tests import databases
from tests.browser import Walker, digits, require_browser, walk_as
from tests.conftest import _forget_keys
from tests.office import Office, running

pytestmark = pytest.mark.browser
TERMINAL = {"piseth": "typed at the terminal by one", "samnang": "typed at the terminal too"}
OWN = {"piseth": "seven paper boats drift", "samnang": "old banyan tree shadows", "sreymom": "first rain on the roof"}


@pytest.fixture(scope="module")
def founded(database: None, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Office]:
    """An office as the terminal step leaves it: two people, no more."""
    require_browser()
    mine = databases.names("_first")
    with django_db_blocker.unblock():
        databases.clone(*mine)
        try:
            offices.found(name_en="Takeo office", name_km="ការិយាល័យតាកែវ", administrator=Newcomer("piseth", "Yim Piseth",
                          TERMINAL["piseth"], "យឹម ពិសិដ្ឋ"), officer=Newcomer("samnang", "Prak Samnang", TERMINAL["samnang"]))
            with running(tmp_path_factory.mktemp("first"), mine, "web") as office:
                yield office
        finally:
            databases.point_at(*databases.names())
            databases.drop(*mine)
            _forget_keys()


def arrive(walker: Walker, name: str, first: str, code: str = "") -> None:
    """Sign in with a password that somebody else has seen, choose one, set up a factor: all of it by hand."""
    walker.go("/desk/")
    walker.fill(login=name, password=first)
    walker.press()
    assert walker.path == "/account/arrive/", walker.path
    walker.go("/account/second-factor/totp/")
    assert walker.path == "/account/arrive/", "a first password leads nowhere else"
    walker.look(f"arrive-{name}")
    walker.fill(password=OWN[name], again=OWN[name], **({"code": code} if code else {}))
    walker.press()
    walker.go("/account/second-factor/totp/")
    walker.fill(code=digits(walker.page.locator(".secret").inner_text()))
    walker.press()
    assert walker.go("/desk/") == 200 and walker.path == "/desk/"


def test_from_the_terminal_to_a_first_person_at_work(founded: Office, browser: Any) -> None:
    admin = walk_as(browser, founded.address, None)
    officer = walk_as(browser, founded.address, None, language="km")
    arrive(admin, "piseth", TERMINAL["piseth"])
    admin.says("Finish setting up the office")
    admin.go("/desk/setup/")
    admin.says("Missing:", "Telephone", "Hotline officer", "Root key")
    admin.look("setup-new")
    admin.press("#office a.govuk-button")
    admin.fill(phone="032 931 000", quick_exit="https://weather.example/")
    admin.choose(province="21", time_zone="Asia/Phnom_Penh")
    admin.press()
    admin.go("/desk/setup/")
    assert "Done" in admin.page.locator("#office").inner_text()

    admin.go("/desk/people/new/")
    admin.fill(name="Kim Sreymom", name_km="គឹម ស្រីមុំ", username="sreymom")
    admin.press()
    first = admin.page.locator("dd .code").last.inner_text()
    code_of_her = User.objects.get(username="sreymom").code

    arrive(officer, "samnang", TERMINAL["samnang"])
    officer.go(f"/desk/people/{code_of_her}/")
    officer.press(f"form[action$='{code_of_her}/code/'] button")
    officer.look("person-code")
    spoken = officer.page.locator("dd .code").last.inner_text()

    newcomer = walk_as(browser, founded.address, None, looking=False)
    arrive(newcomer, "sreymom", first, spoken)
    newcomer.hides("/desk/setup/", "/desk/offices/")

    admin.go(f"/desk/people/{code_of_her}/roles/new/")
    admin.choose(role=Role.HOTLINE)
    admin.press()
    admin.go(f"/desk/people/{code_of_her}/")
    admin.look("person-proposed")
    officer.go("/desk/people/#waiting")
    officer.press("button[value=approve]")
    newcomer.go("/investigations/tips/new/")
    assert newcomer.path == "/investigations/tips/new/", "she takes her first tip"

    admin.go("/desk/setup/")
    admin.press("#escrow a.govuk-button")
    admin.press()
    assert "Done" in admin.page.locator("#escrow").inner_text()
    lists_rules_and_settings_are_pages_people_can_read(founded, browser)


def lists_rules_and_settings_are_pages_people_can_read(founded: Office, browser: Any) -> None:
    """The pages of the two founders, once both have settled."""
    admin = walk_as(browser, founded.address, User.objects.get(username="piseth"))
    for path in ("/desk/people/", "/desk/offices/", "/desk/reference/", "/desk/reference/vic_MethodOfRecruitment/",
                 "/desk/reference/values/vic_MethodOfRecruitment:Other/"):
        assert admin.go(path) == 200
    officer = walk_as(browser, founded.address, User.objects.get(username="samnang"), language="km")
    officer.go("/desk/reference/law/?q=custody")
    officer.look("reference-law")
    assert officer.go("/desk/reference/law/CUSTODY_ADULT/") == 200
    officer.go("/account/settings/")
    officer.choose(language="en")
    officer.press()
    assert officer.page.locator("html").get_attribute("lang") == "en"
    for walker in (admin, officer):
        walker.close()
