"""Every page of the wing in a browser: no axe violation, nothing on the console, no sideways scrolling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import cast as casting
from tests.browser import chromium, require_browser, walk_as
from tests.cast import Cast
from tests.investigations import making
from tests.office import running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


class TestEveryPage:
    """The way from a tip to the hand-over, page by page."""

    def test_pages(self, committed_db: tuple[str, str], tmp_path: Path) -> None:
        require_browser()
        cast = casting.load()
        with running(tmp_path, committed_db, "web") as office, chromium() as browser:
            self.walk(cast, office.address, browser)

    def walk(self, cast: Cast, address: str, browser: Any) -> None:
        hotline = walk_as(browser, address, cast.hotline)
        hotline.go("/investigations/tips/")
        hotline.look("inv-tips-empty")
        hotline.go("/investigations/tips/new/")
        hotline.press("main button.govuk-button")
        hotline.look("inv-tip-take-errors")
        tip = making.tip(cast)
        hotline.go(f"/investigations/tips/{tip.code}/")
        hotline.look("inv-tip-hotline")
        hotline.close()
        boss = walk_as(browser, address, cast.investigation_supervisor)
        boss.go(f"/investigations/tips/{tip.code}/")
        boss.page.locator("details.sealed__ask summary").first.click()
        boss.look("inv-tip-supervisor-asking")
        boss.page.locator("details.sealed__ask[open] .pillbox").first.click()
        boss.page.locator("details.sealed__ask[open] button").first.click()
        boss.page.wait_for_selector(".sealed[data-open]")
        boss.look("inv-tip-opened")
        boss.go(f"/investigations/tips/{tip.code}/assess/")
        boss.look("inv-tip-assess")
        making.assessed(cast, tip)
        boss.go(f"/investigations/tips/{tip.code}/promote/")
        boss.look("inv-tip-promote")
        with_tip = making.investigation(cast, self.fresh(cast, tip))
        boss.go("/investigations/tips/")
        boss.look("inv-tips")
        walker = walk_as(browser, address, cast.investigator)
        walker.go(f"/investigations/files/{with_tip.code}/")
        walker.look("inv-file-empty")
        walker.go(f"/investigations/files/{with_tip.code}/incidents/new/")
        walker.look("inv-incident")
        walker.go(f"/investigations/files/{with_tip.code}/suspects/new/")
        walker.look("inv-suspect-new")
        making.incident(cast, with_tip)
        suspect = making.suspect(cast, with_tip)
        walker.go(f"/investigations/suspects/{suspect.code}/")
        walker.look("inv-suspect")
        walker.go(f"/investigations/files/{with_tip.code}/rescues/new/")
        walker.look("inv-rescue-plan")
        rescue = making.rescue(cast, with_tip)
        walker.go(f"/investigations/rescues/{rescue.code}/")
        walker.look("inv-rescue-planned")
        boss.go(f"/investigations/rescues/{rescue.code}/approve/")
        boss.look("inv-rescue-approve")
        making.approved(cast, rescue)
        walker.go(f"/investigations/rescues/{rescue.code}/conclude/")
        walker.look("inv-rescue-conclude")
        making.conclude(cast, self.fresh_rescue(cast, rescue))
        walker.go(f"/investigations/rescues/{rescue.code}/")
        walker.look("inv-rescue-concluded")
        walker.go(f"/investigations/files/{with_tip.code}/")
        walker.look("inv-file")
        walker.go(f"/investigations/files/{with_tip.code}/refer/")
        walker.look("inv-refer")
        walker.go("/investigations/files/")
        walker.look("inv-files")
        walker.go("/investigations/rescues/")
        walker.look("inv-rescues")

    def fresh(self, cast: Cast, tip: Any) -> Any:
        from ijm.trail.context import acting_as
        from investigations import policy
        with acting_as(cast.investigation_supervisor, "r"):
            return policy.get_tip(cast.investigation_supervisor, tip.code)

    def fresh_rescue(self, cast: Cast, rescue: Any) -> Any:
        from ijm.trail.context import acting_as
        from investigations import policy
        with acting_as(cast.investigator, "r"):
            return policy.get_rescue(cast.investigator, rescue.code)
