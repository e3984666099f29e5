"""The pictures of the guides: taken by a browser from a running demonstration office, small enough to travel.

    python manage.py up --demo --port 8931        (in one terminal)
    python -m tests.pictures http://localhost:8931 var
"""

from __future__ import annotations

import base64
import sys
import time
from pathlib import Path
from typing import Any

from ijm.embedded.totp import seconds_left, six_digits
from tests.browser import ARGUMENTS, PROGRAM

FOLDER = Path(__file__).parents[1] / "ijm" / "help" / "static" / "help"
WIDTH, HEIGHT = 1280, 800
QUALITY = 45
# role -> (who of the demonstration, the page, or the link to follow from it)
PAGES: dict[str, tuple[str, str, str]] = {
    "hotline": ("hotline", "/investigations/tips/new/", ""),
    "investigator": ("investigator", "/investigations/files/", "main tbody a[href*='/files/IV-']"),
    "investigation-supervisor": ("inv_supervisor", "/investigations/tips/", ""),
    "care-worker": ("care_worker", "/aftercare/survivors/", "main tbody a[href*='/survivors/SV-']"),
    "care-supervisor": ("care_supervisor", "/aftercare/referrals/", ""),
    "liaison": ("liaison", "/prosecutions/files/", "main tbody a[href*='/files/PF-']"),
    "partner": ("partner", "/desk/", ""),
    "auditor": ("auditor", "/audit/", ""),
    "data-protection": ("data_protection", "/desk/people/", ""),
    "administrator": ("administrator", "/desk/setup/", ""),
}


def sign_in(page: Any, address: str, who: str, var: Path) -> None:
    """As a person does: name, password, six digits."""
    page.goto(f"{address}/account/sign-in/")
    page.fill("main input[name=login]", who)
    page.fill("main input[name=password]", (var / "demo.password").read_text().strip())
    page.click("main form button.govuk-button")
    if seconds_left(time.time()) < 3:
        time.sleep(4)
    page.fill("main input[name=code]", six_digits((var / "demo.totp").read_text(), time.time()))
    page.click("main form button.govuk-button")
    page.wait_for_url("**/desk/**")


def take(page: Any, address: str, role: str, language: str) -> int:
    """One picture; its size in bytes."""
    _who, path, link = PAGES[role]
    page.context.add_cookies([{"name": "lang", "value": language, "url": address}])
    page.goto(address + path)
    if link and page.locator(link).count():
        page.goto(address + page.locator(link).first.get_attribute("href"))
    page.wait_for_load_state("networkidle")
    devtools = page.context.new_cdp_session(page)
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "scale": 1}
    shot = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
    content = base64.b64decode(shot["data"])
    (FOLDER / f"{role}-{language}.webp").write_bytes(content)
    return len(content)


def main(address: str, var: Path) -> None:
    """All of them, each role in both languages."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        for role, (who, _path, _link) in PAGES.items():
            page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce").new_page()
            sign_in(page, address, who, var)
            sizes = [take(page, address, role, language) for language in ("en", "km")]
            print(f"{role}: {sizes[0]} and {sizes[1]} bytes")
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
